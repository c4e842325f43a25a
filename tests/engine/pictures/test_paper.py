"""The same digit comes of every light, frame, edge, grain and contrast that it is drawn in."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import Share, drawn, grey, seven
from PIL import Image, ImageDraw

from engine.errors import ImageError
from engine.pictures.fitting import to_network_input

EXPECTED = to_network_input(grey(drawn(255, 0)))


def assert_is_the_seven(levels: Share, tolerance: float = 8) -> None:
    """Compare with the clean digit, which a residue may move by a pixel."""
    prepared = to_network_input(grey(levels)).astype(int)
    moved = (np.roll(EXPECTED, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1))
    assert min(np.abs(prepared - expected).mean() for expected in moved) < tolerance


def grain(deviation: float, seed: int = 1) -> Share:
    return np.random.default_rng(seed).normal(0, deviation, (280, 280))


def shade(angle: float, where: float, strength: float, blur: float = 2) -> Share:
    rows, columns = np.mgrid[0:280, 0:280]
    beyond = np.cos(angle) * (columns - 280 * where) + np.sin(angle) * (rows - 140)
    return 1 - strength * (beyond / blur + 0.5).clip(0, 1)


@given(
    angle=st.floats(0, 6.3), where=st.floats(0.35, 0.65), strength=st.floats(0.25, 0.65),
    blur=st.floats(0.5, 6),
)  # fmt: skip
@settings(max_examples=30)
def test_a_hard_shadow_changes_nothing(
    angle: float, where: float, strength: float, blur: float
) -> None:
    paper = drawn(225, 40) * shade(angle, where, strength, blur) + grain(2)
    assert_is_the_seven(paper, 12)


@pytest.mark.parametrize("angle", np.arange(0, 6.3, 0.7))
def test_a_shadow_across_chalk_on_a_board_changes_nothing(angle: float) -> None:
    assert_is_the_seven(drawn(60, 210) * shade(angle, 0.5, 0.5) + grain(2), 12)


@pytest.mark.parametrize("level", [0, 25, 90, 160])
@pytest.mark.parametrize("width", [3, 12, 28])
def test_a_frame_all_around_is_not_part_of_the_digit(level: int, width: int) -> None:
    levels = np.full((280, 280), float(level))
    levels[width:-width, width:-width] = drawn(240, 20)[width:-width, width:-width]
    assert_is_the_seven(levels + grain(2))


@pytest.mark.parametrize("sides", range(1, 16))
def test_a_scanner_s_black_rim_on_any_sides_is_not_part_of_the_digit(sides: int) -> None:
    levels = drawn(240, 30)
    for side in range(4):
        if sides >> side & 1:
            np.rot90(levels, side)[: 8 + 4 * side] = 5
    assert_is_the_seven(levels + grain(2))


def test_a_light_frame_around_a_dark_board_is_not_part_of_the_digit() -> None:
    levels = np.full((280, 280), 250.0)
    levels[15:-15, 15:-15] = drawn(30, 225)[15:-15, 15:-15]
    assert_is_the_seven(levels)


@pytest.mark.parametrize("turn", [-9, -3, 4, 8])
def test_a_sheet_lying_askew_on_a_table_is_the_paper(turn: int) -> None:
    sheet = Image.new("L", (280, 280))
    ImageDraw.Draw(sheet).rectangle([30, 30, 250, 250], fill=255)
    share = np.asarray(sheet.rotate(turn), float) / 255
    assert_is_the_seven(drawn(235, 30) * share + (70 + grain(6)) * (1 - share))


def test_a_rectangle_drawn_around_the_digit_is_not_part_of_it() -> None:
    image = Image.fromarray(grey(drawn(250, 10)))
    ImageDraw.Draw(image).rectangle([10, 14, 268, 270], outline=0, width=3)
    assert_is_the_seven(np.asarray(image, float))


def touching(pad: int = 0) -> npt.NDArray[np.float64]:
    share = seven()
    rows, columns = np.nonzero(share)
    tight = share[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return np.pad(tight, pad)


@pytest.mark.parametrize("pad", [0, 1, 3])
@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (230, 40), (20, 220)])
def test_a_digit_that_touches_the_edges_is_read(pad: int, paper: int, ink: int) -> None:
    assert_is_the_seven(paper + (ink - paper) * touching(pad))


@given(paper=st.integers(10, 245), contrast=st.integers(8, 40), sign=st.sampled_from([-1, 1]))
@settings(max_examples=20)
def test_faint_ink_counts_as_much_as_black(paper: int, contrast: int, sign: int) -> None:
    ink = paper + sign * contrast
    if not 0 <= ink <= 255:
        ink = paper - sign * contrast
    assert_is_the_seven(drawn(paper, ink))


@pytest.mark.parametrize("deviation", [8, 16, 24])
def test_grain_is_not_ink(deviation: float) -> None:
    assert_is_the_seven(drawn(190, 50) + grain(deviation), 10)


def test_a_picture_of_black_and_white_dots_alone_is_read() -> None:
    dots = np.asarray(Image.fromarray(grey(drawn(225, 40))).convert("1"), float) * 255
    assert_is_the_seven(dots, 12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("deviation", [1, 3, 10, 25])
def test_blank_grainy_paper_of_any_grain_has_nothing_on_it(deviation: float, seed: int) -> None:
    with pytest.raises(ImageError, match="Nothing is drawn"):
        to_network_input(grey(180 + grain(deviation, seed)))


@pytest.mark.parametrize("angle", [0.0, 1.0, 4.0])
def test_blank_paper_in_a_slope_of_light_has_nothing_on_it(angle: float) -> None:
    with pytest.raises(ImageError, match="Nothing is drawn"):
        to_network_input(grey(200 * shade(angle, 0.5, 0.5, 400) + grain(3)))
