"""Digits as strokes of a pen, read from UNIPEN files such as UCI's pen digits.

E. Alpaydin and F. Alimoglu, "Pen-Based Recognition of Handwritten Digits", UCI Machine Learning
Repository (1996): the original strokes, with the writer of each digit in its comment.
"""

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data_sets import lzw
from engine.errors import DatasetError

MAX_FILE_BYTES = 64 * 2**20
MAX_DIGITS = 100_000
MAX_POINTS = 5_000_000
COORDINATES = 1_000_000
"""Largest coordinate, either sign: no tablet has finer points."""

Line = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PenDigit:
    """One digit: its label, 0 to 9, its writer (-1 if not said), its lines (n, 2), y downwards."""

    label: int
    writer: int
    lines: tuple[Line, ...]


def load_pen_digits(path: Path) -> tuple[PenDigit, ...]:
    """Read a UNIPEN file, gzip, .Z or plain text; DatasetError if it is none, or too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise DatasetError(
            f"The strokes {path} cannot be read ({error.strerror}); name a UNIPEN file."
        ) from error
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, path.name)
    elif data[:2] == lzw.MAGIC:
        data = lzw.unpack(data, path.name, MAX_FILE_BYTES)
    if len(data) > MAX_FILE_BYTES:
        raise DatasetError(
            f"The strokes {path.name} are over {MAX_FILE_BYTES >> 20} MB; use a smaller file."
        )
    return parse_pen_digits(data, path.name)


def parse_pen_digits(data: bytes, name: str) -> tuple[PenDigit, ...]:
    """Read UNIPEN text; `name` begins the message of the DatasetError that anything else raises."""
    try:
        reader = _Reader()
        for line in data.decode("ascii").splitlines():
            reader.read(line)
        reader.end()
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise DatasetError(
            f"{name} is no UNIPEN file of digits ({error}); use one like UCI's pendigits-orig.tra."
        ) from error
    if not reader.digits:
        raise DatasetError(
            f"{name} holds no digit with strokes; use a UNIPEN file like UCI's pendigits-orig.tra."
        )
    return tuple(reader.digits)


def _unpacked(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{name} is not a whole gzip file ({error}); fetch it again.") from error


class _Reader:
    """Reads lines of UNIPEN: a segment names a digit, a comment its writer, a pen is up or down."""

    def __init__(self) -> None:
        self.digits: list[PenDigit] = []
        self._label, self._writer = -1, -1
        self._lines: list[Line] = []
        self._line: list[tuple[float, float]] | None = None
        self._points = 0

    def read(self, text: str) -> None:
        """Take one line of the file; ValueError or LookupError if it makes no sense."""
        words = text.split()
        if not words:
            return
        if words[0] == ".SEGMENT":
            self.end()
            self._label = int(words[-1].strip('"'))
            if not 0 <= self._label <= 9:
                raise ValueError(f"a label is {self._label}, not 0 to 9")
        elif words[0] == ".COMMENT" and len(words) > 2 and words[2].isdecimal():
            self._writer = int(words[2])
        elif words[0] == ".PEN_DOWN":
            self._line = []
        elif words[0] == ".PEN_UP":
            self._lift()
        elif self._line is not None and not words[0].startswith("."):
            self._line.append(self._point(words))

    def end(self) -> None:
        """Keep the digit that was read so far, if it has strokes."""
        self._lift()
        if self._lines and self._label >= 0:
            self.digits.append(PenDigit(self._label, self._writer, tuple(self._lines)))
            if len(self.digits) > MAX_DIGITS:
                raise ValueError(f"it holds over {MAX_DIGITS:,} digits")
        self._label, self._writer, self._lines = -1, -1, []

    def _lift(self) -> None:
        if self._line:
            self._lines.append(np.array(self._line, np.float32))
        self._line = None

    def _point(self, words: list[str]) -> tuple[float, float]:
        x, y = float(words[0]), float(words[1])
        if not (abs(x) <= COORDINATES and abs(y) <= COORDINATES):
            raise ValueError(f"a point is ({x:g}, {y:g}), over {COORDINATES:,}")
        self._points += 1
        if self._points > MAX_POINTS:
            raise ValueError(f"it holds over {MAX_POINTS:,} points")
        return x, -y
