"""Taking a run apart: the interpreter runs on plain slots and every step that it takes is kept.

A back end whose ciphertext is the number of the step that made it, so that whatever
`engine.circuits.execution` does becomes a chain of steps.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from engine.arrays import Array, Weights
from engine.circuits.arrangement import arrangements
from engine.circuits.clear import ClearBackend, keep_clear
from engine.circuits.diagonals import IntArray
from engine.circuits.execution import encode_circuit, run_stage
from engine.circuits.legs import maps_of
from engine.circuits.stages import Circuit, Leg, LinearStage, Stage
from engine.ckks.pairs import parts
from engine.inside.trace import Operation, Part, Span, Step, Trace, slots_of
from engine.networks.layers import Network
from engine.networks.maps import LinearMap

MOST_PACKINGS = 64
"""So many steps show how windows land in the slots; of more windows, some go at once."""


def trace_run(circuit: Circuit, network: Network, picture: Array) -> Trace:
    """Run the circuit of `network` in the clear on a picture with values in [0, 1], and keep all.

    `picture` has the network's input shape.
    """
    chain, maps = circuit.parameters.chain, iter(maps_of(network))
    tracer = Tracer(chain.slots, chain.coeff_modulus_bits)
    masks = encode_circuit(circuit, keep_clear(chain.slots))
    tensors = [network.card.input_shape]
    values = picture
    for index, leg in enumerate(circuit.legs):
        linear = [next(maps) for stage in leg.stages if isinstance(stage, LinearStage)]
        x = tracer.begin(index, leg, linear, values, len(tensors) - 1)
        shapes = iter(each.shape_out for each in linear)
        for stage in leg.stages:
            source = len(tensors) - 1
            if isinstance(stage, LinearStage):
                tensors.append(next(shapes))
            tracer.enter(stage)
            begin, inputs = len(tracer.steps), x
            x = run_stage(stage, masks, tracer, x)
            end, target = len(tracer.steps), len(tensors) - 1
            tracer.leave(Span(stage.key, index, begin, end, source, target, inputs, x))
        last = index == len(circuit.legs) - 1
        values = tracer.end(index, leg, x[0], len(tensors) - 1, is_last=last)
    return Trace(
        network, circuit, picture, tuple(tracer.steps), tuple(tracer.spans), tuple(tensors)
    )


class Tracer:
    """Runs stages on plain slots. Attributes: the `steps` and `spans` so far.

    A ciphertext is the number of the step that made it, a plaintext its slots.
    """

    def __init__(self, slots: int, coeff_modulus_bits: Sequence[int]) -> None:
        self.steps: list[Step] = []
        self.spans: list[Span] = []
        self._slots = slots
        self._bits = coeff_modulus_bits
        self._clear = ClearBackend()
        self._stage: Stage | None = None

    # --- the client's steps

    def begin(
        self, index: int, leg: Leg, maps: Sequence[LinearMap], values: Array, tensor: int
    ) -> tuple[int, ...]:
        """Pack the values of a leg for its first layer, window by window, and encrypt them."""
        begin = len(self.steps)
        key = f"encrypt-{index + 1}" if index else "encrypt"
        packed = leg.packing.pack(values, self._slots)
        groups = windows_of(leg.packing.value_of_slot, maps)
        encrypted = []
        for which, (slots, group) in enumerate(zip(packed, groups, strict=True)):
            last: tuple[int, ...] = ()
            filled = np.zeros_like(slots)
            copies = np.tile(group, self._slots // len(group))
            for places in _parted(copies, MOST_PACKINGS // len(packed)):
                filled = filled.copy()
                filled[places] = slots[places]
                last = (self._keep("pack", last, filled, places=places, ciphertext=which),)
            encrypted.append(last[0])
        fresh = [
            self._keep(
                "encrypt", (packing,), self._of(packing),
                level=len(self._bits) - 1, scale=leg.packing.scale, size=2, ciphertext=which,
            )
            for which, packing in enumerate(encrypted)
        ]  # fmt: skip
        self._name(begin, key)
        self.spans.append(
            Span(key, index, begin, len(self.steps), tensor, tensor, (), tuple(fresh))
        )
        return tuple(fresh)

    def end(self, index: int, leg: Leg, x: int, tensor: int, *, is_last: bool) -> Array:
        """Decrypt what a leg gave; return its values."""
        key = "decrypt" if is_last else f"decrypt-{index + 1}"
        places = np.asarray(leg.packing.result_slots)
        number = self._keep("decrypt", (x,), self._of(x), places=places)
        self._name(number, key)
        self.spans.append(Span(key, index, number, number + 1, tensor, tensor, (x,), (number,)))
        return leg.packing.unpack(self._of(x))

    def _name(self, begin: int, key: str) -> None:
        self.steps[begin:] = [dataclasses.replace(step, stage=key) for step in self.steps[begin:]]

    # --- the cloud's stages

    def enter(self, stage: Stage) -> None:
        """Begin a stage."""
        self._stage = stage

    def leave(self, span: Span) -> None:
        """End a stage: say what its rotations were for, and keep half of each number's digits.

        What goes on to the next stage stays as it is.
        """
        self.spans.append(span)
        for step in self.steps[span.begin : span.end]:
            values, imaginary = step.values, step.imaginary
            if step.number not in span.results:
                values = values.astype(np.float32)
                imaginary = None if imaginary is None else imaginary.astype(np.float32)
            self.steps[step.number] = dataclasses.replace(
                step, values=values, imaginary=imaginary, part=self._part(step, span)
            )

    def _part(self, step: Step, span: Span) -> Part:
        if step.operation == "rotate":
            if step.operands[0] in span.inputs:
                return "baby"
            following = self.steps[step.number + 1]
            both = (step.operands[0], step.number)
            return "fold" if following.operands == both else "giant"
        if step.operation == "add":
            return "fold" if self.steps[step.operands[1]].operation == "rotate" else ""
        return ""

    # --- what the interpreter calls

    def rotate(self, x: int, step: int) -> int:
        """Rotate left by `step`."""
        return self._do("rotate", (x,), self._clear.rotate(self._of(x), step), rotation=step)

    def multiply_plain(self, x: int, mask: Weights) -> int:
        """Multiply slot by slot."""
        assert isinstance(self._stage, LinearStage)
        scale = self.steps[x].scale * self._stage.mask_scale
        values = self._clear.multiply_plain(self._of(x), mask)
        return self._do("multiply_plain", (x,), values, scale=scale, plain=mask)

    def add(self, x: int, y: int) -> int:
        """Add slot by slot."""
        return self._do("add", (x, y), self._clear.add(self._of(x), self._of(y)))

    def add_plain(self, x: int, values: Weights) -> int:
        """Add slot by slot."""
        return self._do("add_plain", (x,), self._clear.add_plain(self._of(x), values), plain=values)

    def conjugate(self, x: int) -> int:
        """Conjugate slot by slot."""
        return self._do("conjugate", (x,), self._clear.conjugate(self._of(x)))

    def sum(self, x: int, y: int) -> int:
        """Add what a conjugation left: twice the real parts."""
        return self._do("sum", (x, y), self._clear.sum(self._of(x), self._of(y)))

    def subtract(self, x: int, y: int) -> int:
        """Subtract slot by slot."""
        return self._do("subtract", (x, y), self._clear.subtract(self._of(x), self._of(y)))

    def turn(self, x: int) -> int:
        """Multiply by the alternating vector."""
        return self._do("turn", (x,), self._clear.turn(self._of(x)))

    def square(self, x: int) -> int:
        """Square slot by slot: three polynomials."""
        scale = self.steps[x].scale ** 2
        return self._do("square", (x,), self._clear.square(self._of(x)), scale=scale, size=3)

    def relinearize(self, x: int) -> int:
        """Bring three polynomials back to two."""
        return self._do("relinearize", (x,), self._of(x), size=2)

    def rescale(self, x: int) -> int:
        """Divide by the last prime and drop it."""
        before = self.steps[x]
        level = before.level - 1
        scale = before.scale / 2.0 ** self._bits[level]
        return self._do("rescale", (x,), self._of(x), level=level, scale=scale)

    def _of(self, x: int) -> Weights:
        return slots_of(self.steps[x])

    def _do(
        self,
        operation: Operation,
        operands: tuple[int, ...],
        values: Weights,
        *,
        level: int | None = None,
        scale: float | None = None,
        size: int | None = None,
        rotation: int = 0,
        plain: Weights | None = None,
    ) -> int:
        """Keep a step that changes no more than what is given."""
        before = self.steps[operands[0]]
        return self._keep(
            operation,
            operands,
            values,
            level=before.level if level is None else level,
            scale=before.scale if scale is None else scale,
            size=before.size if size is None else size,
            rotation=rotation,
            plain=plain,
        )

    def _keep(
        self,
        operation: Operation,
        operands: tuple[int, ...],
        values: Weights,
        *,
        level: int = 0,
        scale: float = 0.0,
        size: int = 0,
        rotation: int = 0,
        plain: Weights | None = None,
        places: IntArray | None = None,
        ciphertext: int = 0,
    ) -> int:
        key = self._stage.key if self._stage is not None else ""
        real, imaginary = parts(values)
        self.steps.append(
            Step(
                len(self.steps), key, operation, operands, real, level, scale, size,
                rotation=rotation, plain=plain, places=places, ciphertext=ciphertext,
                imaginary=imaginary if imaginary.any() else None,
            )
        )  # fmt: skip
        return len(self.steps) - 1


def windows_of(value_of_slot: IntArray, maps: Sequence[LinearMap]) -> IntArray:
    """Return the window that each packed slot belongs to, -1 for an empty one.

    Both have shape (ciphertexts, period), the first with parts between.
    Where a layer has one window only, every value counts as one.
    """
    arrangement = arrangements(maps)[0]
    slots = np.arange(value_of_slot.shape[2])
    if len(arrangement.places) == 1:
        windows = slots
    else:
        window = np.full(arrangement.unit, -1)
        window[arrangement.places] = np.arange(len(arrangement.places))
        windows = window[slots % arrangement.unit]
    found: IntArray = np.where((value_of_slot >= 0).any(axis=1), windows, -1)
    return found


def _parted(windows: IntArray, most: int) -> list[IntArray]:
    """Return the slots that each packing step fills, in at most `most` steps."""
    present = np.unique(windows[windows >= 0])
    together = math.ceil(len(present) / max(1, most))
    chunks = [present[at : at + together] for at in range(0, len(present), together)]
    return [np.flatnonzero(np.isin(windows, chunk)) for chunk in chunks]
