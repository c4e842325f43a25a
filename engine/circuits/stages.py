"""The encrypted network as a plan: stages with exact scales and levels.

A circuit is a list of legs, each a list of linear and square stages, made from a network and
CKKS parameters. It is a plan only: `engine.circuits.execution` runs it on SEAL, on numpy or on a
counter of operations.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.arrays import Array, Weights
from engine.circuits.diagonals import IntArray, LinearPlan
from engine.circuits.legs import (
    LegPlan,
    cut_network,
    legs_shape,
    maps_of,
    plan_legs,
    score_gain,
)
from engine.circuits.limits import layer_limits
from engine.circuits.schedule import schedule
from engine.ckks.chains import refreshed_parameters
from engine.ckks.feasibility import choose_parameters
from engine.ckks.pairs import joined, parts
from engine.ckks.parameters import (
    CONJUGATION,
    CircuitShape,
    Parameters,
    ProtocolName,
    Settings,
)
from engine.networks.layers import Network
from engine.networks.maps import LinearMap


@dataclass(frozen=True)
class LinearStage:
    """A planned linear layer that enters with `level` primes and drops `drop` of them.

    `kind` is that of its map (`engine.networks.maps`), `values` how many it gives, times `gain`;
    `mask_scale` and `bias_scale` are the scales the masks and the bias are encoded at. If `even`,
    masks of a later layer are complex and read the imaginary parts of slots too, whose errors then
    must not be larger (expected for network 2: 0.49 % instead of 0.57 %).
    """

    key: str
    kind: str
    values: int
    plan: LinearPlan
    level: int
    drop: int
    mask_scale: float
    bias_scale: float
    gain: float = 1.0
    even: bool = False


Parting = Literal["none", "real", "both"]
"""What a square does first: nothing; or a conjugation, which leaves the real part or parts both.
The values before it are halved then."""


@dataclass(frozen=True)
class SquareStage:
    """The activation: square, relinearise unless it ends a leg, and drop `drop` primes.

    A result may have three polynomials: the client decrypts them as well as two.
    """

    key: str
    level: int
    drop: int
    relinearize: bool = True
    parting: Parting = "none"


Stage = LinearStage | SquareStage


@dataclass(frozen=True)
class LegPacking:
    """All the client needs to know of a leg: what it encrypts for it, and what comes back.

    `value_of_slot` has shape (ciphertexts, parts, period): the value that goes into each slot, -1
    for none, and if there are two parts also into its imaginary part (`engine.ckks.pairs`). The
    result has `result_size` polynomials, `result_level` primes and about `result_scale`; value i,
    times `result_gain`, stands at slot `result_slots[i]`, perhaps as `result_imaginary[i]`.
    """

    value_of_slot: IntArray
    scale: float
    result_slots: tuple[int, ...]
    result_imaginary: tuple[bool, ...]
    result_size: int
    result_level: int
    result_scale: float
    result_gain: float = 1.0

    def pack(self, values: Array, slots: int) -> Weights:
        """Return the slot vectors (ciphertexts, slots) of some values: pixels in [0, 1] at first.

        Both may have any shape; they are counted in the order of memory.
        """
        flat, period = np.append(values.ravel(), 0.0), self.value_of_slot.shape[2]
        packed: Weights = joined(flat[self.value_of_slot])
        return np.tile(packed, slots // period)

    def unpack(self, slots: Weights) -> Array:
        """Return the values in the decrypted slots (slots,) of the result."""
        places = list(self.result_slots)
        real, imaginary = (part[places] for part in parts(slots))
        return np.where(self.result_imaginary, imaginary, real) / self.result_gain


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
        """Return the distinct rotations used, and CONJUGATION if it is: one Galois key each."""
        steps = {
            step
            for stage in self.stages
            if isinstance(stage, LinearStage)
            for step in stage.plan.rotations
        }
        if any(isinstance(stage, SquareStage) and stage.parting != "none" for stage in self.stages):
            steps.add(CONJUGATION)
        return tuple(sorted(steps))


def circuit_shape(network: Network, protocol: ProtocolName = "one-shot") -> CircuitShape:
    """Return what `network` asks of the parameters; raise ModelError if it cannot be encrypted."""
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
    largest = network.card.largest_activation
    legs = [*(refreshed_parameters(last, largest) for _ in range(refreshes)), last]
    limits = tuple(layer_limits(parameters) for parameters in legs)
    plans = plan_legs(network, settings.protocol, last.chain.slots, limits)
    keys = iter(zip(linear_keys(network), maps_of(network), strict=True))
    squares = (f"square-{index}" for index in itertools.count(1))
    *before, final = (
        _build_leg(plan, keys, squares, parameters, primes)
        for plan, parameters in zip(plans, legs, strict=True)
    )
    packing = dataclasses.replace(final.packing, result_gain=score_gain(network))
    return Circuit(last, (*before, dataclasses.replace(final, packing=packing)))


def linear_keys(network: Network) -> list[str]:
    """Return the key of every linear layer, in order: `conv` or `conv-1`…, then `dense-1`…."""
    kinds = [each.kind for each in maps_of(network)]
    return [
        kind
        if kind != "dense" and kinds.count(kind) == 1
        else f"{kind}-{kinds[: place + 1].count(kind)}"
        for place, kind in enumerate(kinds)
    ]


def _build_leg(
    planned: LegPlan,
    keys: Iterator[tuple[str, LinearMap]],
    squares: Iterator[str],
    parameters: Parameters,
    primes: Sequence[int],
) -> Leg:
    """Return a leg whose stages take their keys from `keys` and `squares`."""
    stages: list[Stage] = []
    plans, spends = list(planned.plans), schedule(parameters, primes)
    parting: Parting = "none"
    for spend in spends:
        is_last = len(stages) + 1 == len(spends)
        if spend.weight_scale is None:
            square = SquareStage(next(squares), spend.level, spend.drop, not is_last, parting)
            stages.append(square)
            continue
        key, linear = next(keys)
        plan = plans.pop(0)
        parting = "both" if plan.output.is_paired else "real" if plan.mixed else "none"
        stages.append(
            LinearStage(
                key=key,
                kind=linear.kind,
                values=len(linear.bias),
                plan=plan,
                level=spend.level,
                drop=spend.drop,
                mask_scale=spend.weight_scale,
                bias_scale=spend.scale,
                gain=1.0 if is_last or parting == "none" else 0.5,
                even=any(later.is_complex for later in plans),
            )
        )
    packing = LegPacking(
        value_of_slot=planned.value_of_slot,
        scale=2.0 ** parameters.input_scale_bits[0],
        result_slots=tuple(planned.plans[-1].output.slots.tolist()),
        result_imaginary=tuple(planned.plans[-1].output.imaginary.tolist()),
        result_size=3 if spends[-1].weight_scale is None else 2,
        result_level=spends[-1].level - spends[-1].drop,
        result_scale=spends[-1].scale,
    )
    return Leg(packing, tuple(stages))
