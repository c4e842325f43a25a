"""The numpy back end: the encrypted circuit without encryption.

It works on slot vectors of one period, so it checks packing, rotations and folds exactly.
"""

import numpy as np

from engine.network import Array


def keep_clear(values: Array, level: int, scale: float) -> Array:
    """Stand in for encoding: return the values as they are."""
    return values


class ClearBackend:
    """Runs a circuit on plain slot vectors; levels and scales mean nothing here."""

    def rotate(self, x: Array, step: int) -> Array:
        """Rotate left by `step`."""
        return np.roll(x, -step)

    def multiply_plain(self, x: Array, mask: Array) -> Array:
        """Multiply slot by slot."""
        return x * mask

    def add(self, x: Array, y: Array) -> Array:
        """Add slot by slot."""
        return x + y

    def add_plain(self, x: Array, values: Array) -> Array:
        """Add slot by slot."""
        return x + values

    def square(self, x: Array) -> Array:
        """Square slot by slot."""
        return x * x

    def relinearize(self, x: Array) -> Array:
        """Change nothing: there are no polynomials here."""
        return x

    def rescale(self, x: Array) -> Array:
        """Change nothing: there is no scale here."""
        return x
