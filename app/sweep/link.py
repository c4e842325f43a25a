"""The thread that a sweep is relayed by: all measuring is in processes of the engine's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.sweep.choice import SweepOrder
from app.sweep.store import PICTURE_SOURCE
from engine.errors import CancelledError
from engine.studies.sweeps.records import SweepEvent

STOP_MILLISECONDS = 5000
WORKERS = 1
"""One pair of processes: times are those of an undisturbed cloud, and the window stays quick."""


class SweepRun(Protocol):
    """What the window needs of a sweep; `engine.studies.sweeps.running.Sweep` is the real one."""

    def run(self) -> Iterator[SweepEvent]:
        """Yield rows and progress as they come."""

    def cancel(self) -> None:
        """Make `run` raise CancelledError soon; from any thread."""


SweepOpener = Callable[[SweepOrder, Path], SweepRun]


def open_sweep(order: SweepOrder, folder: Path) -> SweepRun:
    """Make the real sweep; called in its thread, since it reads the data sets."""
    from engine.data_sets.samples import Samples, samples_for  # noqa: PLC0415 - as above
    from engine.planning.forecast import network_named  # noqa: PLC0415 - after the first window is shown
    from engine.studies.sweeps.records import SweepPlan  # noqa: PLC0415 - as above
    from engine.studies.sweeps.running import Sweep  # noqa: PLC0415 - as above
    from engine.studies.sweeps.workplaces import local_processes  # noqa: PLC0415 - as above

    models = dict.fromkeys(point.settings.model for point in order.points)
    if order.picture is None:
        samples = {name: samples_for(network_named(name), limit=order.pictures) for name in models}
    else:
        single = Samples(PICTURE_SOURCE, order.picture[None], None)
        samples = dict.fromkeys(models, single)
    return Sweep(SweepPlan(order.points, samples), folder, local_processes(WORKERS))


class SweepLink(QObject):
    """The main thread's end. Signals: `happened(SweepEvent)`, `ended(error or None)`."""

    happened = Signal(object)
    ended = Signal(object)

    def __init__(self, opener: SweepOpener, parent: QObject) -> None:
        super().__init__(parent)
        self._is_closed = False
        self._thread = _SweepThread(opener, self)
        self._thread.happened.connect(self.happened)
        self._thread.finished.connect(self._finish)

    def start(self, order: SweepOrder, folder: Path) -> None:
        """Begin a sweep; the one before must have ended."""
        self._thread.prepare(order, folder)
        self._thread.start()

    def cancel(self) -> None:
        """Stop it; `ended` follows."""
        self._thread.cancel()

    def close(self) -> None:
        """Stop it and wait until its processes have ended."""
        self._is_closed = True
        self._thread.cancel()
        self._thread.wait(STOP_MILLISECONDS)

    @Slot()
    def _finish(self) -> None:
        self._thread.wait()
        if not self._is_closed:
            self.ended.emit(self._thread.error)


class _SweepThread(QThread):
    happened = Signal(object)

    def __init__(self, opener: SweepOpener, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("sweep")
        self._opener = opener
        self._order: tuple[SweepOrder, Path] | None = None
        self._sweep: SweepRun | None = None
        self._is_cancelled = False
        self.error: Exception | None = None

    def prepare(self, order: SweepOrder, folder: Path) -> None:
        self._order = order, folder
        self._is_cancelled = False
        self.error = None

    def cancel(self) -> None:
        self._is_cancelled = True  # before the sweep is looked for; `run` does it the other way
        if self._sweep is not None:
            self._sweep.cancel()

    def run(self) -> None:
        assert self._order is not None
        try:
            self._sweep = self._opener(*self._order)
            if self._is_cancelled:
                raise CancelledError("Cancelled before it began.")
            for event in self._sweep.run():
                self.happened.emit(event)
        except Exception as error:  # noqa: BLE001 - passed on to the main thread
            self.error = error
        finally:
            self._sweep = None
