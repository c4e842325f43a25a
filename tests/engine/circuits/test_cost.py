"""Counting a circuit's primitives without running it, and pricing them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.circuits.expected.calibration import (
    costs_from_json,
    costs_to_json,
    load_costs,
    save_costs,
)
from engine.circuits.expected.cost import MOST_PACE, PRIMITIVES, PrimitiveCosts, count_stages
from engine.circuits.stages import LinearStage, build_circuit
from engine.ckks.parameters import Settings
from engine.networks.layers import Network

ALL = (*PRIMITIVES, "make_galois_key")
COSTS = PrimitiveCosts(8192, dict.fromkeys(ALL, (0.001, 0.002, 0.004)))
SETTINGS = (Settings(), Settings(scale_bits=30), Settings(outer_bits=32))


@pytest.mark.parametrize("wanted", SETTINGS, ids=str)
def test_the_rotations_counted_are_those_planned(model: Network, wanted: Settings) -> None:
    circuit = build_circuit(model, wanted)
    counts = count_stages(circuit)
    assert list(counts) == [stage.key for stage in circuit.stages]
    for stage in circuit.stages:
        rotations = {
            level: number for (name, level), number in counts[stage.key].items() if name == "rotate"
        }
        if isinstance(stage, LinearStage):
            assert rotations == {stage.level: len(stage.plan.rotations)}
        else:
            assert rotations == {}


@pytest.mark.parametrize("wanted", SETTINGS, ids=str)
def test_masks_squares_and_rescales_are_counted_at_their_level(
    model: Network, wanted: Settings
) -> None:
    circuit = build_circuit(model, wanted)
    counts = count_stages(circuit)
    for stage in circuit.stages:
        made, low = counts[stage.key], stage.level - stage.drop
        rescales = {(("rescale", level)): 1 for level in range(stage.level, low, -1)}
        if isinstance(stage, LinearStage):
            masks = len(list(stage.plan.masks))
            adds = masks - 1 + len(stage.plan.folds)
            expected = {
                ("multiply_plain", stage.level): masks,
                ("add", stage.level): adds,
                ("rotate", stage.level): len(stage.plan.rotations),
                ("add_plain", low): 1,
            }
        else:
            expected = {("square", stage.level): 1, ("relinearize", stage.level): 1}
        assert dict(made) == expected | rescales


def test_key_switches_weigh_less_on_the_default_chain_than_on_the_usual_one(
    model: Network,
) -> None:
    default, usual = (
        sum(
            number * level**2  # a key switch costs about the square of the primes left
            for counts in count_stages(build_circuit(model, wanted)).values()
            for (name, level), number in counts.items()
            if name in {"rotate", "relinearize"}
        )
        for wanted in (Settings(), Settings(outer_bits=32))
    )
    assert default < usual / 2


def test_a_cost_that_was_measured_is_returned_as_it_is() -> None:
    assert COSTS.predict("rotate", 2, 8192) == pytest.approx(0.002)


def test_twice_the_degree_costs_a_little_more_than_twice() -> None:
    assert COSTS.predict("add", 1, 16384) == pytest.approx(0.001 * 2 * 14 / 13)


def test_beyond_the_measured_levels_a_key_switch_grows_with_the_square() -> None:
    assert COSTS.predict("rotate", 6, 8192) == pytest.approx(0.004 * 4)
    assert COSTS.predict("relinearize", 6, 8192) == pytest.approx(0.004 * 4)
    assert COSTS.predict("multiply_plain", 6, 8192) == pytest.approx(0.004 * 2)


def test_a_total_adds_up_counts_times_costs() -> None:
    counts = Counter({("rotate", 2): 3, ("add", 1): 5})
    assert COSTS.total(counts, 8192) == pytest.approx(3 * 0.002 + 5 * 0.001)
    assert COSTS.total(Counter(), 8192) == 0


def test_costs_survive_being_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "not yet there" / "costs.json"
    save_costs(COSTS, path)
    assert load_costs(path) == COSTS
    assert [each.name for each in path.parent.iterdir()] == ["costs.json"]


def test_newer_costs_replace_older_ones(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    save_costs(COSTS, path)
    newer = PrimitiveCosts(16384, dict(COSTS.seconds))
    save_costs(newer, path)
    assert load_costs(path) == newer


def test_costs_never_measured_are_none(tmp_path: Path) -> None:
    assert load_costs(tmp_path / "costs.json") is None
    assert load_costs(tmp_path) is None


def after(*paces: float) -> PrimitiveCosts:
    """Return the costs after runs that took so many times as long as the primitives say."""
    costs = COSTS
    for pace in paces:
        costs = costs.after(costs.pace, pace, "2026-11-30")
    return costs


def test_costs_follow_a_machine_that_became_slower_and_recovers() -> None:
    one = COSTS.predict("rotate", 2, 8192)
    assert after(1.7, 1.6, 1.7).predict("rotate", 2, 8192) == pytest.approx(1.6 * one, rel=0.07)
    assert after(1.7, 1.7, 1.7, 1.7).predict("rotate", 2, 8192) == pytest.approx(1.7 * one)
    assert after(*[1.7] * 9, 1.0, 1.0, 1.0).predict("rotate", 2, 8192) == pytest.approx(one)


@pytest.mark.parametrize("slow", [0.01, 3.0, 50.0])
def test_one_run_that_something_held_up_changes_no_prediction(slow: float) -> None:
    assert after(slow).pace == 1.0
    assert after(1.0, slow, 1.0).pace == 1.0
    assert after(1.5, 1.5, 1.5, 1.5, 1.5, slow).pace == 1.5
    assert 1 / MOST_PACE <= after(*[slow] * 9).pace <= MOST_PACE


def test_the_pace_of_runs_survives_being_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    slower = after(1.7, 1.6, 1.7)
    save_costs(slower, path)
    assert load_costs(path) == slower
    assert slower.day == "2026-11-30"


def test_costs_kept_before_runs_were_counted_are_still_good(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    kept = costs_to_json(COSTS)
    path.write_text(json.dumps({name: kept[name] for name in ("degree", "seconds")}))
    assert load_costs(path) == COSTS


def changed(**changes: Any) -> str:
    return json.dumps(costs_to_json(COSTS) | changes)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "7",
        "null",
        "[]",
        '"costs"',
        "{}",
        "[" * 100_000,
        "\x00\x00",
        changed(seconds=None),
        changed(seconds=[]),
        changed(seconds={}),
        changed(runs=[]),
        changed(runs=[1.0] * 9),
        changed(runs=[float("nan")]),
        changed(runs=[0.0]),
        changed(runs=[1e9]),
        changed(runs="fast"),
        changed(day="yesterday"),
        changed(degree=None),
        changed(degree="many"),
        changed(degree=float("inf")),
        changed(degree=float("nan")),
        changed(degree=0),
        changed(degree=1),
        changed(degree=-8192),
        changed(degree=[8192]),
        changed(seconds={name: [] for name in ALL}),
        changed(seconds={name: [0.001, 0] for name in ALL}),
        changed(seconds={name: [0.001, -1] for name in ALL}),
        changed(seconds={name: [0.001, float("nan")] for name in ALL}),
        changed(seconds={name: [float("nan"), 0.001] for name in ALL}),
        changed(seconds={name: [float("inf")] for name in ALL}),
        changed(seconds=dict.fromkeys(ALL, "soon")),
        changed(seconds=dict.fromkeys(ALL, 0.001)),
        changed(seconds={name: [10**400] for name in ALL}),
        changed(seconds={name: [0.001] for name in PRIMITIVES}),
    ],
)
def test_damaged_costs_are_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "costs.json"
    path.write_text(content)
    assert load_costs(path) is None


def test_bytes_that_are_no_text_are_no_costs(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_bytes(b"\xff\xfe\xfa" * 9)
    assert load_costs(path) is None


numbers = st.floats() | st.integers() | st.just(8192) | st.just(10**400)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ALL), inner),
    max_leaves=8,
)


@given(degree=values, seconds=values)
def test_any_json_gives_usable_costs_or_a_refusal(degree: Any, seconds: Any) -> None:
    try:
        costs = costs_from_json({"degree": degree, "seconds": seconds})
    except (KeyError, TypeError, ValueError):
        return
    assert all(costs.predict(name, level, 8192) > 0 for name in ALL for level in (1, 2, 7))
