"""A run taken apart: every step with the values of all its slots.

Made by `engine.inside.tracing`; `engine.inside.holdings` says what the slots hold and
`engine.inside.provenance` where they got it from.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, Weights
from engine.circuits.diagonals import IntArray
from engine.circuits.legs import maps_of
from engine.circuits.stages import Circuit, LinearStage
from engine.ckks.pairs import joined
from engine.networks.layers import Network, Shape
from engine.networks.maps import LinearMap

Slots = npt.NDArray[np.floating[Any]]
"""What all slots of a ciphertext hold, with as many digits as are kept."""

Operation = Literal[
    "pack",
    "encrypt",
    "rotate",
    "multiply_plain",
    "add",
    "add_plain",
    "square",
    "conjugate",
    "sum",
    "subtract",
    "turn",
    "relinearize",
    "rescale",
    "decrypt",
]
"""What a step does: those between `encrypt` and `decrypt` are the cloud's."""

Part = Literal["", "baby", "giant", "fold"]
"""What a rotation or an addition is for, in a linear layer (`engine.circuits.diagonals`)."""


@dataclass(frozen=True, eq=False)
class Step:
    """One operation on one ciphertext, and all of its slots afterwards, `values` (slots,).

    If slots hold two numbers, a + m·b (`engine.ckks.pairs`), `values` are a and `imaginary` b.
    `operands` are the numbers of the steps whose results it takes. It leaves `level` primes,
    `scale` and `size` polynomials; while packing there is no ciphertext yet, and they are 0.
    A rotation moves slot s + `rotation` to slot s; `plain` (slots,) is the mask or the bias;
    `places` are the slots that packing has just filled or decryption reads; `ciphertext` counts
    those of a layer's input.
    """

    number: int
    stage: str
    operation: Operation
    operands: tuple[int, ...]
    values: Slots
    level: int
    scale: float
    size: int
    part: Part = ""
    rotation: int = 0
    plain: Weights | None = None
    imaginary: Slots | None = None
    places: IntArray | None = None
    ciphertext: int = 0


@dataclass(frozen=True, eq=False)
class Span:
    """The steps `begin` to before `end` of one stage of leg `leg`.

    It turns tensor `source` into tensor `target`; both are the same where values only move or are
    squared. `inputs` are the steps whose results it takes, `results` those it gives.
    """

    key: str
    leg: int
    begin: int
    end: int
    source: int
    target: int
    inputs: tuple[int, ...]
    results: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Trace:
    """Every step of a run in the clear. `tensors` are the shapes of the picture and each layer."""

    network: Network
    circuit: Circuit
    picture: Array
    steps: tuple[Step, ...]
    spans: tuple[Span, ...]
    tensors: tuple[Shape, ...]

    @property
    def slots(self) -> int:
        """Return how many slots a ciphertext has."""
        return self.circuit.parameters.chain.slots

    def packed_values(self, span: Span) -> Array:
        """Return the values that a later leg is begun with: those decrypted before."""
        before = self.circuit.legs[span.leg - 1].packing
        return before.unpack(slots_of(self.steps[span.begin - 1]))

    @property
    def scores(self) -> Array:
        """Return the network's answer, (classes,), as it stands in the last step's slots."""
        return self.circuit.legs[-1].packing.unpack(slots_of(self.steps[-1]))

    def span_at(self, number: int) -> Span:
        """Return the stage that a step belongs to."""
        return next(span for span in self.spans if span.begin <= number < span.end)


def slots_of(step: Step) -> Weights:
    """Return all that the slots of a step hold, (slots,): complex where they hold two numbers."""
    values = np.asarray(step.values, dtype=np.float64)
    if step.imaginary is None:
        return values
    return joined(np.stack([values, step.imaginary]))


def leg_maps(trace: Trace, span: Span) -> tuple[LinearMap, ...]:
    """Return the linear layers of the leg that a stage belongs to."""
    counts = [
        sum(isinstance(stage, LinearStage) for stage in leg.stages) for leg in trace.circuit.legs
    ]
    begin = sum(counts[: span.leg])
    return maps_of(trace.network)[begin : begin + counts[span.leg]]
