"""What is known of a ciphertext without the key: level, scale, size, and what it should hold.

It also carries which ciphertexts it is the sum of; see `engine.playground.parts`.
"""

from dataclasses import dataclass

from engine.playground.operations import Operation

Parts = tuple[tuple[int, int], ...]
"""(place, how often): the ciphertexts that a value is the sum of, by the place of the value where
each came up first; numbers in the clear that were added have the place's complement, below 0."""


@dataclass(frozen=True)
class Value:
    """A ciphertext of the playground.

    `clear` is what exact arithmetic gives, one number a slot that is seen; decryption differs by at
    most `bound`. `level` counts the primes left, `size` the polynomials.
    """

    operation: Operation
    clear: tuple[float, ...]
    level: int
    scale: float
    size: int
    bound: float
    parts: Parts

    @property
    def largest(self) -> float:
        """Return the largest number in it, without its sign."""
        return max(map(abs, self.clear))

    @property
    def reach(self) -> float:
        """Return the largest number that decryption can give."""
        return self.largest + self.bound
