"""A network cut into legs: what the cloud computes between an encryption and a decryption.

In one shot there is one leg. With refreshes every convolution and its square is a leg of its own,
and so is the rest; what the client packs for a leg then suits that very leg.
"""

import functools
from dataclasses import dataclass

from engine.circuits.columns import Shape, least_slots, output_shape, plan_columns
from engine.circuits.diagonals import IntArray, LinearPlan
from engine.circuits.packing import (
    image_to_column,
    patch_grid,
    plan_convolution,
    plan_dense,
    plan_patches,
)
from engine.ckks.parameters import POLY_MODULUS_DEGREES, SHORT_DEGREE, CircuitShape, ProtocolName
from engine.errors import ModelError
from engine.networks.layers import Conv2d, Dense, Network, Square

PICTURE_SIDE = 28

Linear = Conv2d | Dense


@dataclass(frozen=True)
class LegPlan:
    """The linear layers of a leg, planned; each but the last of a network is followed by a square.

    `value_of_slot` has shape (ciphertexts, period): the value that the client packs into each
    slot, -1 for none. The values are the pixels, or what the leg before gave.
    """

    plans: tuple[LinearPlan, ...]
    value_of_slot: IntArray


def cut_network(
    network: Network, protocol: ProtocolName, poly_modulus_degree: int
) -> tuple[tuple[Linear, ...], ...]:
    """Return the linear layers of each leg; raise ModelError if the last would have no square.

    With refreshes every convolution is cut off, and at a small N every layer.
    """
    linear = tuple(layer for layer in network.layers if not isinstance(layer, Square))
    if protocol == "one-shot":
        return (linear,)
    cuts = sum(isinstance(layer, Conv2d) for layer in linear)
    if len(linear) < cuts + 2:
        raise ModelError(
            f"The model {network.name} has only one dense layer; refreshes need two, "
            "the one-shot protocol does not."
        )
    if poly_modulus_degree <= SHORT_DEGREE:
        cuts = len(linear) - 1
    return *((layer,) for layer in linear[:cuts]), linear[cuts:]


def legs_shape(network: Network, protocol: ProtocolName) -> CircuitShape:
    """Return what the parameters must carry for the longest leg of a network that is in order."""
    legs = cut_network(network, protocol, POLY_MODULUS_DEGREES[-1])
    squares, largest_logit = len(legs[-1]) - 1, network.card.largest_logit
    first = legs[0][0]
    assert isinstance(first, Conv2d)  # circuit_shape refuses anything else
    if protocol == "one-shot":
        slots = len(image_to_column(PICTURE_SIDE, first.weight.shape[-1], first.stride))
        deep = sum(isinstance(layer, Conv2d) for layer in legs[0]) > 1
        return CircuitShape(squares, slots, largest_logit, deep)
    slots = max(least_slots(leg[0], shape) for leg, shape in zip(legs, _shapes(legs), strict=True))
    return CircuitShape(squares, slots, largest_logit, baby_steps=False, refreshed=True)


@functools.lru_cache(maxsize=16)
def plan_legs(
    network: Network,
    protocol: ProtocolName,
    slots: int,
    most_babies: tuple[tuple[int, ...], ...],
) -> tuple[LegPlan, ...]:
    """Plan every leg; `slots` is what a ciphertext holds.

    `most_babies` limits the baby steps of each layer. Few settings differ in it, so plans are
    kept. Raises PackingError.
    """
    legs = cut_network(network, protocol, 2 * slots)
    if protocol == "one-shot":
        return (_plan_whole(legs[0], most_babies[0]),)
    return tuple(
        _plan_refreshed(layers, shape, slots, babies)
        for layers, shape, babies in zip(legs, _shapes(legs), most_babies, strict=True)
    )


def _shapes(legs: tuple[tuple[Linear, ...], ...]) -> list[Shape]:
    """Return the shape of what each leg begins with."""
    shapes: list[Shape] = [(1, PICTURE_SIDE)]
    for layer, *_ in legs[:-1]:
        shapes.append(output_shape(layer, shapes[-1]))
    return shapes


def _plan_whole(layers: tuple[Linear, ...], most_babies: tuple[int, ...]) -> LegPlan:
    """Plan all layers as one leg, each on the layout that the one before leaves behind."""
    plans: list[LinearPlan] = []
    for layer, babies in zip(layers, most_babies, strict=True):
        if isinstance(layer, Conv2d) and not plans:
            plans.append(plan_patches(layer, PICTURE_SIDE, babies))
            grid = patch_grid(layer, PICTURE_SIDE)
            packed = image_to_column(PICTURE_SIDE, layer.weight.shape[-1], layer.stride)
        elif isinstance(layer, Conv2d):
            plans.append(plan_convolution(layer, plans[-1].output, grid, babies))
        else:
            plans.append(plan_dense(layer, plans[-1].output, babies))
    return LegPlan(tuple(plans), packed[None])


def _plan_refreshed(
    layers: tuple[Linear, ...], shape: Shape, slots: int, most_babies: tuple[int, ...]
) -> LegPlan:
    """Plan a leg whose first layer says how the client packs; only dense ones can follow."""
    plan, value_of_slot = plan_columns(layers[0], shape, slots, most_babies[0])
    plans = [plan]
    for layer, babies in zip(layers[1:], most_babies[1:], strict=True):
        assert isinstance(layer, Dense)  # each convolution begins a leg
        plans.append(plan_dense(layer, plans[-1].output, babies))
    return LegPlan(tuple(plans), value_of_slot)
