"""The numpy back ends: the encrypted circuits without encryption.

They work on slot vectors, so they check packing, rotations, folds and batches exactly. Vectors are
complex where a slot holds two values. Levels and scales mean nothing here.
"""

from collections.abc import Callable

import numpy as np

from engine.arrays import Weights
from engine.ckks.pairs import alternating


def keep_clear(slots: int) -> Callable[[Weights, int, float], Weights]:
    """Return what stands in for encoding: it repeats values to fill `slots` slots, no more."""

    def keep(values: Weights, level: int, scale: float) -> Weights:
        return np.tile(values, slots // len(values))

    return keep


class ClearSquares:
    """What an activation is made of, for one picture and for batches alike."""

    def conjugate(self, x: Weights) -> Weights:
        """Conjugate slot by slot."""
        return x.conj()

    def sum(self, x: Weights, y: Weights) -> Weights:
        """Add slot by slot."""
        return x + y

    def subtract(self, x: Weights, y: Weights) -> Weights:
        """Subtract slot by slot."""
        return x - y

    def turn(self, x: Weights) -> Weights:
        """Multiply by the alternating vector."""
        return x * alternating(len(x))

    def square(self, x: Weights) -> Weights:
        """Square slot by slot."""
        return x * x

    def relinearize(self, x: Weights) -> Weights:
        """Change nothing: there are no polynomials here."""
        return x

    def rescale(self, x: Weights) -> Weights:
        """Change nothing: there is no scale here."""
        return x


class ClearBackend(ClearSquares):
    """Runs a circuit on plain slot vectors."""

    def rotate(self, x: Weights, step: int) -> Weights:
        """Rotate left by `step`."""
        return np.roll(x, -step)

    def multiply_plain(self, x: Weights, mask: Weights) -> Weights:
        """Multiply slot by slot."""
        return x * mask

    def add(self, x: Weights, y: Weights) -> Weights:
        """Add slot by slot."""
        return x + y

    def add_plain(self, x: Weights, values: Weights) -> Weights:
        """Add slot by slot."""
        return x + values


class ClearBatchBackend(ClearSquares):
    """Runs a batch on plain complex slot vectors."""

    def multiply(self, x: Weights, weight: float, scale: float) -> Weights:
        """Multiply by a number."""
        return x * weight

    def add_product(self, total: Weights, x: Weights, weight: float, scale: float) -> Weights:
        """Add a product."""
        return total + x * weight

    def add_number(self, x: Weights, number: float, scale: float) -> Weights:
        """Add a number to both pictures of every slot."""
        return x + number * (1 + alternating(len(x)))
