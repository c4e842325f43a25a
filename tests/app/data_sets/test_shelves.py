"""Pen digits and a person's own folder stand beside the data sets."""

from pathlib import Path

import numpy as np
import pytest
from data_steps import place_of
from PIL import Image
from PySide6.QtWidgets import QFileDialog
from studio import Studio

from app.data_sets.browsing import Browser
from app.data_sets.shelves import DRAWN, PREPARED, read_shelf
from app.data_sets.view import FOLDER, DataView
from engine.data_sets.registry import PEN_DIGITS
from engine.data_sets.splits import data_root


@pytest.fixture(autouse=True)
def hidden_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep file dialogs from opening: without a display, Qt complains about their windows."""
    monkeypatch.setattr(QFileDialog, "open", lambda _dialog: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two ones and a seven as files, and one that is no picture."""
    picture = np.full((60, 60), 255, np.uint8)
    picture[10:50, 25:35] = 0
    for name in ("1/a.png", "1/b.png", "7/c.png"):
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    (tmp_path / "mine" / "7" / "notes.txt").write_text("hello")
    return tmp_path / "mine"


def open_folder(studio: Studio, view: DataView, folder: Path) -> None:
    view.sets.button(FOLDER).click()
    dialog = view.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(folder))
    dialog.deleteLater()


def test_a_folder_of_pictures_is_looked_through_by_class(
    studio: Studio, view: DataView, browser: Browser, folder: Path
) -> None:
    browser._loader = read_shelf
    open_folder(studio, view, folder)
    studio.qtbot.waitUntil(lambda: browser.split is not None and len(browser.split) == 3)

    assert view.sets.value() == FOLDER
    assert [browser.label(number) for number in browser.shown] == ["1", "1", "7"]
    assert view.classes.itemText(8) == "7 (1)"
    assert "7/notes.txt" in view.card._note.text()
    assert view.card.number.text() == "mine, picture 0"


def test_a_picture_of_a_folder_is_classified_by_the_chosen_network(
    studio: Studio, view: DataView, browser: Browser, folder: Path
) -> None:
    (folder / "7" / "notes.txt").unlink()
    browser._loader = read_shelf
    open_folder(studio, view, folder)
    studio.qtbot.waitUntil(lambda: browser.split is not None and len(browser.split) == 3)
    assert view.card._note.text() == PREPARED
    wanted = browser.picture(0)
    view.card.classify.click()

    run = studio.window.program.state.run
    studio.qtbot.waitUntil(lambda: run.result is not None)
    classified = run.classified
    assert classified is not None
    np.testing.assert_array_equal(classified, wanted)


def test_a_dialog_that_is_left_changes_nothing(view: DataView, browser: Browser) -> None:
    before = browser.split
    view.sets.button(FOLDER).click()

    assert view.sets.value() == place_of("MNIST")
    assert browser.split is before


def test_a_folder_without_classes_says_what_is_missing(
    studio: Studio, view: DataView, browser: Browser, tmp_path: Path
) -> None:
    browser._loader = read_shelf
    (tmp_path / "empty").mkdir()
    open_folder(studio, view, tmp_path / "empty")
    studio.qtbot.waitUntil(lambda: bool(browser.fault))

    assert "subfolder" in view.missing.fault.text()
    assert not view.missing.download.isEnabled()


def test_pen_digits_are_those_of_writers_that_no_network_knows(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    if not (data_root() / PEN_DIGITS.folder).exists():
        pytest.skip(f"the pen digits are not in {data_root()}")
    browser._loader = read_shelf
    view.sets.button(place_of("PenDigits")).click()
    studio.qtbot.waitUntil(lambda: browser.shelf.name == "PenDigits" and browser.split is not None)

    assert browser.split is not None
    assert 1000 < len(browser.split) < 2000
    assert view.card._note.text().startswith(DRAWN)
    assert view.card.number.text() == "Pen digits, test picture 0"
