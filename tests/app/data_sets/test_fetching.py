import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from data_steps import place_of
from made_splits import made_contents
from studio import Studio

from app.data_sets.browsing import Browser
from app.data_sets.shelves import Contents, Shelf
from app.data_sets.view import DataView
from engine.data_sets.downloads import DownloadProgress
from engine.data_sets.loading import load_split
from engine.errors import CancelledError, DatasetError


def test_a_missing_set_is_told_in_a_sentence_and_found_once_it_is_there(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    def missing(shelf: Shelf) -> Contents:
        raise DatasetError(f"The data file of {shelf.name} cannot be read.")

    browser._loader = missing
    view.sets.button(place_of("KMNIST")).click()
    studio.qtbot.waitUntil(lambda: bool(browser.fault))
    assert view.missing.fault.isVisible()
    assert "KMNIST" in view.missing.fault.text()
    assert not view.number.isEnabled()

    browser._loader = made_contents
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
    browser._loader = lambda shelf: Contents(load_split(shelf.name, "test", tmp_path))
    browser.load()
    studio.qtbot.waitUntil(lambda: bool(browser.fault))

    assert "md5" in view.missing.fault.text()


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

    def missing(shelf: Shelf) -> Contents:
        raise DatasetError(f"The data file of {shelf.name} cannot be read.")

    made = MadeDownload()
    studio.window.program.downloads._downloader = made
    browser._loader = missing
    view.sets.button(place_of("KMNIST")).click()
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

    browser._loader = made_contents
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
