import dataclasses

import numpy as np
import pytest
from data_steps import choose
from made_splits import COUNT
from PySide6.QtCore import Qt
from studio import Studio

from app.data_sets.browsing import Browser
from app.data_sets.view import DataView
from app.state.records import Phase


def test_all_pictures_are_there_and_only_those_in_sight_are_painted(
    studio: Studio, view: DataView, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = set()
    original = browser.picture
    monkeypatch.setattr(browser, "picture", lambda number: painted.add(number) or original(number))
    studio.window.grab()

    assert view.grid.model().rowCount() == COUNT
    assert 50 < len(painted) < 500


def test_a_class_filters_the_grid(view: DataView, browser: Browser) -> None:
    view.classes.setCurrentIndex(4)
    view.classes.activated.emit(4)

    assert set(browser.shown % 10) == {3}
    assert view.grid.model().rowCount() == COUNT // 10
    assert browser.selected == 3
    assert view.card.name.text() == "3"


def test_a_number_finds_its_picture_even_behind_a_filter(view: DataView, browser: Browser) -> None:
    browser.choose_class(3)
    view.number.setValue(7777)

    assert browser.selected == 7777
    assert browser.only_class is None
    assert view.grid.currentIndex().data(Qt.ItemDataRole.UserRole) == 7777
    assert "7777" in view.card.number.text()


def test_arrow_keys_move_the_selection(studio: Studio, view: DataView, browser: Browser) -> None:
    view.grid.setFocus()
    studio.qtbot.keyClick(view.grid, Qt.Key.Key_Right)
    studio.qtbot.keyClick(view.grid, Qt.Key.Key_Right)

    assert browser.selected == 2
    assert view.number.value() == 2


def test_the_find_action_leads_to_the_number(studio: Studio, view: DataView) -> None:
    view.grid.setFocus()
    studio.window.actions_.find_sample.trigger()
    assert view.number.hasFocus()


def test_another_set_has_its_own_classes(studio: Studio, view: DataView) -> None:
    choose(studio, view, "FashionMNIST")
    names = [view.classes.itemText(row) for row in range(view.classes.count())]

    assert names[10] == "Ankle boot (1,000)"
    assert view.card.name.text() == "T-shirt/top"


def test_classify_this_runs_the_very_picture_in_the_draw_view(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    browser.select(1234)
    view.card.classify.click()
    studio.qtbot.waitUntil(lambda: len(studio.state.past.runs) == 1)

    assert studio.window.views.currentWidget() is studio.window.draw
    assert studio.state.run.classified is not None
    assert np.array_equal(studio.state.run.classified, browser.picture(1234))


def test_classify_this_chooses_a_model_of_the_set(
    studio: Studio, view: DataView, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("kmnist-network1", "mnist-network1")
    monkeypatch.setattr("app.data_sets.sample_runs.model_names", lambda: names)
    monkeypatch.setattr("app.data_sets.sample_card.model_names", lambda: names)
    forecaster = studio.window.program.choices._forecaster
    known = forecaster(studio.state.chosen.settings)
    monkeypatch.setattr(
        studio.window.program.choices,
        "_forecaster",
        lambda settings: dataclasses.replace(known, settings=settings),
    )
    choose(studio, view, "KMNIST")
    view.card.classify.click()
    studio.qtbot.waitUntil(lambda: len(studio.state.past.runs) == 1)

    assert studio.state.past.runs[0].settings.model == "kmnist-network1"


def test_a_set_without_a_model_cannot_be_classified(
    studio: Studio, view: DataView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.data_sets.sample_card.model_names", lambda: ("mnist-network1",))
    choose(studio, view, "KMNIST")

    assert not view.card.classify.isEnabled()
    assert not studio.window.actions_.classify_sample.isEnabled()


def test_nothing_can_be_classified_while_a_run_is_on_its_way(
    studio: Studio, view: DataView
) -> None:
    studio.draw()
    studio.session.hold = "conv"
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.CLASSIFYING)
    assert not view.card.classify.isEnabled()

    studio.session.release()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.IDLE)
    assert view.card.classify.isEnabled()


def test_nothing_is_classified_that_cannot_be_seen(studio: Studio, view: DataView) -> None:
    action = studio.window.actions_.classify_sample
    view.grid.setFocus()
    studio.qtbot.waitUntil(action.isEnabled)
    studio.window.views.show_view("draw")
    assert not action.isEnabled()
    studio.window.views.show_view("data")
    assert action.isEnabled()


def test_a_wrong_answer_is_told_by_the_label(studio: Studio, view: DataView) -> None:
    sample_runs = studio.window.program.sample_runs
    picture = np.full((28, 28), 200, np.uint8)
    card = studio.window.draw.answer_card
    studio.window.views.show_view("draw")
    for label, sentence in (
        ("4", "Wrong, also without encryption: it is 4"),
        ("3", "Right: the label says so too"),
    ):
        runs = len(studio.state.past.runs)
        sample_runs.classify("MNIST", picture, label)
        studio.qtbot.waitUntil(lambda count=runs: len(studio.state.past.runs) > count)
        assert card.sentence.text() == sentence
    studio.draw()
    studio.classify()
    assert card.sentence.text() == "Encrypted and clear agree"


def test_an_answer_under_other_settings_says_whose_it_is(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    studio.window.draw.settings_card.slider.setValue(24)
    assert studio.window.draw.answer_card.sentence.text() == "By MNIST 1, 8192, 26 bits"
    assert not studio.state.is_answered
