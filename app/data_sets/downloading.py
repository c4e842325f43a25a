"""Fetching a data set that is missing, in a thread of its own, with progress and cancel."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from app.link.crash import is_expected, sentence_of
from engine.data_sets.downloads import DownloadProgress, download
from engine.errors import CancelledError


class Downloader(Protocol):
    """What the window needs of `engine.data_sets.downloads.download`."""

    def __call__(
        self,
        name: str,
        root: Path | None,
        on_progress: Callable[[DownloadProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> Path:
        """Put the files of the data set `name` into their place."""


class Downloads(QObject):
    """One download at a time.

    Attributes: `dataset` (what is being fetched, or None), `progress`, `is_cancelling`, `fault`.
    Signals: `changed` after any of them, `fetched(dataset)` once all its files are there.
    """

    changed = Signal()
    fetched = Signal(str)
    _progressed = Signal(object)
    _ended = Signal(object)

    def __init__(
        self,
        report: Callable[[Exception], None],
        parent: QObject,
        downloader: Downloader = download,
    ) -> None:
        super().__init__(parent)
        self._report = report
        self._downloader = downloader
        self._stop = threading.Event()
        self._is_closed = False
        self.dataset: str | None = None
        self.progress: DownloadProgress | None = None
        self.fault = ""
        self._progressed.connect(self._show_progress)
        self._ended.connect(self._end)

    @property
    def is_cancelling(self) -> bool:
        """Tell whether the download was told to stop and has not stopped yet."""
        return self.dataset is not None and self._stop.is_set()

    @property
    def share(self) -> float:
        """Return how much is done, 0 to 1, as far as it is known; all files count the same."""
        progress = self.progress
        if progress is None:
            return 0.0
        of_file = progress.done / progress.total if progress.total else 0.0
        whole = progress.files_done + (of_file if progress.done < progress.total else 0.0)
        return whole / progress.files

    def start(self, dataset: str) -> None:
        """Fetch a data set, unless one is being fetched."""
        if self.dataset is not None:
            return
        self.dataset, self.progress, self.fault = dataset, None, ""
        self._stop = threading.Event()
        # A daemon: a server that does not answer must not keep the program from ending.
        threading.Thread(target=self._fetch, args=(dataset, self._stop), daemon=True).start()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop it; files that are complete stay."""
        if self.dataset is not None:
            self._stop.set()
            self.changed.emit()

    def close(self) -> None:
        """Stop it and hear nothing of it any more."""
        self._is_closed = True
        self._stop.set()

    def _fetch(self, dataset: str, stop: threading.Event) -> None:
        error: Exception | None = None
        try:
            self._downloader(dataset, None, self._tell, stop.is_set)
        except Exception as caught:  # noqa: BLE001 - passed on to the main thread
            error = caught
        if not self._is_closed:
            self._ended.emit(error)

    def _tell(self, progress: DownloadProgress) -> None:
        if not self._is_closed:
            self._progressed.emit(progress)

    @Slot(object)
    def _show_progress(self, progress: DownloadProgress) -> None:
        self.progress = progress
        self.changed.emit()

    @Slot(object)
    def _end(self, error: Exception | None) -> None:
        dataset, self.dataset = self.dataset, None
        if error is None and dataset is not None:
            self.changed.emit()
            self.fetched.emit(dataset)
            return
        if error is not None and not isinstance(error, CancelledError):
            if not is_expected(error):
                self._report(error)
            self.fault = sentence_of(error)
        self.changed.emit()
