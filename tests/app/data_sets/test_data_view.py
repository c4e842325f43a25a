import dataclasses
import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import platformdirs
import pytest
from fake_sweep import row_of
from looks import CONTROLS, clipped, own_children
from made_runs import made_run
from made_splits import COUNT, made_split
from PySide6.QtCore import Qt
from studio import Studio

from app.compare.stored_run import StoredRun
from app.data_sets.browsing import Browser
from app.data_sets.disagreements import find_disagreements
from app.data_sets.view import DATASETS, DataView
from app.link.records import Phase
from app.sweep.store import default_folder
from engine.ckks.parameters import Settings
from engine.errors import CancelledError, DatasetError
from engine.pictures.datasets import Split, load_split
from engine.pictures.downloads import DownloadProgress
from engine.pictures.samples import Samples
from engine.studies.evaluation import Evaluation, evaluations_folder
from engine.studies.journal import Journal
from engine.studies.outcomes import keep_outcome
from engine.studies.sweeps.records import SweepPoint
from engine.studies.sweeps.table import SweepTable


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
    view.sets.button(DATASETS.index(dataset)).click()
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
    monkeypatch.setattr("app.data_sets.sample_runs.model_names", lambda: names)
    monkeypatch.setattr("app.data_sets.sample_card.model_names", lambda: names)
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
    studio.qtbot.waitUntil(lambda: studio.state.phase is Phase.CLASSIFYING)
    assert not view.card.classify.isEnabled()

    studio.session.release()
    studio.qtbot.waitUntil(lambda: studio.state.phase is Phase.IDLE)
    assert view.card.classify.isEnabled()


def test_nothing_is_classified_that_cannot_be_seen(studio: Studio, view: DataView) -> None:
    action = studio.window.actions_.classify_sample
    view.grid.setFocus()
    studio.qtbot.waitUntil(action.isEnabled)
    studio.window.views.show_view("draw")
    assert not action.isEnabled()
    studio.window.views.show_view("data")
    assert action.isEnabled()


