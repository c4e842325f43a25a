"""What cannot be done says why, and what would work; that then works.

All pairs of operations are gone through on all states that values can be in.
"""

import itertools
import math
import os
import re
from collections.abc import Iterator

import pytest

from engine.playground.operations import (
    Add,
    AddPlain,
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
from engine.playground.settings import SETTINGS, WorkbenchSetting
from engine.playground.values import Value

ALL = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "0")) >= 1000
NUMBERS = (1.0, -0.5, 0.25, 0.75, -1.0, 0.5, 1.0, 0.125)
ZEROS = (0.0,) * 8
PRECISE, DEEP, COARSE = SETTINGS
SENTENCE = re.compile(r"[^\n]{20,400}[.]")


def operations(places: range) -> Iterator[Operation]:
    """Yield every operation on these values, with operands that are good, and some that are not."""
    for x in places:
        yield from (Relinearize(x), Rescale(x), ModSwitch(x), SetScale(x), Decrypt(x))
        yield from (Rotate(x, step) for step in (-3, 0, 1, 12))
        for numbers in (NUMBERS, ZEROS):
            yield from (AddPlain(x, numbers), MultiplyPlain(x, numbers))
    for x, y in itertools.product(places, places):
        yield from (Add(x, y), Subtract(x, y), Multiply(x, y))


def state(value: Value, setting: WorkbenchSetting) -> tuple[int, int, bool, int]:
    """Return the primes left, the scale in whole bits, whether it is the setting's, polynomials."""
    bits = round(math.log2(value.scale))
    return value.level, bits, value.scale == setting.scale, value.size


def check(program: Program, operation: Operation) -> Program | None:
    """Return the program after the operation; None where a sentence says why not."""
    outcome = program.judge(operation)
    if isinstance(outcome, Value):
        return program.perform(operation)
    assert SENTENCE.fullmatch(outcome.sentence)
    for each in program.remedy(operation):
        program = program.perform(each)  # raises if it is refused
    return None


def in_all_states(setting: WorkbenchSetting) -> Program:
    """Return a program with a value in every state that operations lead to, one each."""
    program = Program(setting).perform(Encrypt(NUMBERS))
    seen, grew = {state(program.values[0], setting)}, True
    while grew:
        grew = False
        for operation in operations(range(len(program.values))):
            found = program.judge(operation)
            room = len(program.values) < MOST_VALUES - 2
            if isinstance(found, Value) and state(found, setting) not in seen and room:
                seen.add(state(found, setting))
                if not isinstance(operation, Decrypt):
                    program, grew = program.perform(operation), True
    return program


@pytest.mark.parametrize("setting", SETTINGS if ALL else SETTINGS[:1], ids=lambda each: each.key)
def test_all_pairs_of_operations_on_all_states_give_a_value_or_a_sentence(
    setting: WorkbenchSetting,
) -> None:
    program = in_all_states(setting)
    places = range(len(program.values))
    assert {value.size for value in program.values} == {2, 3}
    assert {value.level for value in program.values} == set(range(1, setting.chain.top_level + 1))
    for first in operations(places):
        after = check(program, first)
        if after is not None and len(after.values) > len(places):
            new = len(places)
            for second in operations(range(new, new + 1)):
                check(after, second)
            for other, kind in itertools.product(places, (Add, Subtract, Multiply)):
                check(after, kind(new, other))
