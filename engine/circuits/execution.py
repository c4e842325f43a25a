"""Running a circuit: one interpreter, any back end.

The same stages run on SEAL (`engine.ckks.seal`), on numpy (`engine.circuits.clear`) and on a
counter (`engine.circuits.expected.cost`), so packing is tested without cryptography and cost is
known without running.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.arrays import Weights
from engine.circuits.diagonals import Mask
from engine.circuits.stages import Circuit, LinearStage, SquareStage, Stage
from engine.ckks.pairs import Parting, square_pair, square_real

C = TypeVar("C")
P = TypeVar("P")
Plain_contra = TypeVar("Plain_contra", contravariant=True)


class Backend(Parting[C], Protocol[C, Plain_contra]):
    """The operations a circuit is made of: C is a ciphertext, P an encoded plaintext.

    An operation may reuse the memory of its first operand where it says so.
    """

    def rotate(self, x: C, step: int) -> C:
        """Return x with slot s + step moved to slot s."""

    def multiply_plain(self, x: C, mask: Plain_contra) -> C:
        """Return the slot-wise product."""

    def add(self, x: C, y: C) -> C:
        """Return the sum; reuses x."""

    def add_plain(self, x: C, values: Plain_contra) -> C:
        """Return the sum; reuses x."""

    def relinearize(self, x: C) -> C:
        """Bring a square back to two polynomials; reuses x."""

    def rescale(self, x: C) -> C:
        """Divide by the last prime and drop it; reuses x."""


@dataclass(frozen=True)
class EncodedPlan(Generic[P]):
    """The masks of a linear stage, by result, giant step and baby, and the bias of each result."""

    masks: tuple[tuple[tuple[P | None, ...], ...], ...]
    biases: tuple[P, ...]


def encode_circuit(
    circuit: Circuit, encode: Callable[[Weights, int, float], P]
) -> dict[str, EncodedPlan[P]]:
    """Encode the masks of every linear stage, once for all pictures; keyed by stage.

    `encode(values, level, scale)` encodes a slot vector (period,) for ciphertexts at `level`.
    """
    return {
        stage.key: _encode(stage, encode)
        for stage in circuit.stages
        if isinstance(stage, LinearStage)
    }


def _encode(stage: LinearStage, encode: Callable[[Weights, int, float], P]) -> EncodedPlan[P]:
    def encoded(mask: Mask | None) -> P | None:
        if mask is None:
            return None
        values: Weights = stage.gain * mask.dense()
        return encode(values + 0j if stage.even else values, stage.level, stage.mask_scale)

    return EncodedPlan(
        tuple(
            tuple(tuple(encoded(mask) for mask in row) for row in output.masks)
            for output in stage.plan.outputs
        ),
        tuple(
            encode(stage.gain * output.bias, stage.level - stage.drop, stage.bias_scale)
            for output in stage.plan.outputs
        ),
    )


def run_stage(
    stage: Stage, masks: dict[str, EncodedPlan[P]], backend: Backend[C, P], x: tuple[C, ...]
) -> tuple[C, ...]:
    """Run one stage on the ciphertexts `x`; return those of its result."""
    if isinstance(stage, LinearStage):
        return tuple(_run_linear(stage, masks[stage.key], backend, x))
    return tuple(_run_square(stage, backend, each) for each in x)


def _run_linear(
    stage: LinearStage, encoded: EncodedPlan[P], backend: Backend[C, P], inputs: tuple[C, ...]
) -> Iterator[C]:
    # Rotations and folds come before the rescale, which then divides their noise too: measured
    # at N = 8192 with one 26-bit prime a multiplication, an error of 6e-5 instead of 4e-4.
    plan = stage.plan
    babies = [
        backend.rotate(inputs[which], step) if step else inputs[which]
        for which, step in plan.babies
    ]
    for output, masks, bias in zip(plan.outputs, encoded.masks, encoded.biases, strict=True):
        y: C | None = None
        for row, stride in zip(reversed(masks), reversed(output.strides), strict=True):
            for baby, mask in zip(babies, row, strict=True):
                if mask is not None:
                    product = backend.multiply_plain(baby, mask)
                    y = product if y is None else backend.add(y, product)
            if stride and y is not None:
                y = backend.rotate(y, stride)
        assert y is not None  # the planner never returns a plan without masks
        for stride in plan.folds:
            y = backend.add(y, backend.rotate(y, stride))
        yield backend.add_plain(_drop(backend, y, stage.drop), bias)


def _run_square(stage: SquareStage, backend: Backend[C, P], x: C) -> C:
    # Relinearising after the rescale would be cheaper, but rescaling three polynomials adds the
    # noise of the squared secret key: measured, the error is 100 times as large.
    if stage.parting == "none":
        x = backend.square(x)
    else:
        x = square_pair(backend, x) if stage.parting == "both" else square_real(backend, x)
    return _drop(backend, backend.relinearize(x) if stage.relinearize else x, stage.drop)


def _drop(backend: Backend[C, P], x: C, count: int) -> C:
    for _ in range(count):
        x = backend.rescale(x)
    return x
