"""Fetching the official files of a data set from where their authors publish them.

pooch streams each file beside its place, checks its sum, and moves it there; so a file is there
whole or not at all, and a download that was cut off leaves nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.errors import CancelledError, DatasetError
from engine.pictures import pen_digits
from engine.pictures.datasets import MAX_FILE_BYTES, OFFICIAL_MD5, data_root
from engine.pictures.pen_digits import PEN_DIGITS

if TYPE_CHECKING:
    import requests

MIRRORS: dict[str, tuple[str, ...]] = {
    "MNIST": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "KMNIST": ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    "FashionMNIST": ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    PEN_DIGITS: (
        "https://archive.ics.uci.edu/ml/machine-learning-databases/pendigits/",
        "http://archive.ics.uci.edu/ml/machine-learning-databases/pendigits/",
    ),
}
"""Where the files lie; the sums of what arrives are checked, so http will do."""

DOWNLOAD_BYTES = {
    "MNIST": 11_594_722,
    "KMNIST": 21_240_888,
    "FashionMNIST": 30_878_645,
    PEN_DIGITS: 952_897,
}
"""About so much has to come, all files of a set together."""

SECONDS_TO_CONNECT_AND_WAIT = (5, 20)
CHUNK_BYTES = 2**16


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
    if name not in MIRRORS:
        raise DatasetError(f"There is no data set {name!r}; there are: {', '.join(MIRRORS)}.")
    if name == PEN_DIGITS:
        return _download_pens(root, on_progress, is_cancelled)
    folder = data_root(root) / name / "raw"
    sums = {
        f"{split}-{kind}-ubyte.gz": md5
        for split in ("train", "t10k")
        for kind, md5 in zip(("images-idx3", "labels-idx1"), OFFICIAL_MD5[name, split], strict=True)
    }
    for number, (file, md5) in enumerate(sums.items()):
        _fetch(name, folder, file, md5, _Bar(on_progress, is_cancelled, file, number, len(sums)))
    return folder


def _download_pens(
    root: Path | None,
    on_progress: Callable[[DownloadProgress], None],
    is_cancelled: Callable[[], bool],
) -> Path:
    folder, file = data_root(root) / pen_digits.FOLDER, pen_digits.FILES[0]
    try:
        pen_digits.load_pens(root)
    except DatasetError:
        (folder / file).unlink(missing_ok=True)  # a damaged one would pass for a whole one
        _fetch(PEN_DIGITS, folder, file, None, _Bar(on_progress, is_cancelled, file, 0, 1))
        try:
            pen_digits.load_pens(root)
        except DatasetError:
            (folder / file).unlink(missing_ok=True)
            raise
    return folder


def _fetch(name: str, folder: Path, file: str, md5: str | None, bar: "_Bar") -> None:
    """Try one mirror after another; raise DatasetError with the last one's reason.

    Without `md5` the caller checks what came.
    """
    import pooch  # noqa: PLC0415 - loads requests, which only a download needs
    import requests  # noqa: PLC0415

    pooch.get_logger().setLevel("ERROR")
    reason = ""
    for mirror in MIRRORS[name]:
        bar.reset()
        fetch = pooch.HTTPDownloader(
            progressbar=bar,
            chunk_size=CHUNK_BYTES,
            timeout=SECONDS_TO_CONNECT_AND_WAIT,
            headers={"Accept-Encoding": "identity"},
        )
        try:
            known = f"md5:{md5}" if md5 else None
            pooch.retrieve(mirror + file, known, file, folder, downloader=fetch)
        except requests.RequestException as error:
            reason = _why(error, mirror)
        except ValueError:
            reason = f"{_host(mirror)} sent a file that is not the official one"
        except OSError as error:
            raise DatasetError(
                f"{name} could not be downloaded: {folder / file} cannot be written "
                f"({error.strerror or error}); make room, or name another folder."
            ) from error
        else:
            bar.finish()
            return
    raise DatasetError(
        f"{name} could not be downloaded: {reason}; try again later, or put {file} into {folder}."
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
        file: str,
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
        if self._done > MAX_FILE_BYTES + CHUNK_BYTES:
            raise ValueError("larger than any official file")
        done = min(self._done, self.total) if self.total else self._done
        self._tell(DownloadProgress(self._file, done, self.total, self._number, self._files))

    def reset(self) -> None:
        """Begin again at nothing."""
        self._done = 0

    def close(self) -> None:
        """Do nothing: the file is complete only once its sum is right."""

    def finish(self) -> None:
        """Tell that the file is complete."""
        self._tell(
            DownloadProgress(self._file, self.total, self.total, self._number + 1, self._files)
        )
