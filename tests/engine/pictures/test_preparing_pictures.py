import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from engine.data_sets.loading import load_split
from engine.errors import ImageError
from engine.networks.files import load_network
from engine.pictures.fitting import Centre, to_network_input
from engine.pictures.images import load_picture
from engine.resources import assets_dir, model_path

Grey = npt.NDArray[np.uint8]

SAMPLES = sorted((assets_dir() / "samples").glob("*.png"))

STROKES = json.loads((assets_dir() / "samples" / "strokes.json").read_text(encoding="utf-8"))


def seven(paper: int = 255, ink: int = 0, side: int = 280, width: int = 20) -> Grey:
    picture = np.full((side, side), paper, dtype=np.uint8)
    picture[60 : 60 + width, 80:200] = ink
    for row in range(60, 230):
        left = 180 - (row - 60) // 3
        picture[row, left : left + width] = ink
    return picture


def centre_of_mass(picture: Grey) -> tuple[float, float]:
    rows, columns = np.indices(picture.shape)
    return np.average(rows, weights=picture), np.average(columns, weights=picture)


def test_dark_ink_on_light_paper_and_its_negative_give_the_same() -> None:
    np.testing.assert_array_equal(to_network_input(seven()), to_network_input(255 - seven()))


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255), (250, 130), (60, 200), (128, 60)])
def test_ink_is_bright_and_paper_black_whatever_they_were(paper: int, ink: int) -> None:
    prepared = to_network_input(seven(paper, ink))
    assert prepared.shape == (28, 28)
    assert prepared.dtype == np.uint8
    assert prepared.max() == 255
    assert np.median(prepared) == 0


def test_polarity_survives_a_stroke_that_crosses_the_border() -> None:
    picture = seven()
    picture[60:80, 0:200] = 0
    assert np.median(to_network_input(picture)) == 0


def test_the_ink_fills_20_of_28_and_keeps_its_aspect() -> None:
    picture = np.full((300, 300), 255, dtype=np.uint8)
    picture[50:250, 100:200] = 0
    rows, columns = np.nonzero(to_network_input(picture))
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == 10


def test_fitted_by_its_box_the_ink_fills_28_and_sits_in_the_middle() -> None:
    picture = np.full((300, 300), 255, dtype=np.uint8)
    picture[50:250, 100:200] = 0
    rows, columns = np.nonzero(to_network_input(picture, centre="box"))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 27, 7, 20)


@given(down=st.integers(0, 200), right=st.integers(0, 200), ink=st.integers(0, 100))
@settings(max_examples=25)
def test_where_on_the_canvas_a_digit_is_drawn_does_not_matter(
    down: int, right: int, ink: int
) -> None:
    canvas = np.full((560, 560), 255, dtype=np.uint8)
    canvas[down : down + 280, right : right + 280] = seven(ink=ink)
    prepared = to_network_input(canvas)
    np.testing.assert_allclose(centre_of_mass(prepared), 14, atol=1)
    assert np.abs(prepared.astype(int) - to_network_input(seven())).mean() < 12


def test_a_hair_thin_line_becomes_a_pen_stroke() -> None:
    canvas = np.full((560, 560), 255, dtype=np.uint8)
    canvas[100:460, 280:282] = 0
    across = to_network_input(canvas)[14].astype(float).sum() / 255
    assert 1.5 <= across <= 3


def test_dust_far_from_the_digit_does_not_shrink_it() -> None:
    dusty = seven()
    dusty[8:11, 8:11] = 0
    difference = np.abs(to_network_input(dusty).astype(int) - to_network_input(seven()))
    assert difference.mean() < 3


def test_a_photo_of_grainy_paper_half_in_shadow_gives_the_same_digit() -> None:
    rows, columns = np.mgrid[0:280, 0:280] / 280
    light = 130 + 70 * rows + 40 * columns
    shadow = np.where(rows + columns > 1.1, 0.7, 1)
    grain = np.random.default_rng(1).normal(0, 5, (280, 280))
    photo = light * shadow * seven(paper=100, ink=25) / 100 + grain
    prepared = to_network_input(photo.clip(0, 255).astype(np.uint8))
    assert np.abs(prepared.astype(int) - to_network_input(seven())).mean() < 8


def test_a_photo_of_chalk_on_an_unevenly_lit_board_gives_the_same_digit() -> None:
    grain = np.random.default_rng(1).normal(0, 4, (280, 280))
    photo = np.linspace(20, 80, 280) + seven(paper=0, ink=140) + grain
    prepared = to_network_input(photo.clip(0, 255).astype(np.uint8))
    assert np.abs(prepared.astype(int) - to_network_input(seven())).mean() < 8


