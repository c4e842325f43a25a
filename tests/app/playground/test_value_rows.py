"""A value's row: what it says, what it tells where the mouse rests, how its numbers are written."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playground_steps import ONE, settle
from PySide6.QtCore import QPoint
from studio import Studio

from app.playground.formulas import (
    error_text,
    formula,
    number_text,
    parse_numbers,
    power_text,
    steps_text,
    word_text,
)
from app.playground.value_columns import columns
from app.playground.view import PlaygroundView
from engine.playground.operations import (
    AddPlain,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    Rotate,
    Subtract,
)


def test_a_slot_tells_its_number_in_full_and_the_exact_one(
    studio: Studio, view: PlaygroundView
) -> None:
    bench, rows = studio.window.program.workbench, view.values.list
    bench.perform(Encrypt(ONE))
    settle(studio)
    row = rows.visualRect(rows.model().index(0, 0))
    boxes = columns(row, studio.window.theme)
    slot = boxes.slot(2, 8).center()
    assert rows.tip(slot) == "Slot 2: encrypted. Exact arithmetic gives 3."
    bench.perform(Decrypt(0))
    settle(studio)
    assert rows.tip(slot) == "Slot 2: 3 decrypted, 3 by exact arithmetic"
    assert "rescale" in rows.tip(boxes.chain.center())
    assert rows.tip(QPoint(row.center().x(), row.bottom() + 20)) == ""


def test_the_parts_of_a_row_stand_beside_each_other(studio: Studio, view: PlaygroundView) -> None:
    for size in ((1120, 630), (1280, 720), (1920, 1080)):
        studio.resize(*size)
        boxes = columns(view.values.rect(), studio.window.theme).all()
        for left, right in itertools.pairwise(boxes):
            assert left.right() < right.left()
        assert boxes[2].width() > boxes[1].width()


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (Encrypt(ONE), "encrypt"),
        (Subtract(0, 1), "a \u2212 b"),
        (Multiply(2, 2), "c \u00b7 c"),
        (AddPlain(27, ONE), "b1 + p"),
        (Rotate(0, -3), "rotate a by \u22123"),
        (Decrypt(25), "decrypt z"),
    ],
)
def test_operations_are_said_in_few_words(operation: Encrypt, said: str) -> None:
    assert formula(operation) == said


def test_several_steps_are_one_part_of_a_sentence() -> None:
    assert steps_text([ModSwitch(0)]) == "mod switch a"
    assert steps_text([ModSwitch(0), ModSwitch(1), Rotate(2, 1)]) == (
        "mod switch a, mod switch b, then rotate c by 1"
    )


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (2.0**40, "2\u2074\u2070"),
        (2.0**40 * 1.0001, "\u2248 2\u2074\u2070"),
        (2.0**24 * 1.25, "1.25 \u00b7 2\u00b2\u2074"),
    ],
)
def test_a_scale_is_a_power_of_two(scale: float, text: str) -> None:
    assert power_text(scale) == text


def test_errors_and_coefficients_are_short() -> None:
    assert error_text(1.44e-9) == "1.4e\u22129"
    assert error_text(0.0312) == "0.031"
    assert word_text(0xABCDE, 4) == "bcde"
    assert word_text(0x1, 2) == "01"


@given(
    number=st.floats(-1000, 1000),
    bound=st.floats(1e-12, 10, allow_subnormal=False),
)
def test_a_number_is_written_as_exactly_as_its_bound_allows(number: float, bound: float) -> None:
    written = float(number_text(number, bound).replace("\u2212", "-"))
    decimals = min(max(math.floor(-math.log10(bound)), 1), 4)
    six_figures = 0.51e-2 if abs(number) >= 100 else 0.0
    assert abs(written - number) <= max(0.51 * 10.0**-decimals, six_figures)
    assert "-" not in number_text(number, bound)


@given(text=st.text(max_size=60), slots=st.sampled_from((8, 16)))
def test_any_text_is_numbers_or_a_sentence(text: str, slots: int) -> None:
    said, numbers = "", (0.0,) * slots
    try:
        numbers = parse_numbers(text, slots)
    except ValueError as error:
        said = str(error)
    assert len(numbers) == slots
    assert not said or said.endswith(".")
