"""What happens to an exception that nobody expected: logged, shown once, and the window goes on.

The log has tracebacks and the exceptions' own words: no picture, ciphertext, key or score is ever
put into one on purpose, and faults inside the engine's processes come without their words.
"""

import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QObject, Signal

from engine.errors import CipherSketchError, InternalError

MAX_LOG_BYTES = 200_000
LOG_FILES = 3


UNEXPECTED = "Something unexpected went wrong; the details are in the notice below."


def is_expected(error: Exception) -> bool:
    """Tell whether an error's own sentence is meant for the person, or it is a fault to report."""
    return isinstance(error, CipherSketchError) and not isinstance(error, InternalError)


def sentence_of(error: Exception) -> str:
    """Return what to tell of an error: its own sentence if it was expected."""
    return str(error) if is_expected(error) else UNEXPECTED


def default_log_path() -> Path:
    """Return where the log lies on this machine."""
    folder = platformdirs.user_log_dir("ciphersketch", appauthor=False)
    return Path(folder) / "ciphersketch.log"


class CrashReporter(QObject):
    """Catches exceptions of every thread once `install` was called.

    Signal `crashed(sentence, details)` fires in the main thread, once for each place in the code.
    """

    crashed = Signal(str, str)

    def __init__(self, log_path: Path) -> None:
        super().__init__()
        self._log_path = log_path
        self._seen: set[tuple[str, str]] = set()
        self._logger = logging.Logger("ciphersketch")  # noqa: LOG001 - apart from all others
        self._handler: logging.Handler = logging.NullHandler()

    def install(self) -> None:
        """Take over `sys.excepthook` and `threading.excepthook`, and open the log."""
        try:
            self._log_path.parent.mkdir(parents=True, exist_ok=True)
            self._handler = RotatingFileHandler(
                self._log_path, maxBytes=MAX_LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
            )
        except OSError:
            self._handler = logging.StreamHandler()
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        self._logger.addHandler(self._handler)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def uninstall(self) -> None:
        """Give the hooks back and close the log."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        self._logger.removeHandler(self._handler)
        self._handler.close()

    def report(self, error: BaseException) -> None:
        """Log an exception; the first from each place is shown as well."""
        inside = error.details if isinstance(error, InternalError) else ""
        details = "".join(traceback.format_exception(error)) + inside
        self._logger.error("%s", details)
        frames = traceback.extract_tb(error.__traceback__)
        place = inside or (f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "")
        if (type(error).__name__, place) not in self._seen:
            self._seen.add((type(error).__name__, place))
            self.crashed.emit(
                f"Something unexpected happened ({type(error).__name__}); the window goes on.",
                f"Written to {self._log_path}\n\n{details}",
            )

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.report(error.with_traceback(trace))

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_value)
