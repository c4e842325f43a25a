"""Running a batch: rows of ciphertexts stream through the stages, on SEAL or on numpy.

A row of pixels is added to every output it touches and then forgotten, and an output row moves on
as soon as it is complete. So memory holds a few rows, never a whole layer.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from engine.circuits.batch.stages import BatchCircuit, BatchLinear, BatchSquare
from engine.ckks.pairs import Parting, square_pair

C = TypeVar("C")


class BatchBackend(Parting[C], Protocol[C]):
    """The operations a batch is made of: C is a ciphertext.

    An operation may reuse the memory of its first operand where it says so.
    """

    def multiply(self, x: C, weight: float, scale: float) -> C:
        """Return the product with a number encoded at `scale`."""

    def add_product(self, total: C, x: C, weight: float, scale: float) -> C:
        """Return total + the product of x; reuses total."""

    def add_number(self, x: C, number: float, scale: float) -> C:
        """Add a number to both pictures of every slot; reuses x."""

    def relinearize(self, x: C) -> C:
        """Bring a square back to two polynomials; reuses x."""

    def rescale(self, x: C) -> C:
        """Divide by the last prime and drop it; reuses x."""


@dataclass(frozen=True)
class Row(Generic[C]):
    """One row of a grid: `values[channel][column]`."""

    values: list[list[C]]


@dataclass(frozen=True)
class StageState:
    """How far a stage is: `done` of `total` rows are out; this push took `seconds`."""

    key: str
    done: int
    total: int
    seconds: float


class BatchRun(Generic[C]):
    """One batch on its way through the stages of a circuit."""

    def __init__(self, circuit: BatchCircuit, backend: BatchBackend[C]) -> None:
        self._steps: list[_Step[C]] = [
            _LinearStep(stage, backend)
            if isinstance(stage, BatchLinear)
            else _SquareStep(stage, backend)
            for stage in circuit.stages
        ]
        self._output: list[Row[C]] = []

    def push(self, row: Row[C]) -> Iterator[StageState]:
        """Feed the next row of pixels; yield the state of each stage that had work to do."""
        rows = [row]
        for step in self._steps:
            if not rows:
                return
            begin, finished = time.perf_counter(), list[Row[C]]()
            for each in rows:
                finished += step.push(each)
            step.done += len(finished)
            stage, seconds = step.stage, time.perf_counter() - begin
            yield StageState(stage.key, step.done, stage.output.height, seconds)
            rows = finished
        self._output += rows

    @property
    def scores(self) -> list[C]:
        """Return one ciphertext a class; empty until the last row has come."""
        return [channel[0] for row in self._output for channel in row.values]


class _Step(Protocol[C]):
    stage: BatchLinear | BatchSquare
    done: int

    def push(self, row: Row[C]) -> list[Row[C]]:
        """Take the next row of the input, for good; return the rows of the output now complete."""


class _LinearStep(Generic[C]):
    """A convolution whose kernel slides down the rows as they come."""

    def __init__(self, stage: BatchLinear, backend: BatchBackend[C]) -> None:
        self.stage: BatchLinear | BatchSquare = stage
        self.done = 0
        self._linear, self._backend = stage, backend
        self._row = 0
        self._sums: dict[int, list[list[C | None]]] = {}

    def push(self, row: Row[C]) -> list[Row[C]]:
        """Add a row of the input to the rows of the output whose windows cover it."""
        stage, height = self._linear, self._linear.weight.shape[2]
        first = max(0, -(-(self._row - height + 1) // stage.stride))
        last = min(stage.output.height - 1, self._row // stage.stride)
        for index in range(first, last + 1):
            if index not in self._sums:
                width, channels = stage.output.width, stage.output.channels
                self._sums[index] = [[None] * width for _ in range(channels)]
            self._add(row, self._row - index * stage.stride, self._sums[index])
        self._row += 1
        is_complete = first <= last and self._row == first * stage.stride + height
        return [self._finish(self._sums.pop(first))] if is_complete else []

    def _add(self, row: Row[C], kernel_row: int, sums: list[list[C | None]]) -> None:
        stage, backend = self._linear, self._backend
        for weights, line in zip(stage.weight[:, :, kernel_row].tolist(), sums, strict=True):
            for column, total in enumerate(line):
                start = column * stage.stride
                y = total
                for kernel, values in zip(weights, row.values, strict=True):
                    window = values[start : start + len(kernel)]
                    for weight, x in zip(kernel, window, strict=True):
                        if weight == 0:  # rounded away; the data never decides
                            continue
                        if y is None:
                            y = backend.multiply(x, weight, stage.weight_scale)
                        else:
                            y = backend.add_product(y, x, weight, stage.weight_scale)
                line[column] = y

    def _finish(self, sums: list[list[C | None]]) -> Row[C]:
        stage, backend = self._linear, self._backend
        values: list[list[C]] = []
        for line, bias in zip(sums, stage.bias.tolist(), strict=True):
            values.append([])
            for y in line:
                assert y is not None  # every output has a weight that is not zero
                rescaled = _drop(backend, y, stage.drop)
                values[-1].append(backend.add_number(rescaled, bias, stage.bias_scale))
        return Row(values)


class _SquareStep(Generic[C]):
    """The activation on one row after another."""

    def __init__(self, stage: BatchSquare, backend: BatchBackend[C]) -> None:
        self.stage: BatchLinear | BatchSquare = stage
        self.done = 0
        self._backend = backend

    def push(self, row: Row[C]) -> list[Row[C]]:
        """Square a row in place: at N = 16384 a second copy would be 120 MB."""
        for line in row.values:
            for column, x in enumerate(line):
                line[column] = self._square(x)
        return [row]

    def _square(self, x: C) -> C:
        """Return a² + m·b² for x = (a + m·b) / 2: two key switches for two pictures."""
        merged = square_pair(self._backend, x)
        return _drop(self._backend, self._backend.relinearize(merged), self.stage.drop)


def _drop(backend: BatchBackend[C], x: C, count: int) -> C:
    for _ in range(count):
        x = backend.rescale(x)
    return x