@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
@pytest.mark.parametrize("shape", [(28, 28), (560, 560), (1, 1), (1, 400)])
def test_an_even_picture_has_nothing_drawn_on_it(level: int, shape: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="Nothing is drawn"):
        to_network_input(np.full(shape, level, dtype=np.uint8))


def test_blank_grainy_paper_has_nothing_drawn_on_it() -> None:
    paper = np.random.default_rng(1).normal(180, 6, (400, 300)).clip(0, 255).astype(np.uint8)
    with pytest.raises(ImageError, match="Nothing is drawn"):
        to_network_input(paper)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (28,), (4, 4, 3)])
def test_what_is_not_a_grey_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ImageError, match="A grey picture is"):
        to_network_input(np.zeros(shape, dtype=np.uint8))


SHAPES = st.tuples(st.integers(1, 50), st.integers(1, 50)) | st.sampled_from(
    [(28, 28), (1, 3000), (3000, 1), (2, 700), (330, 330)]
)


@given(
    picture=arrays(np.uint8, SHAPES, elements=st.sampled_from([0, 30, 90, 128, 200, 255])),
    centre=st.sampled_from(["mass", "box"]),
)
def test_any_grey_picture_is_prepared_or_has_nothing_drawn(picture: Grey, centre: Centre) -> None:
    before = picture.copy()
    try:
        prepared = to_network_input(picture, centre)
    except ImageError:
        pass
    else:
        assert prepared.shape == (28, 28)
        assert prepared.dtype == np.uint8
        assert prepared.max() >= 128
    np.testing.assert_array_equal(picture, before)


def test_every_digit_has_samples_by_two_hands_or_more() -> None:
    for digit in "0123456789":
        assert sum(path.name.startswith(f"{digit}-") for path in SAMPLES) >= 2


def test_every_sample_is_recognised() -> None:
    network = load_network(model_path("mnist-network1"))
    inputs = np.stack([to_network_input(load_picture(path)) for path in SAMPLES])
    answers = network.forward(inputs[:, None] / 255).argmax(axis=1)
    wrong = {
        path.name: int(answer)
        for path, answer in zip(SAMPLES, answers, strict=True)
        if path.name[0] != str(answer)
    }
    assert not wrong


def test_every_sample_has_its_strokes_and_every_stroke_its_sample() -> None:
    assert sorted(STROKES) == [path.name for path in SAMPLES]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_strokes_run_through_the_ink_of_their_sample(path: Path) -> None:
    picture = load_picture(path).astype(int)
    paper = int(np.median(picture))
    assert 0 < STROKES[path.name]["brush_width"] < 0.2
    for stroke in STROKES[path.name]["strokes"]:
        points = np.array(stroke)
        assert points.min() >= 0
        assert points.max() <= 1
        columns, rows = (points * picture.shape[0]).astype(int).T
        assert (np.abs(picture[rows, columns] - paper) > 60).mean() > 0.95


@pytest.fixture(scope="module")
def mnist(official_root: Path) -> Grey:
    return load_split("MNIST", "test", official_root).pictures


def test_mnist_pictures_come_back_as_they_are(mnist: Grey) -> None:
    for picture in mnist:
        np.testing.assert_array_equal(to_network_input(picture), picture)


def test_negatives_of_mnist_pictures_come_back_as_mnist(mnist: Grey) -> None:
    for picture in mnist[:1000]:
        np.testing.assert_array_equal(to_network_input(255 - picture), picture)


def enlarged(picture: Grey) -> Grey:
    return 255 - np.asarray(Image.fromarray(picture).resize((280, 280), Image.Resampling.BICUBIC))


def small_on_a_canvas(picture: Grey) -> Grey:
    return np.pad(255 - picture.repeat(5, axis=0).repeat(5, axis=1), 200, constant_values=255)


def photographed(picture: Grey) -> Grey:
    ink = enlarged(picture) / 255
    light = np.linspace(120, 220, 280)
    grain = np.random.default_rng(1).normal(0, 4, ink.shape)
    return (60 + (light - 60) * ink + grain).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("disguise", [enlarged, small_on_a_canvas, photographed])
def test_mnist_digits_are_recognised_in_every_disguise(
    mnist: Grey, disguise: Callable[[Grey], Grey]
) -> None:
    network = load_network(model_path("mnist-network1"))
    inputs = np.stack([to_network_input(disguise(picture)) for picture in mnist[:300]])
    answers = network.forward(inputs[:, None] / 255).argmax(axis=1)
    expected = network.forward(mnist[:300, None] / 255).argmax(axis=1)
    assert (answers == expected).mean() > 0.97
