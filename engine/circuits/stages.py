"""The encrypted network as a plan: stages with exact scales and levels.

A circuit is a list of legs, each a list of linear and square stages, made from a network and
CKKS parameters. It is a plan only: `engine.circuits.execution` runs it on SEAL, on numpy or on a
counter of operations.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.circuits.diagonals import IntArray, LinearPlan
from engine.circuits.legs import LegPlan, cut_network, legs_shape, plan_legs
from engine.circuits.schedule import schedule
from engine.ckks.chains import refreshed_parameters
from engine.ckks.feasibility import choose_parameters
from engine.ckks.parameters import (
    CircuitShape,
    Parameters,
    ProtocolName,
    Settings,
)
from engine.errors import ModelError
from engine.networks.layers import Conv2d, Dense, Network, Square

MOST_BABIES = 64
"""No limit in practice: the number of baby steps is then chosen for the fewest rotations."""


@dataclass(frozen=True)
class LinearStage:
    """A planned linear layer that enters with `level` primes and drops `drop` of them.

    `mask_scale` and `bias_scale` are the scales the masks and the bias are encoded at.
    """

    key: str
    plan: LinearPlan
    level: int
    drop: int
    mask_scale: float
    bias_scale: float


@dataclass(frozen=True)
class SquareStage:
    """The activation: square, relinearise unless it ends a leg, and drop `drop` primes.

    A result may have three polynomials: the client decrypts them as well as two.
    """

    key: str
    level: int
    drop: int
    relinearize: bool = True


Stage = LinearStage | SquareStage


@dataclass(frozen=True)
class LegPacking:
    """All the client needs to know of a leg: what it encrypts for it, and what comes back.

    `value_of_slot` has shape (ciphertexts, period): the value that goes into each slot, -1 for
    none. The result has `result_size` polynomials, `result_level` primes and about `result_scale`;
    value i stands at slot `result_slots[i]`.
    """

    value_of_slot: IntArray
    scale: float
    result_slots: tuple[int, ...]
    result_size: int
    result_level: int
    result_scale: float

    def pack(self, values: Array, slots: int) -> Array:
        """Return the slot vectors (ciphertexts, slots) of some values: pixels in [0, 1] at first.

        Both may have any shape; they are counted in the order of memory.
        """
        flat = np.append(values.ravel(), 0.0)
        return np.tile(flat[self.value_of_slot], slots // self.value_of_slot.shape[1])


@dataclass(frozen=True)
class Leg:
    """What the cloud computes between an encryption and a decryption."""

    packing: LegPacking
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Circuit:
    """A network ready to run on encrypted pictures; `parameters` are those of the last leg."""

    parameters: Parameters
    legs: tuple[Leg, ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of all legs."""
        return tuple(stage for leg in self.legs for stage in leg.stages)

    @property
    def rotation_steps(self) -> tuple[int, ...]:
        """Return the distinct rotations used: one Galois key each."""
        steps = {
            step
            for stage in self.stages
            if isinstance(stage, LinearStage)
            for step in stage.plan.rotations
        }
        return tuple(sorted(steps))


def circuit_shape(network: Network, protocol: ProtocolName = "one-shot") -> CircuitShape:
    """Return what `network` asks of the parameters; raise ModelError if it cannot be encrypted."""
    kinds = [type(layer) for layer in network.layers]
    squares = kinds.count(Square)
    linear, activations = kinds[::2], kinds[1::2]
    convolutions = linear.count(Conv2d)
    dense = [Dense] * (len(linear) - convolutions)
    ordered = activations == [Square] * squares and linear == [Conv2d] * convolutions + dense
    if not ordered or not dense or len(linear) != squares + 1:
        raise ModelError(
            f"The model {network.name} must alternate linear layers and squares to be encrypted: "
            "first convolutions, then dense layers."
        )
    first = network.layers[0]
    if not isinstance(first, Conv2d) or first.weight.shape[1] != 1:
        raise ModelError(f"The model {network.name} must begin with a one-channel convolution.")
    return legs_shape(network, protocol)


def build_circuit(
    network: Network, settings: Settings, primes: Sequence[int] | None = None
) -> Circuit:
    """Plan `network` under `settings`.

    `primes` are the real data primes, first to last; without them powers of two stand in, which
    is enough to count and to display. Raises ParameterError and ModelError.
    """
    last = choose_parameters(settings, circuit_shape(network, settings.protocol))
    if primes is None:
        primes = [2**bits for bits in last.chain.coeff_modulus_bits[:-1]]
    refreshes = len(cut_network(network, settings.protocol, last.chain.poly_modulus_degree)) - 1
    legs = [*[refreshed_parameters(last, network.card.largest_activation)] * refreshes, last]
    babies = tuple(_most_babies(parameters) for parameters in legs)
    plans = plan_legs(network, settings.protocol, last.chain.slots, babies)
    keys = iter(linear_keys(network))
    squares = (f"square-{index}" for index in itertools.count(1))
    return Circuit(
        last,
        tuple(
            _build_leg(plan, keys, squares, parameters, primes)
            for plan, parameters in zip(plans, legs, strict=True)
        ),
    )


def linear_keys(network: Network) -> list[str]:
    """Return the key of every linear layer, in order: `conv` or `conv-1`…, then `dense-1`…."""
    convolutions = sum(isinstance(layer, Conv2d) for layer in network.layers)
    dense = sum(isinstance(layer, Dense) for layer in network.layers)
    return [
        *("conv" if convolutions == 1 else f"conv-{each + 1}" for each in range(convolutions)),
        *(f"dense-{each + 1}" for each in range(dense)),
    ]


def _build_leg(
    planned: LegPlan,
    keys: Iterator[str],
    squares: Iterator[str],
    parameters: Parameters,
    primes: Sequence[int],
) -> Leg:
    """Return a leg whose stages take their keys from `keys` and `squares`."""
    stages: list[Stage] = []
    plans, spends = iter(planned.plans), schedule(parameters, primes)
    for spend in spends:
        if spend.weight_scale is None:
            relinearize = len(stages) + 1 < len(spends)
            stages.append(SquareStage(next(squares), spend.level, spend.drop, relinearize))
            continue
        stages.append(
            LinearStage(
                key=next(keys),
                plan=next(plans),
                level=spend.level,
                drop=spend.drop,
                mask_scale=spend.weight_scale,
                bias_scale=spend.scale,
            )
        )
    packing = LegPacking(
        value_of_slot=planned.value_of_slot,
        scale=2.0 ** parameters.input_scale_bits[0],
        result_slots=tuple(int(copies[0]) for copies in planned.plans[-1].output.slots),
        result_size=3 if spends[-1].weight_scale is None else 2,
        result_level=spends[-1].level - spends[-1].drop,
        result_scale=spends[-1].scale,
    )
    return Leg(packing, tuple(stages))


def _most_babies(parameters: Parameters) -> tuple[int, ...]:
    babies: list[int] = []
    level = parameters.chain.top_level
    for layer, _ in enumerate(parameters.input_scale_bits):
        babies.append(MOST_BABIES if parameters.rotates_quietly(layer, level) else 1)
        level -= parameters.linear_drop + sum(parameters.square_drops[layer : layer + 1])
    return tuple(babies)
