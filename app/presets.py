"""The settings that one click chooses, for each of the two networks."""

import dataclasses
from dataclasses import dataclass

from engine.parameters import Settings


@dataclass(frozen=True)
class Chain:
    """What a preset chooses for one network; see `engine.parameters.Settings`."""

    poly_modulus_degree: int
    scale_bits: int
    outer_bits: int | None = None


@dataclass(frozen=True)
class Preset:
    """A named choice for network 1 and for network 2, which is deeper and needs more."""

    title: str
    explanation: str
    network1: Chain
    network2: Chain

    def apply(self, settings: Settings) -> Settings:
        """Return this preset for the model of `settings`."""
        chain = self.network2 if settings.model.endswith("network2") else self.network1
        return dataclasses.replace(settings, **dataclasses.asdict(chain))


PRESETS = (
    Preset(
        "Recommended",
        "Fast, exact and 128-bit secure by both tables",
        Chain(8192, 26),
        Chain(16384, 28),
    ),
    Preset(
        "Fast",
        "A little faster and smaller, with up to three times the error",
        Chain(8192, 24),
        Chain(16384, 27),
    ),
    Preset(
        "Precise",
        "One prime for each multiplication: slower, hardly any error",
        Chain(8192, 28),
        Chain(16384, 36),
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
    changed = dataclasses.replace(settings, model=model)
    for preset in PRESETS:
        if preset.apply(settings) == settings:
            return preset.apply(changed)
    return changed
