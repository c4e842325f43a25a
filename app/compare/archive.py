"""Keeps the runs of the state and those in the run database the same, off the main thread.

What could not be written is kept and tried again, so a run is never lost while the window is open.
"""

import contextlib
from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.compare.store import Changes, NewerStoreError, RunStore, StoreError
from app.link.background import Background
from app.state.everything import AppState
from app.state.stored_run import StoredRun

LOOK_MS = 2000
"""How often it looks for runs of other windows, and tries again what failed."""

Runs = tuple[StoredRun, ...]


class Archive(QObject):
    """Pins, deletes and restores runs; `path` None keeps them in memory only.

    Signals: `told(sentence)` when something is wrong with the database or was mended;
    `bin_changed` when the runs that can be restored have changed.
    """

    told = Signal(str)
    bin_changed = Signal()

    def __init__(
        self, state: AppState, path: Path | None, report: Callable[[Exception], None]
    ) -> None:
        super().__init__(state)
        self._state = state
        self._report = report
        self._store = RunStore(path) if path is not None else None
        self._background = Background(self)
        self._busy = False
        self._saved: dict[str, StoredRun] = {}
        self._deleted: set[str] = set()
        self._bin: list[Runs] = []
        self._complaint = ""
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._sync)
        state.past.run_finished.connect(self._add)

    @property
    def can_restore(self) -> bool:
        """Tell whether deleted runs can be brought back."""
        return bool(self._bin)

    @property
    def is_settled(self) -> bool:
        """Tell whether everything is written."""
        return not self._busy and not self._saved and not self._deleted

    def start(self) -> None:
        """Read the runs that there are."""
        self._sync()
        self._look.start()

    def pin(self, ids: Collection[str], pinned: bool) -> None:
        """Pin runs, or take the pin away."""
        self._put([run.with_pin(pinned) for run in self._state.past.runs if run.id in ids])

    def delete(self, ids: Collection[str]) -> None:
        """Delete runs; `restore` brings them back."""
        gone = tuple(run for run in self._state.past.runs if run.id in ids)
        if gone:
            self._bin.append(gone)
            self._deleted.update(run.id for run in gone)
            for run in gone:
                self._saved.pop(run.id, None)
            self._show([run for run in self._state.past.runs if run.id not in self._deleted])
            self.bin_changed.emit()

    def restore(self) -> Runs:
        """Bring back the runs that were deleted last, and return them."""
        if not self._bin:
            return ()
        back = self._bin.pop()
        self._deleted.difference_update(run.id for run in back)
        self._put(back)
        self.bin_changed.emit()
        return back

    def close(self) -> None:
        """Write what is not written yet, and close the database."""
        self._look.stop()
        self._background.close()
        if self._store is not None:
            if self._saved or self._deleted:
                with contextlib.suppress(StoreError):  # told before, if it was tried before
                    self._store.sync(self._changes())
            self._store.close()
            self._store = None

    def _add(self, run: StoredRun) -> None:
        self._saved[run.id] = run
        self._sync()

    def _put(self, runs: Collection[StoredRun]) -> None:
        """Show these runs in place of those with the same ids, and have them written."""
        changed = {run.id: run for run in runs}
        self._saved |= changed
        others = [run for run in self._state.past.runs if run.id not in changed]
        self._show(sorted([*others, *runs], key=lambda run: run.at))

    def _show(self, runs: list[StoredRun]) -> None:
        self._state.past.set_runs(runs)
        self._sync()

    def _changes(self) -> Changes:
        return Changes(tuple(self._saved.values()), tuple(self._deleted))

    def _sync(self) -> None:
        store = self._store
        if store is None:
            self._saved.clear()
            self._deleted.clear()
        if store is None or self._busy:
            return
        self._busy = True
        changes = self._changes()
        self._background.run(
            "sync",
            lambda: store.sync(changes),
            lambda runs: self._written(changes, runs),
            self._failed,
        )

    def _written(self, changes: Changes, runs: Runs) -> None:
        self._busy = False
        self._complaint = ""
        for run in changes.saved:
            if self._saved.get(run.id) is run:
                del self._saved[run.id]
        self._deleted.difference_update(changes.deleted)
        there = {run.id: run for run in runs if run.id not in self._deleted}
        shown = sorted((there | self._saved).values(), key=lambda run: run.at)
        if shown != self._state.past.runs:
            self._state.past.set_runs(shown)
        self._tell_notices()
        if not self.is_settled:
            self._sync()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._tell_notices()
        if not isinstance(error, StoreError):
            self._report(error)
        elif str(error) != self._complaint:
            self._complaint = str(error)
            self.told.emit(str(error))
        if isinstance(error, NewerStoreError):
            self._look.stop()
            self._store = None

    def _tell_notices(self) -> None:
        if self._store is not None and self._store.notices:
            sentences, self._store.notices = self._store.notices, []
            self.told.emit(" ".join(sentences))
