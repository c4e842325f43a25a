"""Whatever mode, depth, range or transparency a file has, its drawing stands out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import drawn, encoded, grey, seven
from PIL import Image

from engine.pictures.fitting import to_network_input
from engine.pictures.images import decode_picture
from engine.pictures.levels import KEPT_SIDE

EXPECTED = to_network_input(grey(drawn(255, 0)))


def assert_reads_as_a_seven(data: bytes, tolerance: float = 6) -> None:
    prepared = to_network_input(decode_picture(data))
    assert np.abs(prepared.astype(int) - EXPECTED).mean() < tolerance


@given(
    paper=st.integers(0, 65535),
    ink=st.integers(0, 65535),
    kind=st.sampled_from(["PNG", "TIFF"]),
)
@settings(max_examples=25)
def test_sixteen_bits_count_by_what_is_there(paper: int, ink: int, kind: str) -> None:
    if abs(paper - ink) < 300:
        paper, ink = 900, 300
    levels = drawn(paper, ink).astype(np.uint16)
    assert_reads_as_a_seven(encoded(Image.fromarray(levels), kind))


def test_twelve_of_sixteen_bits_fill_the_levels() -> None:
    picture = decode_picture(encoded(Image.fromarray(drawn(4095, 0).astype(np.uint16)), "PNG"))
    assert (picture.min(), picture.max()) == (0, 255)


@pytest.mark.parametrize("level", [0, 30_000, 65_535])
def test_an_even_sixteen_bit_picture_keeps_its_level(level: int) -> None:
    even = Image.fromarray(np.full((9, 9), level, np.uint16))
    assert (decode_picture(encoded(even, "PNG")) == level // 256).all()


@pytest.mark.parametrize("kind", [np.float32, np.int32])
@pytest.mark.parametrize("most", [1, 1000])
def test_a_tiff_of_real_or_whole_numbers_is_read(kind: type, most: int) -> None:
    levels = (drawn(1, 0) * most).astype(kind)
    assert_reads_as_a_seven(encoded(Image.fromarray(levels), "TIFF"))


def test_numbers_that_are_none_do_not_hide_the_drawing() -> None:
    levels = drawn(1, 0.1).astype(np.float32)
    levels[0, 0], levels[5, 5] = np.nan, np.inf
    assert_reads_as_a_seven(encoded(Image.fromarray(levels), "TIFF"))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "LAB"])
def test_a_tiff_of_any_colours_and_compression_is_read(mode: str, compression: str) -> None:
    image = Image.fromarray(grey(drawn(250, 10)))
    image = Image.merge("LAB", (image,) * 3) if mode == "LAB" else image.convert(mode)
    assert_reads_as_a_seven(encoded(image, "TIFF", compression=compression))


def test_a_fax_is_read() -> None:
    fax = Image.fromarray(grey(drawn(255, 0))).convert("1")
    assert_reads_as_a_seven(encoded(fax, "TIFF", compression="group4"))


@pytest.mark.parametrize("kind", ["AVIF", "HEIF", "TIFF", "WEBP", "PNG", "JPEG"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_picture_of_every_format_stands_upright(kind: str, orientation: int) -> None:
    turns = {1: 0, 3: 2, 6: 1}
    levels = np.rot90(grey(drawn(245, 20)), turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    colour = Image.fromarray(np.ascontiguousarray(levels)).convert("RGB")
    assert_reads_as_a_seven(encoded(colour, kind, exif=exif.tobytes()), 10)


@given(
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    under=st.sampled_from([(0, 0, 0), (255, 255, 255), None]),
    most=st.integers(60, 255),
    kind=st.sampled_from(["PNG", "WEBP", "TIFF"]),
)
@settings(max_examples=40)
def test_ink_of_any_colour_on_nothing_is_read(
    colour: tuple[int, int, int],
    under: tuple[int, int, int] | None,
    most: int,
    kind: str,
) -> None:
    alpha = grey(seven() * most)
    levels = np.zeros((*alpha.shape, 4), np.uint8)
    levels[..., :3] = under or colour
    levels[alpha > 0, :3] = colour
    levels[..., 3] = alpha
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    assert_reads_as_a_seven(encoded(Image.fromarray(levels), kind, **options))


@pytest.mark.parametrize("level", [0, 20, 235, 255])
def test_a_digit_cut_out_of_its_paper_is_read(level: int) -> None:
    paper = Image.new("L", (280, 280), level)
    cut = Image.merge("LA", (paper, Image.fromarray(grey(255 * (1 - seven())))))
    assert_reads_as_a_seven(encoded(cut, "PNG"))


@pytest.mark.parametrize(("paper", "ink"), [(250, 20), (25, 240)])
def test_clear_corners_become_the_picture_s_own_paper(paper: int, ink: int) -> None:
    alpha = np.full((280, 280), 255, np.uint8)
    alpha[:40, :40] = alpha[-40:, -40:] = 0
    image = Image.merge("LA", (Image.fromarray(grey(drawn(paper, ink))), Image.fromarray(alpha)))
    assert_reads_as_a_seven(encoded(image, "PNG"))


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        ((30, 140, 60), (225, 40, 60)),
        ((255, 255, 250), (255, 240, 20)),
        ((90, 90, 90), (40, 60, 255)),
    ],
)  # fmt: skip
def test_ink_as_bright_as_its_paper_is_told_by_its_colour(
    paper: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    share = seven()[..., None]
    colours = np.array(paper) * (1 - share) + np.array(ink) * share
    assert_reads_as_a_seven(encoded(Image.fromarray(grey(colours)), "PNG"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_large_picture_comes_back_smaller_with_its_aspect(kind: str) -> None:
    large = Image.fromarray(grey(drawn(250, 20, 500))).resize((4000, 3000))
    data = encoded(large, kind)
    height, width = decode_picture(data).shape
    assert width <= KEPT_SIDE
    assert abs(width / height - 4 / 3) < 0.01
