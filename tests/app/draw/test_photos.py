"""Photos on the canvas: what networks of every shape see of them, with and without a pen."""

import numpy as np
import pytest
from studio import Studio

from app.draw.picture.pictures import network_input
from app.draw.picture.rendering import image_of, seen_image
from app.state.drawing import Drawing, dataset_backdrop, make_backdrop
from engine.pictures.strokes import Stroke

COLOUR = (3, 32, 32)
WIDE = np.zeros((40, 80, 3), np.uint8)
WIDE[:, :20], WIDE[:, 20:60], WIDE[:, 60:] = (255, 0, 0), (0, 200, 0), (0, 0, 255)
RED = Stroke(((0.3, 0.5), (0.7, 0.5)), 0.2, (255, 0, 0))


def loaded() -> Drawing:
    return Drawing(backdrop=make_backdrop(WIDE.mean(axis=2).astype(np.uint8), WIDE))


def test_a_network_for_colour_sees_the_middle_square_of_a_photo() -> None:
    seen = network_input(loaded(), COLOUR, "photo")
    assert seen is not None
    assert seen.shape == COLOUR
    assert set(np.unique(seen[1])) == {200}
    assert not seen[[0, 2]].any()


def test_a_network_for_grey_photos_sees_its_light() -> None:
    seen = network_input(loaded(), (1, 28, 28), "photo")
    assert seen is not None
    assert seen.shape == (28, 28)
    assert len(np.unique(seen)) == 1


def test_a_pen_s_colour_is_seen_on_white_paper_and_on_a_photo() -> None:
    for drawing, ground in ((Drawing((RED,)), 255), (loaded().with_stroke(RED), 200)):
        seen = network_input(drawing, COLOUR, "photo")
        assert seen is not None
        assert tuple(seen[:, 16, 16]) == (255, 0, 0)
        assert seen[1, 2, 2] == ground


@pytest.mark.parametrize("shape", [(28, 28), (3, 32, 32)])
def test_a_data_set_s_own_networks_see_its_picture_as_it_is(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    drawing = Drawing(backdrop=dataset_backdrop(picture, "ship"))
    wanted = (1, 28, 28) if len(shape) == 2 else COLOUR
    assert network_input(drawing, wanted, "photo") is picture
    assert seen_image(picture).width() == shape[-1]
    assert drawing.label == "ship"


def test_a_colour_picture_can_still_be_read_by_a_network_for_drawings() -> None:
    picture = np.full((3, 32, 32), 255, np.uint8)
    picture[:, 8:24, 14:18] = 0
    seen = network_input(Drawing(backdrop=dataset_backdrop(picture)), (1, 28, 28), "mass")
    assert seen is not None
    assert seen.shape == (28, 28)
    assert seen.max() > 200


def test_a_photo_is_drawn_in_its_colours() -> None:
    assert image_of(WIDE).pixelColor(0, 0).getRgb()[:3] == (255, 0, 0)


def test_pens_have_colours_only_for_networks_that_see_them(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = studio.window.draw.picture_card
    assert card.canvas.colour is None
    monkeypatch.setattr("app.state.chosen.shape_of", lambda model: COLOUR)
    studio.state.chosen.changed.emit()
    assert card.canvas.colour == (20, 20, 20)
    monkeypatch.undo()
    studio.state.chosen.changed.emit()
    assert card.canvas.colour is None
