"""The settings that one click chooses."""

import dataclasses
from dataclasses import dataclass

from engine.parameters import Settings


@dataclass(frozen=True)
class Preset:
    """A named choice of poly modulus degree, bit scale and outer primes."""

    title: str
    explanation: str
    poly_modulus_degree: int
    scale_bits: int
    outer_bits: int | None = None

    def apply(self, settings: Settings) -> Settings:
        """Return this preset for the model of `settings`."""
        return dataclasses.replace(
            settings,
            poly_modulus_degree=self.poly_modulus_degree,
            scale_bits=self.scale_bits,
            outer_bits=self.outer_bits,
        )


PRESETS = (
    Preset("Recommended", "Fast, exact and 128-bit secure by both tables", 8192, 26),
    Preset("Fast", "A little faster and smaller, with three times the error", 8192, 24),
    Preset("Precise", "One prime for each multiplication: slower, hardly any error", 8192, 28),
    Preset("Poster", "The chain of the poster: one prime for each multiplication", 8192, 26, 32),
)
