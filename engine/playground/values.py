"""What is known of a ciphertext without the key: level, scale, size, and what it should hold.

A value also carries which ciphertexts it is the sum of, so that a difference of two that are the
same is recognised: nothing would be hidden in it.
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


def hidden(parts: Parts) -> Parts:
    """Return the parts that are ciphertexts; a value without any is transparent."""
    return tuple((place, count) for place, count in parts if place >= 0)


def added(first: Parts, second: Parts, sign: int) -> Parts:
    """Return the parts of a sum, or of a difference where `sign` is -1."""
    counts = dict(first)
    for place, count in second:
        counts[place] = counts.get(place, 0) + sign * count
    return tuple(sorted((place, count) for place, count in counts.items() if count))
