"""The values shown are the engine's: each is compared with one computed without it."""

import numpy as np
import pytest
from plain_steps import plain_steps

from engine.ckks.parameters import Settings
from engine.data_sets.preparation import read_picture
from engine.inside.trace import Trace, slots_of
from engine.planning.insight import look_inside
from engine.planning.recommended import recommended
from engine.resources import assets_dir

DIGITS = 2e-6
"""Of the largest number: what is kept of a number in between has 24 bits."""


def trace_of(settings: Settings) -> Trace:
    return look_inside(settings, read_picture(assets_dir() / "samples" / "3-mouse.png"))


@pytest.mark.parametrize(
    "settings",
    [
        recommended("mnist-network1"),
        recommended("mnist-network2"),
        Settings("mnist-network1", protocol="refresh"),
        Settings("mnist-network2", protocol="refresh"),
    ],
    ids=["network 1", "network 2", "network 1 refreshed", "network 2 refreshed"],
)
def test_every_slot_of_every_step_is_what_the_layers_make_it(settings: Settings) -> None:
    trace = trace_of(settings)
    seen = 0
    for number, expected in plain_steps(trace):
        step = trace.steps[number]
        assert number == seen
        largest = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(
            step.values, expected, rtol=0, atol=DIGITS * largest, err_msg=f"{step.operation}"
        )
        seen += 1
    assert seen == len(trace.steps)


def test_the_last_step_is_the_network_s_own_answer() -> None:
    trace = trace_of(recommended("mnist-network2"))
    last = trace.steps[-1]
    clear = trace.network.forward(trace.picture[None])[0]
    scores = trace.circuit.legs[-1].packing.unpack(slots_of(last))
    np.testing.assert_allclose(scores, clear, rtol=1e-9)
