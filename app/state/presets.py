"""The settings that one click chooses, for the poster's two networks and for any other."""

import dataclasses
from dataclasses import dataclass

from engine.ckks.parameters import SCALE_BITS_RANGE, ProtocolName, Settings
from engine.planning.recommended import known_recommendation


@dataclass(frozen=True)
class Chain:
    """What a preset chooses for one network; see `engine.ckks.parameters.Settings`."""

    poly_modulus_degree: int
    scale_bits: int
    outer_bits: int | None = None


@dataclass(frozen=True)
class Preset:
    """A named choice for network 1 and for network 2, which is deeper and needs more.

    With refreshes both are cut into legs of the same depth: `refresh` serves both, if given.
    """

    title: str
    explanation: str
    network1: Chain
    network2: Chain
    refresh: Chain | None = None

    def apply(self, settings: Settings) -> Settings:
        """Return this preset for the model and the protocol of `settings`."""
        chain = self.network2 if settings.model.endswith("network2") else self.network1
        if settings.protocol == "refresh" and self.refresh is not None:
            chain = self.refresh
        if not settings.model.endswith(("network1", "network2")):
            chain = self._for_any(settings)
        return dataclasses.replace(settings, **dataclasses.asdict(chain))

    def _for_any(self, settings: Settings) -> Chain:
        """Return the same step from what is recommended for a network that is neither of the two.

        Until that was found, network 2's numbers stand in: most networks are as deep.
        """
        known = known_recommendation(settings.model, settings.protocol)
        if known is None:
            return self.network2
        usual = PRESETS[0].network2
        bits = known.scale_bits + self.network2.scale_bits - usual.scale_bits
        least, most = SCALE_BITS_RANGE.start, SCALE_BITS_RANGE.stop - 1
        bits = min(max(bits, least), most)
        return Chain(known.poly_modulus_degree, bits, self.network2.outer_bits)


PRESETS = (
    Preset(
        "Recommended",
        "Fast, exact and 128-bit secure by both tables",
        Chain(8192, 26),
        Chain(16384, 27),
        Chain(8192, 26),
    ),
    Preset(
        "Fast",
        "A little faster and smaller, with up to three times the error",
        Chain(8192, 24),
        Chain(16384, 26),
        Chain(4096, 24),
    ),
    Preset(
        "Precise",
        "One prime for each multiplication: slower, hardly any error",
        Chain(8192, 28),
        Chain(16384, 36),
        Chain(8192, 36),
    ),
    Preset(
        "Poster",
        "The chain of the poster: one prime for each multiplication",
        Chain(8192, 26, 32),
        Chain(16384, 30, 45),
    ),
)

MOST_ERRORS = (0.001, 0.006, 0.03)
"""Expected errors that the fastest setting can be searched within."""


def with_model(settings: Settings, model: str) -> Settings:
    """Return `settings` for another model: the same preset if it is one, else the same numbers."""
    return _keeping_preset(settings, dataclasses.replace(settings, model=model))


def with_protocol(settings: Settings, protocol: ProtocolName) -> Settings:
    """Return `settings` under another protocol, as `with_model` does for another model."""
    return _keeping_preset(settings, dataclasses.replace(settings, protocol=protocol))


def _keeping_preset(settings: Settings, changed: Settings) -> Settings:
    for preset in PRESETS:
        if preset.apply(settings) == settings:
            return preset.apply(changed)
    return changed
