"""What a step is made of, as pictures of slots: what it takes, a sign between, what it gives."""

from dataclasses import dataclass

import numpy as np

from app.inside.slots.shades import Kind
from app.inside.slots.shown import Shown, number_text
from app.kit.wording import difference_text
from engine.arrays import Array
from engine.ckks.pairs import parts
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.looks import StageLook
from engine.inside.trace import Step, Trace

SIGNS = {
    "multiply_plain": "\u00d7",
    "add": "+",
    "add_plain": "+",
    "sum": "+",
    "subtract": "\u2212",
}


@dataclass(frozen=True, eq=False)
class PartOfStep:
    """Pictures of slots with their `title`, one for each value of a slot; `sign` stands before."""

    title: str
    shown: tuple[Shown, ...]
    sign: str = ""


def parts_of(trace: Trace, number: int) -> tuple[PartOfStep, ...]:
    """Return the operands of a step and its result, left to right."""
    step = trace.steps[number]
    operands = [] if step.operation == "pack" else list(step.operands)
    pictures = [
        PartOfStep(
            _operand_title(trace, number, operand),
            shown_of(trace, operand, step.rotation, is_marked=False),
            SIGNS.get(step.operation, "") if place else "",
        )
        for place, operand in enumerate(operands)
    ]
    if step.plain is not None:
        title = "The mask: weights" if step.operation == "multiply_plain" else "The bias"
        pictures.append(PartOfStep(title, _mask(trace, step), SIGNS[step.operation]))
    sign = "=" if len(pictures) > 1 else "\u2192"
    result = shown_of(trace, number, 0, is_marked=True)
    pictures.append(PartOfStep(_result_title(trace, number), result, sign))
    return tuple(pictures)


def shown_of(trace: Trace, number: int, shift: int, *, is_marked: bool) -> tuple[Shown, ...]:
    """Return the slots after a step, as they are shown: twice where they hold two values.

    Those that it has just filled or read are marked, if that is wanted.
    """
    step, holding = trace.steps[number], holding_at(trace, number)
    pairs = ((step.values, holding.values), (step.imaginary, holding.imaginary))
    return tuple(
        Shown(numbers, values != NOTHING, "value", shift, step.places if is_marked else None)
        for numbers, values in pairs
        if numbers is not None and values is not None
    )


def _mask(trace: Trace, step: Step) -> tuple[Shown, ...]:
    """Return the weights of a mask, or the bias, for each of the values that they are for."""
    assert step.plain is not None
    first, second = parts(step.plain)
    if not second.any():
        return (Shown(first, first != 0, "mask"),)
    if holding_at(trace, step.operands[0]).imaginary is not None:
        second = -second  # a weight w of a second value stands in the mask as w / m
    return tuple(Shown(each, each != 0, "mask") for each in (first, second))


def _operand_title(trace: Trace, number: int, operand: int) -> str:
    step, before = trace.steps[number], trace.steps[operand]
    if step.operation == "add":
        return {"rotate": "Its moved copy", "multiply_plain": "The new products"}.get(
            before.operation, "The sum so far"
        )
    if before.part == "baby":
        return f"The input, moved by {_signed(before.rotation, trace.slots)}"
    if before.stage != step.stage:
        return "The layer's input" if step.plain is not None else "Before"
    return "Before"


def _signed(step: int, slots: int) -> str:
    by = step if step <= slots // 2 else step - slots
    return f"{by}".replace("-", "\u2212")


def _result_title(trace: Trace, number: int) -> str:
    step = trace.steps[number]
    titles = {
        "pack": "The slots",
        "encrypt": "In the ciphertext",
        "multiply_plain": "The products",
        "add": "The sum",
        "decrypt": "The slots, decrypted",
    }
    return titles.get(step.operation, "After")


def parts_of_look(look: StageLook, ciphertext: int) -> tuple[PartOfStep, ...]:
    """Return what was decrypted after a stage, what it should be, and by how much it is off."""
    decrypted, clear, held = (
        each[ciphertext] for each in (look.decrypted, look.clear, look.is_held)
    )
    count = 1 + int(held[1].any())

    def shown(numbers: Array, kind: Kind) -> tuple[Shown, ...]:
        pairs = zip(numbers[:count], held[:count], strict=True)
        return tuple(Shown(each, is_held, kind) for each, is_held in pairs)

    return (
        PartOfStep("Decrypted", shown(decrypted, "value")),
        PartOfStep("In the clear", shown(clear, "value"), "\u2212"),
        PartOfStep("The error", shown(decrypted - clear, "error"), "="),
    )


def caption(pictures: tuple[Shown, ...], slot: int | None) -> str:
    """Return the number in a slot; without one how many are read, or the largest error."""
    shown = pictures[0]
    if slot is not None:
        place = (slot + shown.shift) % len(shown.values)
        return f"slot {place:,}: {' and '.join(number_text(each, place) for each in pictures)}"
    if shown.kind == "error":
        return f"largest error {difference_text(max(each.largest for each in pictures))}"
    used = sum(int(np.count_nonzero(each.is_held)) for each in pictures)
    if len(pictures) > 1:
        return f"{used:,} values in {len(shown.values):,} slots"
    return f"{used:,} of {len(shown.values):,} slots are used"
