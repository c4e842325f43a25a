"""From strokes to the network's input: place, size and brush change nothing, and all is drawn."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import ImageError
from engine.pictures.strokes import Stroke, strokes_to_input

Grey = npt.NDArray[np.uint8]
SEVEN = ((0.2, 0.2), (0.5, 0.19), (0.8, 0.2), (0.6, 0.5), (0.45, 0.8))
unit = st.floats(0.05, 0.95)
points = st.lists(st.tuples(unit, unit), min_size=1, max_size=12)
drawings = st.lists(points, min_size=1, max_size=4)


def strokes(lines: list[list[tuple[float, float]]], width: float = 0.08) -> tuple[Stroke, ...]:
    return tuple(Stroke(tuple(line), width) for line in lines)


def moved(
    lines: list[list[tuple[float, float]]], scale: float, right: float, down: float
) -> list[list[tuple[float, float]]]:
    return [[(x * scale + right, y * scale + down) for x, y in line] for line in lines]


def extent(lines: list[list[tuple[float, float]]]) -> float:
    return float(np.ptp(np.concatenate([np.array(line) for line in lines]), axis=0).max())


def height(picture: Grey) -> int:
    return span((picture > 0).any(axis=1))


def span(inked: npt.NDArray[np.bool_]) -> int:
    """Return how far it is from the first to the last."""
    places = np.flatnonzero(inked)
    return int(places[-1] - places[0] + 1)


def difference(one: Grey, other: Grey) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@given(
    lines=drawings, scale=st.floats(0.2, 1), right=st.floats(0, 0.04), brush=st.floats(0.02, 0.2)
)
def test_size_place_and_brush_change_nothing(
    lines: list[list[tuple[float, float]]], scale: float, right: float, brush: float
) -> None:
    assume(extent(lines) * scale > 0.05)
    one = strokes_to_input(strokes(lines))
    other = strokes_to_input(strokes(moved(lines, scale, right, right / 2), brush))
    # A centre of mass on the edge of two pixels may be rounded either way.
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    assert min(difference(one, np.roll(other, shift, (0, 1))) for shift in shifts) <= 40


@given(lines=drawings)
def test_the_ink_fits_as_mnist_was_made(lines: list[list[tuple[float, float]]]) -> None:
    picture = strokes_to_input(strokes(lines))
    assert picture.shape == (28, 28)
    assert picture.max() == 255
    inked = picture > 0
    longer = max(span(inked.any(axis=axis)) for axis in (0, 1))
    if extent(lines) > 0.01:
        assert 19 <= longer <= 21


@given(lines=drawings, width=st.floats(0.01, 0.3))
def test_for_sets_that_fill_the_picture_what_was_painted_fills_it(
    lines: list[list[tuple[float, float]]], width: float
) -> None:
    picture = strokes_to_input(strokes(lines, width), "box")
    inked = picture > 0
    assert max(span(inked.any(axis=axis)) for axis in (0, 1)) >= 27


def test_a_wider_brush_is_wider_where_the_picture_is_filled() -> None:
    thin, wide = (
        strokes_to_input((Stroke(SEVEN, width),), "box").astype(int).sum() for width in (0.05, 0.2)
    )
    assert wide > 1.5 * thin


def test_the_pen_is_as_wide_as_mnists() -> None:
    picture = strokes_to_input((Stroke(((0.5, 0.1), (0.5, 0.9)), 0.3),))
    middle = picture[14].astype(float) / 255
    assert middle.sum() == pytest.approx(2.3, abs=0.15)
    assert height(picture) == 20


@pytest.mark.parametrize(
    "line",
    [((0.5, 0.5),), ((0.5, 0.5), (0.5, 0.5)), ((0.0, 0.0),), ((0.3, 0.3), (0.302, 0.301))],
    ids=["one point", "twice the same", "in the corner", "a trembling click"],
)
@pytest.mark.parametrize("centre", ["mass", "box"])
def test_a_dot_is_a_dot_in_the_middle(line: tuple[tuple[float, float], ...], centre: str) -> None:
    picture = strokes_to_input((Stroke(line, 0.08),), centre)  # type: ignore[arg-type]
    rows, columns = np.nonzero(picture)
    assert abs(rows.mean() - 13.5) <= 1
    assert abs(columns.mean() - 13.5) <= 1


def test_a_line_along_the_edge_is_a_line() -> None:
    edge = strokes_to_input((Stroke(((0.0, 0.1), (0.0, 0.9)), 0.08),))
    middle = strokes_to_input((Stroke(((0.5, 0.1), (0.5, 0.9)), 0.08),))
    assert difference(edge, middle) <= 2


def test_what_leaves_the_canvas_is_not_seen() -> None:
    inside = ((0.5, 0.2), (0.5, 0.6), (0.5, 1.0))
    seen = strokes_to_input((Stroke(inside, 0.08),))
    leaving = strokes_to_input((Stroke((*inside, (0.5, 3.0), (0.9, 3.0)), 0.08),))
    assert height(leaving) == height(seen) == 20
    assert (leaving > 0).any(axis=0).sum() <= 4


@pytest.mark.parametrize("lines", [(), (Stroke(((2.0, 2.0), (3.0, 3.0)), 0.08),)])
def test_without_ink_on_the_canvas_nothing_is_drawn(lines: tuple[Stroke, ...]) -> None:
    with pytest.raises(ImageError, match="Nothing is drawn"):
        strokes_to_input(lines)


def test_a_scribble_of_a_hundred_thousand_points_is_drawn() -> None:
    path = np.random.default_rng(3).random((100_000, 2))
    assert strokes_to_input((Stroke(tuple(map(tuple, path)), 0.08),)).mean() > 100
