"""Each kind of refusal: the sentence names what is wrong, and the remedy does what was meant."""

import re

import pytest

from engine.errors import RefusedError
from engine.playground.operations import (
    Add,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
)
from engine.playground.program import MOST_VALUES, Program
from engine.playground.reasons import Reason, Refusal
from engine.playground.settings import SETTINGS, WorkbenchSetting
from engine.playground.values import Value

NUMBERS = (1.0, -0.5, 0.25, 0.75, -1.0, 0.5, 1.0, 0.125)
ZEROS = (0.0,) * 8
PRECISE, DEEP, COARSE = SETTINGS
Case = tuple[Reason, tuple[Operation, ...], Operation, str, tuple[Operation, ...]]


def program_of(setting: WorkbenchSetting, *steps: Operation) -> Program:
    program = Program(setting)
    for each in steps:
        program = program.perform(each)
    return program


SQUARE = (Encrypt(NUMBERS), Multiply(0, 0))
RESCALED = (*SQUARE, Relinearize(1), Rescale(2))
ONCE_MORE = (*RESCALED, Multiply(3, 3), Relinearize(4), Rescale(5))

CASES: tuple[Case, ...] = (
    (Reason.LEVELS, RESCALED, Add(3, 0), "Mod switch a first",
     (ModSwitch(0), SetScale(3), Add(5, 4))),
    (Reason.SCALES, (*RESCALED, ModSwitch(0)), Add(3, 4), "Set the scale of d",
     (SetScale(3), Add(5, 4))),
    (Reason.SCALES, SQUARE, Add(1, 0), "Rescale b first",
     (Rescale(1), ModSwitch(0), SetScale(2), Add(4, 3))),
    (Reason.THREE_POLYNOMIALS, SQUARE, Rotate(1, 1), "Relinearise b",
     (Relinearize(1), Rotate(2, 1))),
    (Reason.PRODUCT_OF_THREE, SQUARE, Multiply(1, 0), "no relinearisation key",
     (Relinearize(1), Multiply(2, 0))),
    (Reason.OUT_OF_BOUNDS, ONCE_MORE, Multiply(6, 6), "The chain is used up", ()),
    (Reason.OUT_OF_BOUNDS, (*RESCALED, Multiply(3, 3)), ModSwitch(4), "Rescale e instead",
     (Rescale(4),)),
    (Reason.END_OF_CHAIN, ONCE_MORE, Rescale(6), "only its first prime left", ()),
    (Reason.END_OF_CHAIN, ONCE_MORE, ModSwitch(6), "no bootstrapping", ()),
    (Reason.NO_GALOIS_KEY, SQUARE, Rotate(0, 12), "a rotation by 16", (Rotate(0, 4),)),
    (Reason.NO_GALOIS_KEY, SQUARE, Rotate(0, 16), "would move nothing", ()),
    (Reason.NO_GALOIS_KEY, SQUARE, Rotate(0, -4096), "would move nothing", ()),
    (Reason.TRANSPARENT, SQUARE, Subtract(0, 0), "a \u2212 a would hide nothing", ()),
    (Reason.TRANSPARENT, SQUARE, MultiplyPlain(0, ZEROS), "nothing but zeros", ()),
    (Reason.LOST, SQUARE, Rescale(0), "fall to 2^0", (ModSwitch(0),)),
    (Reason.FAR_SCALE, SQUARE, SetScale(1), "Rescale b first", (Rescale(1), SetScale(2))),
    (Reason.NOTHING_TO_DO, SQUARE, SetScale(0), "already", ()),
    (Reason.NOTHING_TO_DO, SQUARE, Relinearize(0), "two polynomials already", ()),
    (Reason.NOTHING_TO_DO, SQUARE, Rotate(0, 0), "moves nothing", ()),
    (Reason.NUMBERS, (), Encrypt(NUMBERS[:3]), "8 slots to see, not 3", ()),
    (Reason.NUMBERS, (), Encrypt((*ZEROS[1:], 1001.0)), "1001 is not from", ()),
    (Reason.NUMBERS, (), Encrypt((*ZEROS[1:], float("nan"))), "nan is not from", ()),
    (Reason.NUMBERS, (), Encrypt((*ZEROS[1:], 1e-9)), "too small", ()),
    (Reason.NO_VALUE, SQUARE, Rescale(7), "no value h", ()),
)  # fmt: skip


@pytest.mark.parametrize(("reason", "steps", "operation", "says", "remedy"), CASES)
def test_a_refusal_names_what_is_wrong_and_what_works(
    reason: Reason,
    steps: tuple[Operation, ...],
    operation: Operation,
    says: str,
    remedy: tuple[Operation, ...],
) -> None:
    program = program_of(PRECISE, *steps)
    refusal = program.judge(operation)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is reason
    assert says in refusal.sentence
    assert program.remedy(operation) == remedy
    with pytest.raises(RefusedError, match=re.escape(refusal.sentence)):
        program.perform(operation)


def test_what_would_wrap_around_is_refused_though_seal_would_not_notice() -> None:
    steps = (Encrypt((200.0, *ZEROS[1:])), *(ModSwitch(place) for place in range(3)))
    refusal = program_of(DEEP, *steps).judge(ModSwitch(3))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.WRAPS_AROUND
    assert "hold less than 128" in refusal.sentence


def test_there_is_room_for_so_many_values_only() -> None:
    program = program_of(COARSE, *(Encrypt(NUMBERS) for _ in range(MOST_VALUES)))
    refusal = program.judge(Encrypt(NUMBERS))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.NO_ROOM
    assert isinstance(program.judge(Decrypt(0)), Value)


def test_every_reason_was_met() -> None:
    met = {reason for reason, *_ in CASES} | {Reason.WRAPS_AROUND, Reason.NO_ROOM}
    assert met == set(Reason)
