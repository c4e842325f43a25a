"""A network cut into legs: what the cloud computes between an encryption and a decryption.

In one shot there is one leg. With refreshes every convolution and its square is a leg of its own,
and so is the rest; what the client packs for a leg then suits that very leg.
"""

import dataclasses
import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.circuits.diagonals import IntArray, LinearPlan, PackingError
from engine.circuits.limits import LayerLimits
from engine.circuits.planner import least_slots, plan_maps
from engine.ckks.parameters import POLY_MODULUS_DEGREES, SHORT_DEGREE, CircuitShape, ProtocolName
from engine.errors import ModelError
from engine.networks.layers import Network
from engine.networks.maps import LinearMap, linear_maps


@dataclass(frozen=True, eq=False)
class LegPlan:
    """The linear layers of a leg, planned; each but the last of a network is followed by a square.

    `value_of_slot` has shape (ciphertexts, parts, period): the value that the client packs into
    each slot's real part, and imaginary part if there are two, -1 for none. The values are the
    pixels, or what the leg before gave.
    """

    plans: tuple[LinearPlan, ...]
    value_of_slot: IntArray


LEAST_LOGIT = 8.0


def score_gain(network: Network) -> float:
    """Return what scores are multiplied by in the cloud, and divided by after decryption.

    It is 1 unless all scores are small: then they would use only a part of the last prime.
    """
    return float(max(1.0, 2.0 ** math.ceil(math.log2(LEAST_LOGIT / network.card.largest_logit))))


@functools.lru_cache(maxsize=4)
def maps_of(network: Network) -> tuple[LinearMap, ...]:
    """Return the linear layers of a network; raise ModelError if it cannot be encrypted."""
    try:
        *before, last = linear_maps(network)
    except ValueError as error:
        raise ModelError(
            f"The model {network.name} cannot be encrypted as it is: {error}."
        ) from error
    gain = score_gain(network)
    scaled = dataclasses.replace(last, weights=last.weights * gain, bias=last.bias * gain)
    return *before, scaled


def cut_network(
    network: Network, protocol: ProtocolName, poly_modulus_degree: int
) -> tuple[tuple[LinearMap, ...], ...]:
    """Return the linear layers of each leg; raise ModelError if the last would have no square.

    With refreshes every convolution is cut off, and at a small N every layer.
    """
    linear = maps_of(network)
    if protocol == "one-shot":
        return (linear,)
    cuts = sum(each.kind == "conv" for each in linear)
    if len(linear) < cuts + 2:
        raise ModelError(
            f"The model {network.name} has fewer than two dense layers, which refreshes need; "
            "the one-shot protocol does not."
        )
    if poly_modulus_degree <= SHORT_DEGREE:
        cuts = len(linear) - 1
    return *((each,) for each in linear[:cuts]), linear[cuts:]


def legs_shape(network: Network, protocol: ProtocolName) -> CircuitShape:
    """Return what the parameters must carry for the longest leg of a network."""
    legs = cut_network(network, protocol, POLY_MODULUS_DEGREES[-1])
    slots = max(
        _results_together(leg) if protocol == "refresh" else least_slots(leg) for leg in legs
    )
    return CircuitShape(
        squares=len(legs[-1]) - 1,
        slots=slots,
        largest_logit=network.card.largest_logit * score_gain(network),
        baby_steps=any(each.kind == "conv" for each in legs[-1][1:]),
        refreshed=protocol == "refresh",
    )


def _results_together(leg: Sequence[LinearMap]) -> int:
    """Return the slots that carry a leg whose result is one ciphertext."""
    return max(least_slots(leg), least_slots(leg[-1:]) * leg[-1].shape_out[0])


@functools.lru_cache(maxsize=8)
def plan_legs(
    network: Network,
    protocol: ProtocolName,
    slots: int,
    limits: tuple[tuple[LayerLimits, ...], ...],
) -> tuple[LegPlan, ...]:
    """Plan every leg; `slots` is what a ciphertext holds.

    Few settings differ in the `limits` of each layer, so plans are kept. Raises PackingError.
    """
    legs = cut_network(network, protocol, 2 * slots)
    planned = [
        LegPlan(*plan_maps(leg, slots, each)) for leg, each in zip(legs, limits, strict=True)
    ]
    for leg in planned:
        if leg.plans[-1].output.ciphertexts > 1:
            raise PackingError(f"The results of {network.name} do not fit into {slots} slots.")
    return tuple(planned)
