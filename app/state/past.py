"""The past runs, those of this window and of others."""

import time

from PySide6.QtCore import QObject, Signal

from app.state.stored_run import StoredRun


class Past(QObject):
    """`runs`, oldest first; `clock` tells when a run ended.

    Signals: `changed`; `run_finished(StoredRun)`, of this window.
    """

    changed = Signal()
    run_finished = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.runs: list[StoredRun] = []
        self.clock = time.time

    def set_runs(self, runs: list[StoredRun]) -> None:
        """Replace the past runs, oldest first."""
        self.runs = runs
        self.changed.emit()
