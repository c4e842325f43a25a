import dataclasses
import gzip
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from studio import Studio
from test_appearance import CONTROLS, clipped, own_children

from app.browsing import Browser
from app.records import Phase
from app.widgets.data_view import DataView
from engine.datasets import Split, load_split
from engine.errors import DatasetError

COUNT = 10_000


def made_split(dataset: str) -> Split:
    """Return 10,000 made pictures; picture n is of class n % 10."""
    seed = {"MNIST": 0, "KMNIST": 1, "FashionMNIST": 2}[dataset]
    pictures = np.random.default_rng(seed).integers(0, 256, (COUNT, 28, 28), np.uint8)
    return Split(pictures, (np.arange(COUNT) % 10).astype(np.uint8))


@pytest.fixture
def view(studio: Studio) -> DataView:
    browser = studio.window.program.browser
    browser._loader = made_split
    studio.window.views.show_view("data")
    studio.qtbot.waitUntil(lambda: browser.split is not None)
    shown = studio.window.views.view("data")
    assert isinstance(shown, DataView)
    return shown


@pytest.fixture
def browser(studio: Studio, view: DataView) -> Browser:
    return studio.window.program.browser


def choose(studio: Studio, view: DataView, dataset: str) -> None:
    browser = studio.window.program.browser
    view.sets[dataset].click()
    studio.qtbot.waitUntil(lambda: browser.dataset == dataset and browser.split is not None)


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
    studio.qtbot.waitUntil(lambda: len(studio.state.runs) == 1)

    assert studio.window.views.currentWidget() is studio.window.draw
    assert studio.state.classified is not None
    assert np.array_equal(studio.state.classified, browser.picture(1234))


def test_classify_this_chooses_a_model_of_the_set(
    studio: Studio, view: DataView, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("kmnist-network1", "mnist-network1")
    monkeypatch.setattr("app.sample_runs.model_names", lambda: names)
    monkeypatch.setattr("app.widgets.sample_card.model_names", lambda: names)
    forecaster = studio.window.program.choices._forecaster
    known = forecaster(studio.state.settings)
    monkeypatch.setattr(
        studio.window.program.choices,
        "_forecaster",
        lambda settings: dataclasses.replace(known, settings=settings),
    )
    choose(studio, view, "KMNIST")
    view.card.classify.click()
    studio.qtbot.waitUntil(lambda: len(studio.state.runs) == 1)

    assert studio.state.runs[0].settings.model == "kmnist-network1"


def test_a_set_without_a_model_cannot_be_classified(
    studio: Studio, view: DataView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.widgets.sample_card.model_names", lambda: ("mnist-network1",))
    choose(studio, view, "KMNIST")

    assert not view.card.classify.isEnabled()
    assert not studio.window.actions_.classify_sample.isEnabled()


def test_nothing_can_be_classified_while_a_run_is_on_its_way(
    studio: Studio, view: DataView
) -> None:
    studio.draw()
    studio.session.hold = "conv"
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.phase is Phase.CLASSIFYING)
    assert not view.card.classify.isEnabled()

    studio.session.release()
    studio.qtbot.waitUntil(lambda: studio.state.phase is Phase.IDLE)
    assert view.card.classify.isEnabled()


def test_a_missing_set_is_told_in_a_sentence_and_found_once_it_is_there(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    def missing(dataset: str) -> Split:
        raise DatasetError(f"The data file of {dataset} cannot be read.")

    browser._loader = missing
    view.sets["KMNIST"].click()
    studio.qtbot.waitUntil(lambda: bool(browser.fault))
    assert view.fault.isVisible()
    assert "KMNIST" in view.fault.text()
    assert not view.number.isEnabled()

    browser._loader = made_split
    view.retry.click()
    studio.qtbot.waitUntil(lambda: browser.split is not None)
    assert view.grid.isVisible()


def test_a_damaged_file_is_told_in_a_sentence(
    studio: Studio, view: DataView, browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in ("images-idx3", "labels-idx1"):
        (folder / f"t10k-{name}-ubyte.gz").write_bytes(gzip.compress(b"nothing"))
    browser._loader = lambda dataset: load_split(dataset, "t10k", tmp_path)
    browser.load()
    studio.qtbot.waitUntil(lambda: bool(browser.fault))

    assert "md5" in view.fault.text()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_no_column_is_left_empty(studio: Studio, view: DataView, size: tuple[int, int]) -> None:
    studio.window.resize(*size)
    studio.window.fit()
    studio.qtbot.waitUntil(lambda: view.grid.viewport().width() % view.grid.gridSize().width() < 30)


def test_every_control_has_a_name_and_is_reached_with_tab(studio: Studio, view: DataView) -> None:
    reached = set()
    widget = view.number
    while widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    controls = [each for each in own_children(view, CONTROLS) if each.isVisible()]

    assert len(controls) >= 6
    assert [each for each in controls if not each.accessibleName()] == []
    assert set(controls) <= reached


def test_nothing_is_clipped(studio: Studio, view: DataView) -> None:
    choose(studio, view, "FashionMNIST")
    studio.qtbot.waitUntil(lambda: clipped(view) == [])
