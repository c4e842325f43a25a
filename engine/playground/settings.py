"""The chains that can be tried in the playground, each within 128-bit security at N = 8192."""

from dataclasses import dataclass

from engine.ckks.parameters import Chain
from engine.ckks.primes import chain_primes

DEGREE = 8192
SLOT_COUNTS = (8, 16)
"""So many numbers are seen; they are repeated through all slots, so that rotations go round."""

GALOIS_STEPS = (1, 2, 4, 8, -1, -2, -4, -8)
"""There are Galois keys for these rotations, as libraries make them: for powers of two."""


@dataclass(frozen=True)
class WorkbenchSetting:
    """`key` names it on the wire; `multiplications` is how many fit one after the other."""

    key: str
    chain: Chain
    scale_bits: int
    about: str

    @property
    def scale(self) -> float:
        """Return the scale of fresh ciphertexts and of plain factors."""
        return 2.0**self.scale_bits

    @property
    def multiplications(self) -> int:
        """Return how many multiplications, each followed by a rescale, the chain carries."""
        return self.chain.top_level - 1

    @property
    def data_primes(self) -> tuple[int, ...]:
        """Return the real primes without the special one, first to last."""
        return chain_primes(self.chain)[:-1]

    @property
    def special_prime(self) -> int:
        """Return the prime that key switches use."""
        return chain_primes(self.chain)[-1]


SETTINGS = (
    WorkbenchSetting(
        "precise",
        Chain(DEGREE, (60, 40, 40, 60)),
        40,
        "The chain of TenSEAL's tutorials: two multiplications at a large scale",
    ),
    WorkbenchSetting(
        "deep",
        Chain(DEGREE, (38, 30, 30, 30, 30, 56)),
        30,
        "Four multiplications in about as many bits, at a smaller scale",
    ),
    WorkbenchSetting(
        "coarse",
        Chain(DEGREE, (34, 24, 24, 24, 24, 24, 60)),
        24,
        "Five multiplications at so small a scale that the error is seen",
    ),
)


def setting_named(key: str) -> WorkbenchSetting | None:
    """Return the setting of that name, None if there is none."""
    return next((each for each in SETTINGS if each.key == key), None)