def test_a_missing_set_is_told_in_a_sentence_and_found_once_it_is_there(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    def missing(dataset: str) -> Split:
        raise DatasetError(f"The data file of {dataset} cannot be read.")

    browser._loader = missing
    view.sets.button(DATASETS.index("KMNIST")).click()
    studio.qtbot.waitUntil(lambda: bool(browser.fault))
    assert view.missing.fault.isVisible()
    assert "KMNIST" in view.missing.fault.text()
    assert not view.number.isEnabled()

    browser._loader = made_split
    view.missing.retry.click()
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

    assert "md5" in view.missing.fault.text()


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


class MadeDownload:
    """A download that goes on when it is told to; the files are there once it is `whole`."""

    def __init__(self) -> None:
        self.steps: SimpleQueue[DownloadProgress | DatasetError | None] = SimpleQueue()

    def __call__(
        self,
        name: str,
        root: Path | None,
        on_progress: Callable[[DownloadProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> Path:
        while (step := self.steps.get(timeout=30)) is not None:
            if is_cancelled():
                raise CancelledError("The download was cancelled.")
            if isinstance(step, DatasetError):
                raise step
            on_progress(step)
        return Path(name)


@pytest.fixture
def fetch(studio: Studio, view: DataView, browser: Browser) -> Iterator[MadeDownload]:
    """A missing set, and the download that was begun for it."""

    def missing(dataset: str) -> Split:
        raise DatasetError(f"The data file of {dataset} cannot be read.")

    made = MadeDownload()
    studio.window.program.downloads._downloader = made
    browser._loader = missing
    view.sets.button(DATASETS.index("KMNIST")).click()
    studio.qtbot.waitUntil(lambda: bool(browser.fault))
    view.missing.download.click()
    yield made
    made.steps.put(None)


HALF = DownloadProgress("t10k-images-idx3-ubyte.gz", 5, 10, 1, 4)


def test_a_missing_set_is_downloaded_with_progress_and_then_shown(
    studio: Studio, view: DataView, browser: Browser, fetch: MadeDownload
) -> None:
    assert not view.missing.download.isEnabled()
    fetch.steps.put(HALF)
    studio.qtbot.waitUntil(lambda: "file 2 of 4" in view.missing.said.text())
    assert view.missing.progress.value() == 375

    browser._loader = made_split
    fetch.steps.put(None)
    studio.qtbot.waitUntil(lambda: browser.split is not None)
    assert view.grid.isVisible()


def test_a_download_can_be_cancelled_and_begun_again(
    studio: Studio, view: DataView, fetch: MadeDownload
) -> None:
    view.missing.cancel.click()
    assert view.missing.said.text() == "Cancelling\u2026"
    fetch.steps.put(HALF)
    studio.qtbot.waitUntil(view.missing.download.isEnabled)
    assert view.missing.said.text() == ""
    assert not view.missing.cancel.isEnabled()


def test_a_download_that_is_cut_off_says_so(
    studio: Studio, view: DataView, fetch: MadeDownload
) -> None:
    fetch.steps.put(DatasetError("KMNIST could not be downloaded: the connection was cut off."))
    studio.qtbot.waitUntil(lambda: "cut off" in view.missing.said.text())
    assert view.missing.download.isEnabled()


def test_closing_the_window_does_not_wait_for_a_download(
    studio: Studio, fetch: MadeDownload
) -> None:
    studio.window.close()
    assert studio.window.program.downloads._stop.is_set()


def test_pictures_answered_differently_when_encrypted_are_shown_with_where(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    browser._finder = lambda dataset, split, runs: {
        17: ("MNIST, network 1, bit scale 18",),
        4242: ("that",),
    }
    last = view.classes.count() - 1
    view.classes.setCurrentIndex(last)
    view.classes.activated.emit(last)
    studio.qtbot.waitUntil(lambda: list(browser.shown) == [17, 4242])

    assert view.classes.currentText() == "Encrypted and clear differ (2)"
    assert "bit scale 18" in view.card._note.text()


def differing(picture: np.ndarray, model: str = "mnist-network1") -> StoredRun:
    """Return a run whose encrypted answer is another than its clear one."""
    run = made_run(picture=picture.tobytes(), settings=Settings(model, 8192, 26, 32))
    return dataclasses.replace(run, encrypted=(2.0, 1.0), clear=(1.0, 2.0), classes=("0", "1"))


def test_a_run_of_the_window_that_differs_is_found_by_its_picture(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    assert browser.split is not None
    fine = made_run("fine", picture=browser.picture(5).tobytes())
    other = differing(browser.picture(7), "kmnist-network1")
    studio.state.set_runs([fine, other])
    studio.state.run_finished.emit(differing(np.zeros((28, 28), np.uint8)))
    studio.state.set_runs([fine, other, differing(browser.picture(4242))])
    browser.choose_disagreeing()
    studio.qtbot.waitUntil(lambda: list(browser.shown) == [4242])

    told = "MNIST, network 1, N = 8192, bit scale 26, poster's chain"
    assert browser.disagreements[4242] == (told,)


def test_what_a_complete_evaluation_differed_on_is_found(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    samples = Samples("MNIST", np.zeros((20, 28, 28), np.uint8), np.zeros(20, np.uint8))
    settings = Settings("mnist-network1", protocol="refresh")
    row = row_of(SweepPoint(settings, "single"), samples)
    assert row.summary is not None
    keep_outcome(
        Evaluation(settings, "single", samples),
        dataclasses.replace(row.summary, disagreements=(9620,)),
    )
    browser.choose_disagreeing()
    studio.qtbot.waitUntil(lambda: list(browser.shown) == [9620])

    assert "bit scale 26, refresh" in view.card._note.text()


def test_a_damaged_evaluation_is_told_and_the_pictures_stay(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    evaluations_folder().mkdir(parents=True)
    (evaluations_folder() / "mnist-network1-0.json").write_text("{")
    browser.choose_disagreeing()
    studio.qtbot.waitUntil(lambda: "is damaged" in browser.warning)
    browser.choose_class(None)

    assert view.grid.isVisible()
    assert "move it away" in view.card._note.text()


def test_disagreements_are_found_in_sweeps_and_evaluations(tmp_path: Path) -> None:
    settings = Settings("mnist-network1", 8192, 18)
    samples = Samples("MNIST", np.zeros((9, 28, 28), np.uint8), np.zeros(9, np.uint8))
    row = row_of(SweepPoint(settings, "single"), samples)
    assert row.summary is not None
    with SweepTable(default_folder()) as table:
        summary = dataclasses.replace(row.summary, disagreements=(5,))
        table.add(dataclasses.replace(row, summary=summary))
    part = {"indices": [5, 6], "encrypted": [1, 2], "clear": [1, 3]}
    journal = platformdirs.user_cache_path("ciphersketch") / "evaluations" / "some.jsonl"
    with Journal(journal, {**dataclasses.asdict(settings), "scale_bits": 20}) as entries:
        entries.append(part)

    assert find_disagreements("MNIST", made_split("MNIST"), ()) == {
        5: ("MNIST, network 1, N = 8192, bit scale 18",),
        6: ("MNIST, network 1, N = 8192, bit scale 20",),
    }
    assert find_disagreements("KMNIST", made_split("KMNIST"), ()) == {}
