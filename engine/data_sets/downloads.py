"""Fetching the official files of a data set from where their authors publish them.

pooch streams each file beside its place, checks its sum, and moves it there; so a file is there
whole or not at all, and a download that was cut off leaves nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.data_sets import pen_digits
from engine.data_sets.registry import EVERY_SET, PEN_DIGITS, DataSet, File
from engine.data_sets.splits import data_root
from engine.errors import CancelledError, DatasetError

if TYPE_CHECKING:
    import requests

SECONDS_TO_CONNECT_AND_WAIT = (5, 20)
CHUNK_BYTES = 2**16
STROKES = File(pen_digits.FILES[0], "", 8 * 2**20)


@dataclass(frozen=True)
class DownloadProgress:
    """`done` of `total` bytes of a file have come; total is 0 where the server does not say.

    `files_done` of `files` files are complete.
    """

    file: str
    done: int
    total: int
    files_done: int
    files: int


def download(
    name: str,
    root: Path | None = None,
    on_progress: Callable[[DownloadProgress], None] = lambda progress: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Put the files of the data set `name` under `root`; return their folder.

    Files that are there and whole are not fetched. Both functions are called in this thread, after
    every 64 kB. Raises DatasetError, or CancelledError; files that were complete before stay.
    """
    if name not in EVERY_SET:
        raise DatasetError(f"There is no data set {name!r}; there are: {', '.join(EVERY_SET)}.")
    data_set = EVERY_SET[name]
    folder = data_root(root) / data_set.folder
    if name == PEN_DIGITS.name:
        _download_pens(folder, root, _Bar(on_progress, is_cancelled, STROKES, 0, 1))
        return folder
    splits = data_set.releases[0].files.values()
    files = list(dict.fromkeys(file for split in splits for file in split))
    for number, file in enumerate(files):
        _fetch(data_set, folder, file, _Bar(on_progress, is_cancelled, file, number, len(files)))
    return folder


def _download_pens(folder: Path, root: Path | None, bar: "_Bar") -> None:
    """Fetch the strokes, whose packing differs from place to place: what they hold is checked."""
    path = folder / STROKES.name
    try:
        pen_digits.load_pens(root)
    except DatasetError:
        path.unlink(missing_ok=True)  # a damaged one would pass for a whole one
        _fetch(PEN_DIGITS, folder, STROKES, bar)
        try:
            pen_digits.load_pens(root)
        except DatasetError:
            path.unlink(missing_ok=True)
            raise


def _fetch(data_set: DataSet, folder: Path, file: File, bar: "_Bar") -> None:
    """Try one mirror after another; raise DatasetError with the last one's reason.

    Without an md5 sum the caller checks what came.
    """
    import pooch  # noqa: PLC0415 - loads requests, which only a download needs
    import requests  # noqa: PLC0415

    pooch.get_logger().setLevel("ERROR")
    reason = ""
    for mirror in data_set.mirrors:
        bar.reset()
        fetch = pooch.HTTPDownloader(
            progressbar=bar,
            chunk_size=CHUNK_BYTES,
            timeout=SECONDS_TO_CONNECT_AND_WAIT,
            headers={"Accept-Encoding": "identity"},
        )
        try:
            known = f"md5:{file.md5}" if file.md5 else None
            pooch.retrieve(mirror + file.name, known, file.name, folder, downloader=fetch)
        except requests.RequestException as error:
            reason = _why(error, mirror)
        except ValueError:
            reason = f"{_host(mirror)} sent a file that is not the official one"
        except OSError as error:
            raise DatasetError(
                f"{data_set.title} could not be downloaded: {folder / file.name} cannot be written "
                f"({error.strerror or error}); make room, or name another folder."
            ) from error
        else:
            bar.finish()
            return
    raise DatasetError(
        f"{data_set.title} could not be downloaded: {reason}; try again later, or put {file.name} "
        f"into {folder}."
    )


def _why(error: "requests.RequestException", mirror: str) -> str:
    import requests  # noqa: PLC0415

    if error.response is not None:
        return f"{_host(mirror)} answers {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return f"{_host(mirror)} does not answer"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"the connection to {_host(mirror)} was cut off"
    return f"there is no connection to {_host(mirror)}"


def _host(mirror: str) -> str:
    return str(urlsplit(mirror).hostname)


class _Bar:
    """What pooch takes for a progress bar; `total` is set by pooch."""

    def __init__(
        self,
        tell: Callable[[DownloadProgress], None],
        is_cancelled: Callable[[], bool],
        file: File,
        number: int,
        files: int,
    ) -> None:
        self._tell = tell
        self._is_cancelled = is_cancelled
        self._file = file
        self._number = number
        self._files = files
        self._done = 0
        self.total = 0

    def update(self, count: int) -> None:
        """Count bytes; raise CancelledError when the person has had enough."""
        if self._is_cancelled():
            raise CancelledError("The download was cancelled.")
        self._done += count
        if self._done > self._file.size + CHUNK_BYTES:
            raise ValueError("larger than any official file")
        done = min(self._done, self.total) if self.total else self._done
        self._tell(DownloadProgress(self._file.name, done, self.total, self._number, self._files))

    def reset(self) -> None:
        """Begin again at nothing."""
        self._done = 0

    def close(self) -> None:
        """Do nothing: the file is complete only once its sum is right."""

    def finish(self) -> None:
        """Tell that the file is complete."""
        self._tell(
            DownloadProgress(self._file.name, self.total, self.total, self._number + 1, self._files)
        )
