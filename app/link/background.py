"""Short work outside the main thread: reading a picture, loading a model for the forecast.

The thread is Python's: of a QRunnable that its pool deletes, PySide keeps the Python half, and
gives it out for the next widget that happens to lie at the same address.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot


class Background(QObject):
    """Runs functions in one other thread; of those with the same name only the last counts."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(1, "background")
        self._is_closed = False
        self._latest: dict[str, int] = {}
        self._finished.connect(self._deliver)

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        on_value: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Call `work` in the thread, then one of the others in the main thread."""
        if self._is_closed:
            return
        turn = self._latest.get(name, 0) + 1
        self._latest[name] = turn

        def task() -> None:
            if self._latest[name] != turn:
                return
            try:
                value, callback = work(), on_value
            except Exception as error:  # noqa: BLE001 - passed on to whoever asked
                value, callback = error, on_error
            self._finished.emit((name, turn, callback, value))

        self._thread.submit(task)

    def close(self) -> None:
        """Forget what is queued and wait for what runs."""
        self._latest = dict.fromkeys(self._latest, -1)
        self._is_closed = True
        self._thread.shutdown(cancel_futures=True)

    @Slot(object)
    def _deliver(self, result: tuple[str, int, Callable[[Any], None], Any]) -> None:
        name, turn, callback, value = result
        if self._latest[name] == turn:
            callback(value)
