"""The tour over the fake session: its stops, in nobody's way, remembered."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from studio import Studio

from app.shell.launch import make_window
from app.shell.preferences import Preferences, load_preferences, save_preferences
from app.state.records import Progress
from app.tour.coach_marks import CoachMarks, card_place
from app.tour.steps import STOPS


@pytest.fixture
def toured(studio: Studio) -> Studio:
    studio.window.actions_.tour.trigger()
    return studio


def coach(studio: Studio) -> CoachMarks:
    assert studio.window.shows.coach is not None
    return studio.window.shows.coach


def test_it_is_not_shown_unless_it_is_wanted(studio: Studio) -> None:
    assert studio.window.program.tour.stop is None
    assert studio.window.shows.coach is None


def test_it_is_offered_once(studio: Studio) -> None:
    studio.window.shows.offer_tour()
    assert coach(studio).card.isVisible()
    coach(studio).card.end.click()
    assert not coach(studio).card.isVisible()
    studio.window.shows.offer_tour()

    assert not coach(studio).card.isVisible()


def test_it_leads_past_every_stop_and_back(toured: Studio) -> None:
    card = coach(toured).card
    titles = []
    for _ in STOPS:
        titles.append(card.title.text())
        card.forward.click()
    assert titles == [stop.title for stop in STOPS]
    assert not card.isVisible()

    toured.window.actions_.tour.trigger()
    card.forward.click()
    card.back.click()
    assert card.title.text() == STOPS[0].title
    assert not card.back.isEnabled()


def test_every_card_is_beside_what_it_tells_of_and_all_in_the_window(toured: Studio) -> None:
    card = coach(toured).card
    view, room = toured.window.draw, toured.window.centralWidget()
    for stop in STOPS:
        toured.window.grab()
        part = getattr(view, stop.part)
        target = QRect(part.mapTo(room, QPoint(0, 0)), part.size())
        assert room.rect().contains(card.geometry())
        assert not card.geometry().intersects(target)
        assert card.text.heightForWidth(card.text.width()) <= card.text.height()
        card.forward.click()


def test_one_can_draw_and_run_during_the_tour(toured: Studio) -> None:
    canvas = toured.window.draw.picture_card.canvas
    middle = canvas.rect().center()
    hit = toured.window.childAt(canvas.mapTo(toured.window, middle))
    assert hit is canvas
    toured.draw()
    toured.classify()

    assert coach(toured).card.isVisible()


def test_escape_ends_it_but_stops_a_run_first(toured: Studio) -> None:
    toured.session.hold = "conv"
    toured.draw()
    toured.window.actions_.classify.trigger()
    toured.qtbot.waitUntil(lambda: toured.state.run.stages["conv"].progress is Progress.RUNNING)
    toured.window.activateWindow()
    canvas = toured.window.draw.picture_card.canvas
    toured.qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    toured.session.hold = ""
    toured.qtbot.waitUntil(toured.is_ready)
    assert toured.state.run.result is None
    assert coach(toured).card.isVisible()

    toured.qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert not coach(toured).card.isVisible()


def test_that_it_was_seen_survives_a_restart(toured: Studio, qapp: QApplication) -> None:
    toured.window.close()
    assert toured.paths.preferences is not None
    assert load_preferences(toured.paths.preferences)[0].tour_seen

    again = make_window(qapp, toured.paths, toured._open_session)
    toured.qtbot.addWidget(again)
    again.shows.offer_tour()
    assert again.shows.coach is None
    again.close()


def test_preferences_from_before_the_tour_mean_that_it_was_not_seen(studio: Studio) -> None:
    path = studio.paths.preferences
    assert path is not None
    save_preferences(Preferences(), path)
    path.write_text(path.read_text().replace("tour_seen=false\n", ""))

    assert not load_preferences(path)[0].tour_seen


def test_it_is_hidden_while_another_view_is_shown(toured: Studio) -> None:
    toured.window.views.show_view("data")
    assert not coach(toured).card.isVisible()
    assert not coach(toured).isVisible()
    toured.window.views.show_view("draw")

    assert coach(toured).card.isVisible()


def test_the_live_switch_and_the_tour_bring_the_drawing_to_the_front(studio: Studio) -> None:
    for action in (studio.window.actions_.tour, studio.window.actions_.live):
        studio.window.views.show_view("data")
        action.trigger()
        assert studio.window.views.currentWidget() is studio.window.draw


def test_a_card_without_room_on_the_right_lies_on_the_left() -> None:
    room, card = QRect(0, 0, 1000, 600), QRect(0, 0, 200, 100)

    assert card_place(QRect(700, 100, 300, 200), card, room, 10).x() == 490
    assert card_place(QRect(0, 100, 300, 200), card, room, 10).x() > 300
    assert card_place(QRect(0, 100, 1000, 100), card, room, 10).y() > 200
