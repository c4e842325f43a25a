"""How a circuit spends its chain: the level and the exact scale of every layer.

SEAL compares scales to the last bit, so they are followed here with the real primes, in SEAL's
own order of operations. One picture a ciphertext or one a slot, the schedule is the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.ckks.parameters import Parameters


@dataclass(frozen=True)
class LayerSpend:
    """A layer enters with `level` primes, drops `drop` of them, and leaves at `scale`.

    `weight_scale` is what the weights of a linear layer are encoded at; None for a square.
    """

    level: int
    drop: int
    weight_scale: float | None
    scale: float


def schedule(parameters: Parameters, primes: Sequence[int]) -> tuple[LayerSpend, ...]:
    """Return what every layer spends, linear layers and squares in turn.

    `primes` are the real data primes, first to last.
    """
    spends: list[LayerSpend] = []
    level, scale = parameters.chain.top_level, 2.0 ** parameters.input_scale_bits[0]
    for index in range(len(parameters.input_scale_bits)):
        drop = parameters.linear_drop
        target = _linear_target(parameters, primes, level, scale, index)
        weight_scale = target * math.prod(primes[level - drop : level]) / scale
        scale = _rescaled(scale * weight_scale, primes[level - drop : level])
        spends.append(LayerSpend(level, drop, weight_scale, scale))
        level -= drop
        if index < len(parameters.square_drops):
            drop = parameters.square_drops[index]
            scale = _rescaled(scale * scale, primes[level - drop : level])
            spends.append(LayerSpend(level, drop, None, scale))
            level -= drop
    return tuple(spends)


def _rescaled(scale: float, dropped: Sequence[int]) -> float:
    # Prime by prime, last first, as SEAL does: it compares scales to the last bit.
    for prime in reversed(dropped):
        scale /= prime
    return scale


def _linear_target(
    parameters: Parameters, primes: Sequence[int], level: int, scale: float, index: int
) -> float:
    """Return the scale that linear layer `index` must end at for the next to begin as planned."""
    begin = parameters.input_scale_bits
    if parameters.linear_drop:
        return float(2.0 ** begin[0])
    if index == len(begin) - 1:
        return float(scale * 2.0**parameters.weight_scale_bits)
    dropped = primes[level - parameters.square_drops[index] : level]
    return math.sqrt(2.0 ** begin[index + 1] * math.prod(dropped))
