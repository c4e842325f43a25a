"""Two real values in one slot, a + m·b, where m is i in even slots and -i in odd ones.

The vector m is the monomial X^(N/2), so a product with it is exact and adds no noise. Both parts
come out of one conjugation, z + conj(z) = 2a and z - conj(z) = 2mb, before they are squared.
"""

from typing import Protocol, TypeVar

import numpy as np

from engine.arrays import Array, ComplexArray, Weights

C = TypeVar("C")


class Parting(Protocol[C]):
    """The operations that part and square a pair; see `engine.circuits.execution.Backend`."""

    def conjugate(self, x: C) -> C:
        """Return the slot-wise conjugate."""

    def sum(self, x: C, y: C) -> C:
        """Return x + y."""

    def subtract(self, x: C, y: C) -> C:
        """Return x - y; reuses x."""

    def turn(self, x: C) -> C:
        """Multiply by m; reuses x."""

    def square(self, x: C) -> C:
        """Return the slot-wise square, not relinearised; reuses x."""


def alternating(slots: int) -> ComplexArray:
    """Return m, shape (slots,): i, -i, i, -i, …."""
    return np.where(np.arange(slots) % 2 == 0, 1j, -1j)


def joined(values: Array) -> Weights:
    """Return slot vectors (..., slots) of real ones (..., parts, slots): one part or two."""
    if values.shape[-2] == 1:
        real: Array = values[..., 0, :]
        return real
    paired: ComplexArray = values[..., 0, :] + alternating(values.shape[-1]) * values[..., 1, :]
    return paired


def parts(slots: Weights) -> tuple[Array, Array]:
    """Return a and b of slot vectors (..., slots)."""
    return slots.real, (slots * alternating(slots.shape[-1]).conj()).real


def square_pair(backend: Parting[C], x: C) -> C:
    """Return a² + m·b² for x = (a + m·b) / 2, not relinearised; reuses x."""
    conjugate = backend.conjugate(x)
    first = backend.square(backend.sum(x, conjugate))  # a²
    second = backend.square(backend.subtract(x, conjugate))  # (m·b)² = -b²
    return backend.subtract(first, backend.turn(second))


def square_real(backend: Parting[C], x: C) -> C:
    """Return a² for x = (a + m·b) / 2, not relinearised; b may be anything."""
    return backend.square(backend.sum(x, backend.conjugate(x)))
