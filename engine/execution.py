"""Running a circuit: one interpreter, any back end.

The same stages run on SEAL (`engine.seal`), on numpy (`engine.clear`) and on a counter
(`engine.cost`), so packing is tested without cryptography and cost is known without running.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.circuit import Circuit, LinearStage, SquareStage, Stage
from engine.network import Array

C = TypeVar("C")
P = TypeVar("P")


class Backend(Protocol[C, P]):
    """The operations a circuit is made of: C is a ciphertext, P an encoded plaintext.

    An operation may reuse the memory of its first operand where it says so.
    """

    def encode(self, values: Array, level: int, scale: float) -> P:
        """Encode a slot vector (period,) for ciphertexts with `level` primes."""

    def rotate(self, x: C, step: int) -> C:
        """Return x with slot s + step moved to slot s."""

    def multiply_plain(self, x: C, mask: P) -> C:
        """Return the slot-wise product."""

    def add(self, x: C, y: C) -> C:
        """Return the sum; reuses x."""

    def add_plain(self, x: C, values: P) -> C:
        """Return the sum; reuses x."""

    def square(self, x: C) -> C:
        """Return the slot-wise square, not relinearised; reuses x."""

    def relinearize(self, x: C) -> C:
        """Bring a square back to two polynomials; reuses x."""

    def rescale(self, x: C) -> C:
        """Divide by the last prime and drop it; reuses x."""


@dataclass(frozen=True)
class EncodedPlan(Generic[P]):
    """The masks and the bias of a linear stage, encoded for one back end."""

    masks: dict[tuple[int, int], P]
    bias: P


def encode_circuit(circuit: Circuit, backend: Backend[C, P]) -> dict[str, EncodedPlan[P]]:
    """Encode the masks of every linear stage, once for all pictures; keyed by stage."""
    return {
        stage.key: EncodedPlan(
            {
                steps: backend.encode(mask, stage.level, stage.mask_scale)
                for steps, mask in stage.plan.masks.items()
            },
            backend.encode(stage.plan.bias, stage.level - stage.drop, stage.bias_scale),
        )
        for stage in circuit.stages
        if isinstance(stage, LinearStage)
    }


def run_circuit(
    circuit: Circuit,
    encoded: dict[str, EncodedPlan[P]],
    backend: Backend[C, P],
    x: C,
    before: Callable[[Stage], None] = lambda stage: None,
    after: Callable[[Stage], None] = lambda stage: None,
) -> C:
    """Run all stages on `x`, calling `before` and `after` around each."""
    for stage in circuit.stages:
        before(stage)
        if isinstance(stage, LinearStage):
            x = _run_linear(stage, encoded[stage.key], backend, x)
        else:
            x = _run_square(stage, backend, x)
        after(stage)
    return x


def _run_linear(
    stage: LinearStage, encoded: EncodedPlan[P], backend: Backend[C, P], x: C
) -> C:
    rotated = {step: backend.rotate(x, step) if step else x for step in stage.plan.baby_steps}
    partial: dict[int, C] = {}
    for (giant, baby), mask in encoded.masks.items():
        product = backend.multiply_plain(rotated[baby], mask)
        partial[giant] = backend.add(partial[giant], product) if giant in partial else product
    terms = [backend.rotate(term, giant) if giant else term for giant, term in partial.items()]
    y = _sum(backend, terms)
    if stage.fold_first:
        y = _drop(backend, _fold(backend, y, stage.plan.folds), stage.drop)
    else:
        y = _fold(backend, _drop(backend, y, stage.drop), stage.plan.folds)
    return backend.add_plain(y, encoded.bias)


def _run_square(stage: SquareStage, backend: Backend[C, P], x: C) -> C:
    x = backend.square(x)
    if stage.relinearize_first:
        return _drop(backend, backend.relinearize(x), stage.drop)
    return backend.relinearize(_drop(backend, x, stage.drop))


def _sum(backend: Backend[C, P], terms: Sequence[C]) -> C:
    total = terms[0]
    for term in terms[1:]:
        total = backend.add(total, term)
    return total


def _fold(backend: Backend[C, P], x: C, strides: Sequence[int]) -> C:
    for stride in strides:
        x = backend.add(x, backend.rotate(x, stride))
    return x


def _drop(backend: Backend[C, P], x: C, count: int) -> C:
    for _ in range(count):
        x = backend.rescale(x)
    return x
