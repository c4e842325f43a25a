"""Garbage is collected in the main thread only, where Qt's objects may be destroyed.

Python collects reference cycles in whichever thread happens to allocate. A closed dialog that is
part of one would then be destroyed in the engine's thread, which crashes Qt (seen as a
segmentation fault inside `json` in a worker thread).
"""

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000


class MainThreadCollector(QObject):
    """Takes collection over from Python until `stop`; what start-up made is never looked at."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    def collect_if_due(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        generations = [place for place, (count, limit) in enumerate(due) if count > limit]
        if generations:
            gc.collect(max(generations))

    def leave_out(self) -> None:
        """Never look again at what exists now and is no garbage.

        Once all views were made a full collection would take 25 ms every few seconds, as long as
        three live answers do; without what they are made of it takes 1 ms (measured).
        """
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Give collection back to Python, if it had it."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
