"""The presentation over the fake session: stepping both ways, waiting, leaving."""

import dataclasses

import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from showing import view
from studio import Studio

from app.kit.palette import DARK
from app.present.story import CHAPTERS, Step
from app.present.telling import LAST
from app.present.window import PresentationWindow
from app.state.records import Phase, Progress
from engine.errors import MessageError

SPACE, SHIFT = Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier


def step(studio: Studio) -> Step:
    return studio.window.program.presentation.step


def press(studio: Studio, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    studio.qtbot.keyClick(view(studio), key, modifier or Qt.KeyboardModifier.NoModifier)


def wait_until_told(studio: Studio) -> None:
    told = studio.window.program.presentation
    studio.qtbot.waitUntil(lambda: told.result is not None and told.is_told)


def test_it_hides_everything_but_the_story(told: Studio) -> None:
    shown = view(told)
    assert shown.isFullScreen()
    assert shown.isWindow()
    assert shown.sentence.text() == CHAPTERS[Step.DRAW].sentence
    shown.showNormal()
    shown.resize(1280, 720)
    assert shown.theme.points("body") == pytest.approx(1.75 * told.window.theme.points("body"))


def test_space_tells_every_step_and_shift_space_goes_back(told: Studio) -> None:
    there, back = [], []
    for _ in range(5):
        press(told, SPACE)
        wait_until_told(told)
        there.append(step(told))
        assert view(told).sentence.text() == CHAPTERS[step(told)].sentence
    for _ in range(5):
        press(told, SPACE, SHIFT)
        back.append(step(told))

    assert there == list(Step)[1:]
    assert back == list(Step)[-2::-1]
    assert told.session.calls.count("classify") == 1


def test_a_key_held_too_long_is_one_step(told: Studio) -> None:
    press(told, SPACE)
    wait_until_told(told)
    held = QKeyEvent(QEvent.Type.KeyPress, SPACE, Qt.KeyboardModifier.NoModifier, " ", autorep=True)
    QApplication.sendEvent(view(told), held)

    assert step(told) is Step.ENCRYPT


@pytest.mark.parametrize("key", [Qt.Key.Key_PageDown, Qt.Key.Key_Right, Qt.Key.Key_Down])
def test_a_presenters_remote_steps_both_ways(told: Studio, key: Qt.Key) -> None:
    opposite = {
        Qt.Key.Key_PageDown: Qt.Key.Key_PageUp,
        Qt.Key.Key_Right: Qt.Key.Key_Left,
        Qt.Key.Key_Down: Qt.Key.Key_Up,
    }
    press(told, key)
    assert step(told) is Step.ENCRYPT
    press(told, opposite[key])
    assert step(told) is Step.DRAW
    told.qtbot.waitUntil(told.is_ready)


def test_the_rail_jumps_to_any_step(told: Studio) -> None:
    view(told).rail.tabs[Step.DECRYPT].click()
    wait_until_told(told)
    assert step(told) is Step.DECRYPT
    press(told, Qt.Key.Key_3)

    assert step(told) is Step.SEND
    assert view(told).rail.tabs[Step.SEND].isChecked()
    assert not view(told).rail.tabs[Step.DECRYPT].isChecked()


def test_every_page_shows_what_the_run_really_gave(told: Studio) -> None:
    press(told, SPACE)
    wait_until_told(told)
    result = told.state.run.result
    assert result is not None
    for _ in range(4):
        press(told, SPACE)
    pages = view(told).pages
    for page in pages.values():
        page.refresh()
    texts = [label.text() for page in pages.values() for label in page.findChildren(QLabel)]

    assert "3" in texts
    assert "Encrypted and clear agree" in texts
    assert any("185 kB" in text for text in texts)
    assert set(pages[Step.COMPUTE].cards) == {  # type: ignore[attr-defined]
        "conv", "square-1", "dense-1", "square-2", "dense-2",
    }  # fmt: skip
    names = [page.noise.accessibleName() for key, page in pages.items() if hasattr(page, "noise")]
    assert names == ["Picture of the ciphertext: noise"] * 4


def test_a_step_ahead_of_the_engine_says_where_the_engine_is(told: Studio) -> None:
    told.session.hold = "dense-1"
    press(told, SPACE)
    told.qtbot.waitUntil(lambda: told.state.run.stages["dense-1"].progress is Progress.RUNNING)
    for _ in range(4):
        press(told, SPACE)
    assert step(told) is Step.DECRYPT
    assert "4 of 9 stages are done" in view(told).note.text()
    assert view(told).pages[Step.DECRYPT].digit.text() != "3"  # type: ignore[attr-defined]

    told.session.release()
    wait_until_told(told)
    assert view(told).note.text() == ""
    assert view(told).pages[Step.DECRYPT].digit.text() == "3"  # type: ignore[attr-defined]


def test_without_a_drawing_it_stays_and_says_so(studio: Studio) -> None:
    studio.window.actions_.present.trigger()
    press(studio, SPACE)
    assert step(studio) is Step.DRAW
    assert "Draw a picture" in view(studio).note.text()

    studio.draw()
    assert view(studio).note.text() == ""


def test_one_can_draw_in_the_presentation(studio: Studio) -> None:
    studio.window.actions_.present.trigger()
    canvas = view(studio).draw.canvas
    side = canvas.width()
    studio.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(side // 3, side // 4))
    studio.qtbot.mouseMove(canvas, QPoint(side // 2, side * 3 // 4))
    studio.qtbot.mouseRelease(
        canvas, Qt.MouseButton.LeftButton, pos=QPoint(side // 2, side * 3 // 4)
    )
    assert studio.state.drawn.picture is not None
    press(studio, SPACE)
    wait_until_told(studio)

    assert step(studio) is Step.ENCRYPT
    assert len(studio.state.past.runs) == 1


def test_a_press_too_many_at_the_end_loses_neither_picture_nor_answer(told: Studio) -> None:
    view(told).rail.tabs[Step.DECRYPT].click()
    wait_until_told(told)
    press(told, SPACE)
    presentation = told.window.program.presentation

    assert step(told) is Step.DECRYPT
    assert presentation.note == LAST
    assert presentation.result is not None
    assert told.state.drawn.picture is not None
    press(told, Qt.Key.Key_1)
    assert step(told) is Step.DRAW
    assert presentation.note == ""


def test_settings_that_cannot_work_are_told(told: Studio) -> None:
    settings = dataclasses.replace(
        told.state.chosen.settings, poly_modulus_degree=4096, scale_bits=40
    )
    told.window.program.choices.change(settings)
    told.qtbot.waitUntil(lambda: told.state.chosen.is_refused)
    press(told, SPACE)

    assert step(told) is Step.DRAW
    assert "cannot work" in view(told).note.text()


def test_after_a_refused_run_it_is_back_at_the_drawing_with_a_sentence(told: Studio) -> None:
    told.session.failure = MessageError("The cloud refuses this request.")
    press(told, SPACE)
    told.qtbot.waitUntil(lambda: step(told) is Step.DRAW)
    assert view(told).note.text() == "The cloud refuses this request."
    assert not told.state.is_recorded

    told.qtbot.waitUntil(told.is_ready)
    press(told, SPACE)
    wait_until_told(told)
    assert step(told) is Step.ENCRYPT


def test_a_second_drawing_during_a_run_is_classified_after_it(told: Studio) -> None:
    told.session.hold = "conv"
    press(told, SPACE)
    told.qtbot.waitUntil(lambda: told.state.run.stages["conv"].progress is Progress.RUNNING)
    press(told, SPACE, SHIFT)
    told.window.actions_.undo.trigger()
    told.draw()
    press(told, SPACE)
    assert "run before" in view(told).note.text()
    told.session.hold = ""
    told.session.release()
    wait_until_told(told)

    assert told.session.calls.count("classify") == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F11])
def test_escape_and_f11_leave(told: Studio, key: Qt.Key) -> None:
    shown = view(told)
    if key == Qt.Key.Key_Escape:
        press(told, key)
    else:
        told.window.actions_.present.trigger()

    assert not shown.isVisible()
    assert not told.window.actions_.present.isChecked()
    assert told.window.actions_.present in shown.actions()


def test_live_mode_ends_where_the_presentation_begins(studio: Studio) -> None:
    studio.window.actions_.live.trigger()
    studio.window.actions_.present.trigger()

    assert not studio.state.live.is_on


def test_it_follows_the_colours_of_the_window(told: Studio) -> None:
    told.use(DARK)

    assert view(told).theme.palette is DARK


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)], ids=str)
def test_nothing_is_clipped_at_any_step(told: Studio, size: tuple[int, int]) -> None:
    shown = view(told)
    shown.showNormal()
    shown.resize(*size)
    told.qtbot.waitUntil(lambda: shown.theme.is_settled)
    for each in Step:
        shown.rail.tabs[each].click()
        if each is not Step.DRAW:
            wait_until_told(told)
        told.qtbot.waitUntil(lambda: clipped(shown) == [])
    assert shown.size() == QSize(*size)
    assert shown.minimumSizeHint().width() <= size[0]
    assert shown.minimumSizeHint().height() <= size[1]


def clipped(shown: PresentationWindow) -> list[object]:
    shown.grab()
    short = [
        (label.text(), label.size(), label.sizeHint())
        for label in shown.findChildren(QLabel)
        if label.isVisible()
        and (
            label.heightForWidth(label.width()) > label.height()
            if label.wordWrap()
            else label.width() < label.sizeHint().width()
        )
    ]
    narrow = [
        (button.text(), button.size())
        for button in shown.findChildren(QAbstractButton)
        if button.isVisible()
        and button.width() < QFontMetrics(button.font()).horizontalAdvance(button.text())
    ]
    return [*short, *narrow]


def test_leaving_in_the_middle_of_a_run_lets_it_end(told: Studio) -> None:
    told.session.hold = "conv"
    press(told, SPACE)
    told.qtbot.waitUntil(lambda: told.state.run.stages["conv"].progress is Progress.RUNNING)
    press(told, Qt.Key.Key_Escape)
    told.session.release()
    told.qtbot.waitUntil(lambda: told.state.run.phase is Phase.IDLE)

    assert len(told.state.past.runs) == 1
