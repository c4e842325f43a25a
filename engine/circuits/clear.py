"""The numpy back ends: the encrypted circuits without encryption.

They work on slot vectors, so they check packing, rotations, folds and batches exactly.
"""

from collections.abc import Callable

import numpy as np

from engine.arrays import Array
from engine.circuits.batch_stages import ComplexArray, alternating


def keep_clear(slots: int) -> Callable[[Array, int, float], Array]:
    """Return what stands in for encoding: it repeats values to fill `slots` slots, no more."""

    def keep(values: Array, level: int, scale: float) -> Array:
        return np.tile(values, slots // len(values))

    return keep


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


class ClearBatchBackend:
    """Runs a batch on plain complex slot vectors: levels and scales mean nothing here."""

    def multiply(self, x: ComplexArray, weight: float, scale: float) -> ComplexArray:
        """Multiply by a number."""
        return x * weight

    def add_product(
        self, total: ComplexArray, x: ComplexArray, weight: float, scale: float
    ) -> ComplexArray:
        """Add a product."""
        return total + x * weight

    def add_number(self, x: ComplexArray, number: float, scale: float) -> ComplexArray:
        """Add a number to both pictures of every slot."""
        return x + number * (1 + alternating(len(x)))

    def conjugate(self, x: ComplexArray) -> ComplexArray:
        """Conjugate slot by slot."""
        return x.conj()

    def sum(self, x: ComplexArray, y: ComplexArray) -> ComplexArray:
        """Add slot by slot."""
        return x + y

    def subtract(self, x: ComplexArray, y: ComplexArray) -> ComplexArray:
        """Subtract slot by slot."""
        return x - y

    def turn(self, x: ComplexArray) -> ComplexArray:
        """Multiply by the alternating vector."""
        return x * alternating(len(x))

    def square(self, x: ComplexArray) -> ComplexArray:
        """Square slot by slot."""
        return x * x

    def relinearize(self, x: ComplexArray) -> ComplexArray:
        """Change nothing: there are no polynomials here."""
        return x

    def rescale(self, x: ComplexArray) -> ComplexArray:
        """Change nothing: there is no scale here."""
        return x
