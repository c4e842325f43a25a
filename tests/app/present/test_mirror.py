"""The speaker points and draws on the small picture of what the audience sees."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from showing import view
from studio import Studio

from app.present.mirror import Mirror
from app.present.story import Step
from app.present.window import PresentationWindow

NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def story(studio: Studio) -> PresentationWindow:
    studio.window.actions_.present.trigger()
    return view(studio)


@pytest.fixture
def mirror(studio: Studio, story: PresentationWindow) -> Iterator[Mirror]:
    story.showNormal()
    story.resize(1280, 720)
    studio.qtbot.waitUntil(lambda: story.theme.is_settled)
    mirror = Mirror(studio.window.program.presentation, story, story.theme)
    studio.qtbot.addWidget(mirror)
    mirror.resize(640, 400)
    mirror.show()
    yield mirror
    mirror.hide()


def send(mirror: Mirror, kind: QEvent.Type, at: QPointF) -> None:
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
    QApplication.sendEvent(mirror, QMouseEvent(kind, at, at, LEFT, held, NO_KEY))


def test_pointing_shows_a_dot_at_the_same_place_of_the_story(
    mirror: Mirror, story: PresentationWindow
) -> None:
    assert mirror.area.size().toTuple() == (640, 360)
    send(mirror, QEvent.Type.MouseMove, QPointF(160, 20 + 270))
    assert story.pointer.isVisible()
    assert (story.pointer.geometry().center() - QPoint(320, 540)).manhattanLength() <= 2
    send(mirror, QEvent.Type.MouseMove, QPointF(160, 5))
    assert not story.pointer.isVisible()


def test_the_dot_goes_where_the_mouse_goes_away_or_a_key_says_so(
    studio: Studio, mirror: Mirror, story: PresentationWindow
) -> None:
    send(mirror, QEvent.Type.MouseMove, QPointF(300, 200))
    QApplication.sendEvent(mirror, QEvent(QEvent.Type.Leave))
    assert not story.pointer.isVisible()
    studio.qtbot.keyClick(story, Qt.Key.Key_L)
    send(mirror, QEvent.Type.MouseMove, QPointF(300, 200))
    assert not story.pointer.isVisible()
    studio.qtbot.keyClick(story, Qt.Key.Key_L)
    send(mirror, QEvent.Type.MouseMove, QPointF(300, 200))
    assert story.pointer.isVisible()


def test_who_draws_on_its_canvas_draws_there(
    studio: Studio, mirror: Mirror, story: PresentationWindow
) -> None:
    canvas = story.draw.canvas
    corner = canvas.mapTo(story, QPoint()).toPointF() / 2 + mirror.area.topLeft()
    side = canvas.width() / 2
    send(mirror, QEvent.Type.MouseButtonPress, corner + QPointF(0.25, 0.25) * side)
    send(mirror, QEvent.Type.MouseMove, corner + QPointF(0.75, 0.5) * side)
    send(mirror, QEvent.Type.MouseButtonRelease, corner + QPointF(0.75, 0.5) * side)
    (stroke,) = studio.state.drawn.history.current.strokes
    assert stroke.points[0] == pytest.approx((0.25, 0.25), abs=0.01)
    assert stroke.points[-1] == pytest.approx((0.75, 0.5), abs=0.01)
    assert stroke.width == canvas.brush_width


def test_elsewhere_a_press_draws_nothing(studio: Studio, mirror: Mirror) -> None:
    send(mirror, QEvent.Type.MouseButtonPress, QPointF(630, 30))
    send(mirror, QEvent.Type.MouseButtonRelease, QPointF(630, 30))
    studio.draw()
    told = studio.window.program.presentation
    told.go_to(Step.DECRYPT)
    studio.qtbot.waitUntil(lambda: told.is_told)
    send(mirror, QEvent.Type.MouseButtonPress, QPointF(250, 200))
    send(mirror, QEvent.Type.MouseButtonRelease, QPointF(250, 200))
    assert len(studio.state.drawn.history.current.strokes) == 1


def test_it_shows_what_the_story_shows(studio: Studio, mirror: Mirror) -> None:
    before = mirror.grab().toImage()
    studio.draw()
    mirror.renew()
    assert mirror.grab().toImage() != before
