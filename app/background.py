"""Short work outside the main thread: reading a picture, loading a model for the forecast."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

WAIT_MILLISECONDS = 5000


class Background(QObject):
    """Runs functions in one thread of a pool; of those with the same name only the last counts."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._latest: dict[str, int] = {}
        self._finished.connect(self._deliver)

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        on_value: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Call `work` in the pool, then one of the others in the main thread."""
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

        self._pool.start(QRunnable.create(task))

    def close(self) -> None:
        """Forget what is queued and wait for what runs."""
        self._latest = dict.fromkeys(self._latest, -1)
        self._pool.clear()
        self._pool.waitForDone(WAIT_MILLISECONDS)

    @Slot(object)
    def _deliver(self, result: tuple[str, int, Callable[[Any], None], Any]) -> None:
        name, turn, callback, value = result
        if self._latest[name] == turn:
            callback(value)
