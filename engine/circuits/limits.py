"""What the parameters allow in every linear layer: how dear it is, and what its noise permits.

The planner chooses among no more than that.
"""

from dataclasses import dataclass

from engine.ckks.parameters import Parameters

MOST_BABIES = 1 << 16
"""No limit in practice: the number of baby steps is then chosen for the fewest rotations."""

PAIR_WEIGHT_BITS = 18.6
"""Weights after the first layer that have so many bits can spare those that two values a slot cost.

With fewer, errors grew from 8 to 30 % (network 2 at 20 bits) or beyond what is recommended (LeNet-5
at 27 bits)."""


@dataclass(frozen=True)
class LayerLimits:
    """At how many primes a layer runs, and how many baby steps its noise allows.

    `may_pair` tells that slots may hold two values: a conjugation then parts them.
    """

    level: int
    most_babies: int
    may_pair: bool = False

    def cost(self, rotations: float, masks: float) -> float:
        """Return the time of so many operations, in rotations at one prime (measured)."""
        return rotations * (0.75 * self.level + 0.1 * self.level**2) + masks * self.level / 12


def layer_limits(parameters: Parameters) -> tuple[LayerLimits, ...]:
    """Return at how many primes each linear layer runs, and whether its input may be rotated.

    Two values a slot are parted by a conjugation, which is quiet at the scale of products; but a
    leg that ends with a square has its results parted by nobody.
    """
    limits: list[LayerLimits] = []
    level = parameters.chain.top_level
    ends_linear = len(parameters.square_drops) < len(parameters.input_scale_bits)
    may_pair = (
        ends_linear
        and parameters.linear_drop == 0
        and min(parameters.weight_bits[1:], default=0) >= PAIR_WEIGHT_BITS
    )
    for layer, _ in enumerate(parameters.input_scale_bits):
        babies = MOST_BABIES if parameters.rotates_quietly(layer, level) else 1
        limits.append(LayerLimits(level, babies, may_pair))
        level -= parameters.linear_drop + sum(parameters.square_drops[layer : layer + 1])
    return tuple(limits)
