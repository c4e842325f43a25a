"""What a step is made of, as pictures of slots: what it takes, a sign between, what it gives."""

from dataclasses import dataclass

import numpy as np

from app.inside.shown import Shown, number_text
from app.kit.wording import difference_text
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.looks import StageLook
from engine.inside.trace import Trace

SIGNS = {
    "multiply_plain": "\u00d7",
    "add": "+",
    "add_plain": "+",
    "sum": "+",
    "subtract": "\u2212",
}


@dataclass(frozen=True, eq=False)
class PartOfStep:
    """A picture of slots with its `title`; `sign` stands before it."""

    title: str
    shown: Shown
    sign: str = ""


def parts_of(trace: Trace, number: int) -> tuple[PartOfStep, ...]:
    """Return the operands of a step and its result, left to right."""
    step = trace.steps[number]
    operands = [] if step.operation == "pack" else list(step.operands)
    parts = [
        PartOfStep(
            _operand_title(trace, number, operand),
            shown_of(trace, operand, step.rotation),
            SIGNS.get(step.operation, "") if place else "",
        )
        for place, operand in enumerate(operands)
    ]
    if step.plain is not None:
        title = "The mask: weights" if step.operation == "multiply_plain" else "The bias"
        held = step.plain != 0
        shown = Shown(np.real(step.plain), held, "mask")
        parts.append(PartOfStep(title, shown, SIGNS[step.operation]))
    sign = "=" if len(parts) > 1 else "\u2192"
    parts.append(PartOfStep(_result_title(trace, number), shown_of(trace, number, 0), sign))
    return tuple(parts)


def shown_of(trace: Trace, number: int, shift: int) -> Shown:
    """Return the slots after a step, as they are shown."""
    step, holding = trace.steps[number], holding_at(trace, number)
    return Shown(step.values, holding.values != NOTHING, "value", shift, step.places)


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
    decrypted, clear = look.decrypted[ciphertext].real, look.clear[ciphertext]
    held = look.is_held[ciphertext]
    return (
        PartOfStep("Decrypted", Shown(decrypted, held, "value")),
        PartOfStep("In the clear", Shown(clear, held, "value"), "\u2212"),
        PartOfStep("The error", Shown(decrypted - clear, held, "error"), "="),
    )


def caption(shown: Shown, slot: int | None) -> str:
    """Return the number in a slot; without one how many are read, or the largest error."""
    if slot is not None:
        place = (slot + shown.shift) % len(shown.values)
        return f"slot {place:,}: {number_text(shown, place)}"
    if shown.kind == "error":
        return f"largest error {difference_text(shown.largest)}"
    return f"{int(np.count_nonzero(shown.is_held)):,} of {len(shown.values):,} slots are used"
