import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from studio import Studio

from app.draw.picture.pictures import network_input
from app.draw.picture.rendering import RENDER_SIDE, render_picture, render_strokes
from app.state.drawing import Backdrop, Drawing, Grey, History, make_backdrop
from engine.errors import ImageError
from engine.pictures.strokes import Stroke

STROKE = Stroke(((0.2, 0.2), (0.8, 0.8)), 0.085)


def drag(studio: Studio, *points: tuple[float, float]) -> None:
    canvas = studio.window.draw.picture_card.canvas
    places = [QPoint(round(x * canvas.width()), round(y * canvas.height())) for x, y in points]
    studio.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        studio.qtbot.mouseMove(canvas, place)
    studio.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])


GREY = (1, 28, 28)


def loaded(grey: Grey) -> Backdrop:
    return make_backdrop(grey, np.stack([grey] * 3, axis=2))


def test_mouse_draws_a_stroke_where_it_was_dragged(studio: Studio) -> None:
    drag(studio, (0.5, 0.2), (0.5, 0.5), (0.5, 0.8))

    (stroke,) = studio.state.drawn.history.current.strokes
    assert stroke.points[0] == pytest.approx((0.5, 0.2), abs=0.01)
    assert stroke.points[-1] == pytest.approx((0.5, 0.8), abs=0.01)


def test_a_click_draws_a_dot(studio: Studio) -> None:
    drag(studio, (0.5, 0.5))

    assert render_strokes(studio.state.drawn.history.current).max() > 128


def test_arrow_keys_draw_after_space_put_the_pen_down(studio: Studio) -> None:
    canvas = studio.window.draw.picture_card.canvas
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Space):
        studio.qtbot.keyClick(canvas, key)
    studio.qtbot.keyClick(canvas, Qt.Key.Key_Left)

    (stroke,) = studio.state.drawn.history.current.strokes
    assert len(stroke.points) == 3
    assert stroke.points[-1][1] > stroke.points[0][1]


def test_undo_redo_and_clear_move_through_the_drawings(studio: Studio) -> None:
    drag(studio, (0.2, 0.2), (0.8, 0.2))
    drag(studio, (0.2, 0.8), (0.8, 0.8))
    actions, history = studio.window.actions_, studio.state.drawn.history

    actions.undo.trigger()
    assert len(history.current.strokes) == 1
    actions.redo.trigger()
    assert len(history.current.strokes) == 2
    actions.clear.trigger()
    assert history.current.is_empty
    actions.undo.trigger()
    assert len(history.current.strokes) == 2


def test_a_new_stroke_forgets_what_was_undone() -> None:
    history = History()
    history.push(Drawing((STROKE,)))
    history.undo()
    history.push(Drawing((STROKE, STROKE)))

    assert not history.can_redo


def test_undo_and_redo_of_nothing_change_nothing() -> None:
    history = History()
    history.undo()
    history.redo()

    assert history.current.is_empty


def test_brush_width_changes_the_next_stroke_only(studio: Studio) -> None:
    drag(studio, (0.2, 0.2), (0.8, 0.2))
    studio.window.actions_.wider.trigger()
    drag(studio, (0.2, 0.8), (0.8, 0.8))

    first, second = studio.state.drawn.history.current.strokes
    assert second.width > first.width


def test_preview_follows_the_pen_before_it_is_lifted(studio: Studio, qtbot: QtBot) -> None:
    canvas = studio.window.draw.picture_card.canvas
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 40))
    qtbot.mouseMove(canvas, QPoint(100, 160))
    qtbot.waitUntil(lambda: studio.state.drawn.picture is not None)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 160))


def test_preview_is_empty_again_after_clear(studio: Studio) -> None:
    studio.draw()
    assert studio.state.drawn.picture is not None
    studio.window.actions_.clear.trigger()

    assert studio.state.drawn.picture is None


def test_strokes_are_ink_and_a_picture_lies_on_its_paper() -> None:
    dark = np.zeros((60, 60), np.uint8)
    dark[10:50, 28:34] = 255
    drawing = Drawing((STROKE,), loaded(dark))
    strokes, picture = render_strokes(drawing), render_picture(drawing)

    assert strokes.shape == picture.shape == (RENDER_SIDE, RENDER_SIDE)
    assert strokes[0, 0] == 0
    assert strokes[RENDER_SIDE // 4, RENDER_SIDE // 4] == 255
    assert picture[RENDER_SIDE // 4, RENDER_SIDE // 4] == 0
    assert drawing.ink == 255


def test_strokes_over_a_picture_are_ink_wherever_they_lie() -> None:
    grey = np.full((200, 200), 235, np.uint8)
    grey[120:] = 90  # a shadow over the lower part
    grey[40:100, 80:90] = 20
    below = Stroke(((0.425, 0.5), (0.425, 0.9)), 0.06)
    backdrop = loaded(grey)
    alone = network_input(Drawing(backdrop=backdrop), GREY, "mass")
    both = network_input(Drawing((below,), backdrop), GREY, "mass")
    assert alone is not None
    assert both is not None
    rows = np.flatnonzero(both.max(axis=1) > 128)
    assert len(rows) == pytest.approx(20, abs=1)
    middle = both[rows[0] : rows[-1] + 1, :].max(axis=1)
    assert (middle > 100).mean() > 0.9  # one long line, in the light and in the shadow


def test_a_loaded_picture_reaches_the_network_unchanged_by_the_canvas() -> None:
    grey = np.full((500, 300), 255, np.uint8)
    grey[100:400, 140:160] = 0
    backdrop = loaded(grey)

    for centre in ("mass", "box"):
        prepared = network_input(Drawing(backdrop=backdrop), GREY, centre)
        assert prepared is not None
        assert np.array_equal(prepared, backdrop.network_inputs[centre])


def test_a_picture_with_nothing_on_it_is_refused() -> None:
    drawing = Drawing(backdrop=loaded(np.full((100, 100), 255, np.uint8)))
    with pytest.raises(ImageError):
        network_input(drawing, GREY, "mass")
