"""Whatever is asked of the playground gives a value within its bound, or a sentence; as SEAL does.

CIPHERSKETCH_EXAMPLES sets how many programs are tried.
"""

import gc
import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from seal_bench import step
from tenseal import sealapi

from engine.playground.operations import (
    Add,
    AddPlain,
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
from engine.playground.program import Program
from engine.playground.settings import SETTINGS

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "25"))
MOST_STEPS = 30

single_numbers = st.one_of(
    st.sampled_from((0.0, 1.0, -1.0, 2.0, 0.5, 0.0001, 1000.0, -1000.0)),
    st.floats(-3, 3).map(lambda number: round(number, 4)),
    st.floats(-1200, 1200, allow_subnormal=False),
)
steps = st.one_of(st.integers(-17, 17), st.integers(-4100, 4100))
two = st.sampled_from((Add, Subtract, Multiply, Multiply))
one = st.sampled_from((Rescale, Rescale, Relinearize, Relinearize, ModSwitch, SetScale))


def draw_operation(data: Any, program: Program) -> Operation:
    """Draw any operation, more often on the newest values than on others or on none."""
    count = len(program.values)
    places = st.one_of(
        st.just(max(count - 1, 0)), st.integers(max(count - 3, 0), max(count - 1, 0)),
        st.integers(0, min(count, 63)),
    )  # fmt: skip
    lists = st.lists(single_numbers, min_size=program.slots, max_size=program.slots).map(tuple)
    return data.draw(
        st.one_of(
            st.builds(Encrypt, lists),
            st.builds(lambda kind, x, y: kind(x, y), two, places, places),
            st.builds(lambda kind, x: kind(x), one, places),
            st.builds(lambda kind, x: kind(x), one, places),
            st.builds(
                lambda kind, x, numbers: kind(x, numbers),
                st.sampled_from((AddPlain, MultiplyPlain)),
                places,
                lists,
            ),
            st.builds(Rotate, places, steps),
        )
    )


@settings(
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    setting=st.sampled_from(SETTINGS),
    slots=st.sampled_from((8, 16)),
    length=st.integers(1, MOST_STEPS),
    data=st.data(),
)
def test_each_step_gives_a_value_within_its_bound_or_a_sentence(
    setting: Any, slots: int, length: int, data: Any
) -> None:
    program, values = Program(setting, slots), list[sealapi.Ciphertext]()
    first = tuple(round(1.5 - place / 5, 4) for place in range(slots))
    program, _ = step(program, Encrypt(first), values)
    while length > 0:
        operation = draw_operation(data, program)
        wanted = [operation]
        if data.draw(st.booleans()):
            wanted = list(program.remedy(operation)) or wanted
        for each in wanted[:length]:
            program, sentence = step(program, each, values)
            assert not sentence or len(sentence) > 20
        length -= len(wanted)
    gc.collect(0)  # which waits for the test's end otherwise, with megabytes for each example
