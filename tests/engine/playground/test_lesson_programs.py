"""Each lesson goes to its end on real ciphertexts, and its copied script gives the same values."""

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seal_bench import bench_of, step
from tenseal import sealapi

from engine.playground.lessons import LESSONS, SLOTS, Lesson
from engine.playground.operations import (
    Add,
    AddPlain,
    Decrypt,
    Encrypt,
    ModSwitch,
    Rotate,
    SetScale,
    Subtract,
    name_of,
)
from engine.playground.program import Program
from engine.playground.reasons import Refusal
from engine.playground.script import lines, preamble, script
from engine.playground.settings import SETTINGS


def run_script(text: str) -> dict[str, list[float]]:
    """Run a script and return what it printed: numbers for each name."""
    answer = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    pairs = (line.split(" ", 1) for line in answer.stdout.splitlines())
    return {name: ast.literal_eval(numbers) for name, numbers in pairs}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.key)
def test_every_step_does_what_the_lesson_says(lesson: Lesson) -> None:
    program, values = Program(lesson.setting), list[sealapi.Ciphertext]()
    for each in lesson.steps:
        assert each.sentence
        outcome = program.judge(each.operation)
        assert isinstance(outcome, Refusal) == each.is_refused
        if isinstance(each.operation, Decrypt):
            program = program.perform(each.operation)
        else:
            program, sentence = step(program, each.operation, values)
            assert bool(sentence) == each.is_refused


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.key)
def test_the_copied_script_gives_the_values_that_were_shown(lesson: Lesson) -> None:
    program = lesson.program()
    printed = run_script(script(program))
    shown = {each.x for each in program.operations if isinstance(each, Decrypt)}
    assert set(printed) == {name_of(place) for place in shown}
    for place in shown:
        value = program.values[place]
        assert printed[name_of(place)] == pytest.approx(value.clear, abs=value.bound, rel=0)


def test_a_script_has_every_operation_and_runs_with_sixteen_slots() -> None:
    program = Program(SETTINGS[0], 16)
    numbers = (0.5, -1.25, *map(float, range(14)))
    for operation in (
        Encrypt(numbers),
        AddPlain(0, numbers),
        Encrypt(numbers),
        Subtract(1, 2),
        Rotate(3, -3),
        ModSwitch(4),
        Decrypt(5),
    ):
        program = program.perform(operation)
    printed = run_script(script(program))
    assert printed["f"] == pytest.approx(numbers[-3:] + numbers[:-3], abs=1e-4)


def test_the_scale_is_set_on_a_copy() -> None:
    (line,) = lines([SetScale(0)])
    assert line == "evaluator.mod_switch_to(a, a.parms_id(), a := new()); a.scale = scale"
    assert lines([Encrypt((1,) * 8), SetScale(0)])[1].endswith("b := new()); b.scale = scale")


@given(count=st.integers(0, 60))
def test_lines_name_the_values_in_their_order(count: int) -> None:
    found = lines([*(Encrypt((1,) * SLOTS) for _ in range(count)), Add(0, 1)])
    names = [line.split(" = ")[0] for line in found[:-1]]
    assert names == [name_of(place) for place in range(count)]
    assert len(set(names)) == count
    assert f"add(a, b, {name_of(count)} := new())" in found[-1]


def test_the_preamble_says_the_chain_the_scale_and_the_keys() -> None:
    for setting in SETTINGS:
        text = preamble(setting, 8)
        assert str(list(setting.chain.coeff_modulus_bits)) in text
        assert f"2.0**{setting.scale_bits}" in text
        ast.parse(text)
        assert bench_of(setting.key).setting == setting
