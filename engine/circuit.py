"""The encrypted network as a plan: stages with exact scales and levels.

A circuit is a list of linear and square stages made from a network and CKKS parameters. It is a
plan only: `engine.execution` runs it on SEAL, on numpy or on a counter of operations.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.diagonals import IntArray, Layout, LinearPlan
from engine.errors import ModelError
from engine.feasibility import choose_parameters
from engine.network import Array, Conv2d, Dense, Network, Square
from engine.packing import image_to_column, patch_grid, plan_convolution, plan_dense, plan_patches
from engine.parameters import CircuitShape, Parameters, Settings
from engine.schedule import schedule

PICTURE_SIDE = 28
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
    """The activation: square, relinearise, and drop `drop` primes."""

    key: str
    level: int
    drop: int


Stage = LinearStage | SquareStage


@dataclass(frozen=True)
class InputPacking:
    """All the client needs to know of the model: where each pixel goes and where scores come back.

    `pixel_of_slot` has shape (period,), -1 for an empty slot; `score_slots` has one slot a class.
    """

    pixel_of_slot: IntArray
    score_slots: tuple[int, ...]
    scale: float

    def pack(self, picture: Array, slots: int) -> Array:
        """Return the slot vector (slots,) of a picture (28, 28) in [0, 1]."""
        flat = np.append(picture.ravel(), 0.0)
        return np.tile(flat[self.pixel_of_slot], slots // len(self.pixel_of_slot))


@dataclass(frozen=True)
class Circuit:
    """A network ready to run on encrypted pictures."""

    parameters: Parameters
    packing: InputPacking
    stages: tuple[Stage, ...]

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


def circuit_shape(network: Network) -> CircuitShape:
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
    kernel = first.weight.shape[-1]
    slots = len(image_to_column(PICTURE_SIDE, kernel, first.stride))
    return CircuitShape(squares, slots, network.card.largest_logit, convolutions > 1)


def build_circuit(
    network: Network, settings: Settings, primes: Sequence[int] | None = None
) -> Circuit:
    """Plan `network` under `settings`.

    `primes` are the real data primes, first to last; without them powers of two stand in, which
    is enough to count and to display. Raises ParameterError and ModelError.
    """
    parameters = choose_parameters(settings, circuit_shape(network))
    if primes is None:
        primes = [2**bits for bits in parameters.chain.coeff_modulus_bits[:-1]]
    plans = plan_layers(network, _most_babies(parameters))
    packing = input_packing(network, parameters, plans[-1].output)
    return Circuit(parameters, packing, _stages(linear_keys(network), plans, parameters, primes))


def linear_keys(network: Network) -> list[str]:
    """Return the key of every linear layer, in order: `conv` or `conv-1`…, then `dense-1`…."""
    convolutions = sum(isinstance(layer, Conv2d) for layer in network.layers)
    dense = sum(isinstance(layer, Dense) for layer in network.layers)
    return [
        *("conv" if convolutions == 1 else f"conv-{each + 1}" for each in range(convolutions)),
        *(f"dense-{each + 1}" for each in range(dense)),
    ]


def _stages(
    keys: Sequence[str],
    plans: Sequence[LinearPlan],
    parameters: Parameters,
    primes: Sequence[int],
) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    linear = iter(zip(keys, plans, strict=True))
    for spend in schedule(parameters, primes):
        if spend.weight_scale is None:
            stages.append(SquareStage(f"square-{len(stages) // 2 + 1}", spend.level, spend.drop))
            continue
        key, plan = next(linear)
        stages.append(
            LinearStage(
                key=key,
                plan=plan,
                level=spend.level,
                drop=spend.drop,
                mask_scale=spend.weight_scale,
                bias_scale=spend.scale,
            )
        )
    return tuple(stages)


@functools.lru_cache(maxsize=16)
def plan_layers(network: Network, most_babies: tuple[int, ...]) -> tuple[LinearPlan, ...]:
    """Plan every linear layer, each on the layout that the one before leaves behind.

    `most_babies` limits the baby steps of each. Few settings differ in it, so plans are kept.
    """
    plans: list[LinearPlan] = []
    linear = (layer for layer in network.layers if not isinstance(layer, Square))
    for layer, babies in zip(linear, most_babies, strict=True):
        if isinstance(layer, Conv2d) and not plans:
            plans.append(plan_patches(layer, PICTURE_SIDE, babies))
            grid = patch_grid(layer, PICTURE_SIDE)
        elif isinstance(layer, Conv2d):
            plans.append(plan_convolution(layer, plans[-1].output, grid, babies))
        else:
            plans.append(plan_dense(layer, plans[-1].output, babies))
    return tuple(plans)


def _most_babies(parameters: Parameters) -> tuple[int, ...]:
    babies: list[int] = []
    level = parameters.chain.top_level
    for drop in (*parameters.square_drops, 0):
        babies.append(MOST_BABIES if parameters.rotates_quietly(len(babies), level) else 1)
        level -= parameters.linear_drop + drop
    return tuple(babies)


def input_packing(network: Network, parameters: Parameters, output: Layout) -> InputPacking:
    """Return how the client packs a picture for `network` and reads the scores back."""
    first = network.layers[0]
    assert isinstance(first, Conv2d)  # circuit_shape refuses anything else
    index = image_to_column(PICTURE_SIDE, first.weight.shape[-1], first.stride)
    scores = tuple(int(copies[0]) for copies in output.slots)
    return InputPacking(index, scores, 2.0 ** parameters.input_scale_bits[0])
