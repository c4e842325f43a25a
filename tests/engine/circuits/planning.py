"""Plans and layouts that tests of packing make."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from engine.arrays import Array
from engine.circuits.clear import ClearBackend
from engine.circuits.diagonals import Layout, LinearPlan
from engine.circuits.execution import EncodedPlan, run_stage
from engine.circuits.packing import (
    image_to_column,
)
from engine.circuits.stages import LinearStage

MOST_BABIES = (1, 2, 3, 64)

seeds = st.integers(0, 2**32 - 1)

babies = st.sampled_from(MOST_BABIES)


def run(plan: LinearPlan, x: Array, backend: ClearBackend | None = None) -> Array:
    stage = LinearStage("it", plan, level=2, drop=1, mask_scale=1.0, bias_scale=1.0)
    masks = {"it": EncodedPlan(plan.masks, plan.bias)}
    return run_stage(stage, masks, backend or ClearBackend(), x)


def assert_holds(slots: Array, layout: Layout, values: Array) -> None:
    """Every copy of every value stands where the layout says."""
    expected = np.broadcast_to(values[:, None], layout.slots.shape)
    np.testing.assert_allclose(slots[layout.slots], expected, atol=1e-9, rtol=1e-9)


def packed(picture: Array, kernel: int, stride: int) -> Array:
    return np.append(picture.ravel(), 0.0)[image_to_column(len(picture), kernel, stride)]


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Draw a layout such as the planner makes them: blocks, strides, offsets, copies."""
    period = 1 << draw(st.integers(3, 8))
    block = 1 << draw(st.integers(0, 4))
    assume(block <= period // 2)
    values = draw(st.integers(2, period // block))
    reverse = draw(st.booleans())
    if reverse:
        assume(values <= block)
        first = -np.arange(values) % block
        return Layout(first[:, None] + np.arange(0, period, block), period)
    return Layout(np.arange(values)[:, None] * block, period)
