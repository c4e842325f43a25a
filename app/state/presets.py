"""The settings that one click chooses, for each of the two networks."""

import dataclasses
from dataclasses import dataclass

from engine.ckks.parameters import ProtocolName, Settings


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
        return dataclasses.replace(settings, **dataclasses.asdict(chain))


PRESETS = (
    Preset(
        "Recommended",
        "Fast, exact and 128-bit secure by both tables",
        Chain(8192, 26),
        Chain(16384, 28),
        Chain(8192, 26),
    ),
    Preset(
        "Fast",
        "A little faster and smaller, with up to three times the error",
        Chain(8192, 24),
        Chain(16384, 27),
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
