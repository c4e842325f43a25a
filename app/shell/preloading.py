"""Loads the modules of views that are not shown yet, where nobody waits for them."""

from collections.abc import Callable, Iterator
from itertools import islice

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal

from app.link.background import Background

NAMES_A_STEP = 10


class Preloading(QObject):
    """First makes Qt's classes, in the main thread; then imports the views in another.

    PySide makes a class when its name is first read. pyqtgraph reads all of them while it is
    imported; two threads making the same one crashed the program (4 of 150 starts with the
    machine busy, none of 300 since they are made first). Signal `loaded`: every view can be made.
    """

    loaded = Signal()

    def __init__(
        self, background: Background, report: Callable[[Exception], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._report = report
        self._classes = read_classes()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    def start(self) -> None:
        """Begin, and return at once."""
        self._timer.start()

    def close(self) -> None:
        """Begin nothing more."""
        self._timer.stop()

    def _step(self) -> None:
        if not list(islice(self._classes, NAMES_A_STEP)):
            self._timer.stop()
            self._background.run("views", import_views, self._tell_loaded, self._report)

    def _tell_loaded(self, _nothing: object) -> None:
        self.loaded.emit()


def read_classes() -> Iterator[object]:
    """Make the classes of the three modules of Qt that pyqtgraph reads, one by one."""
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            yield getattr(module, name)


def import_views() -> None:
    """Load pyqtgraph, the views that use it, and the engine's sweeps."""
    import app.compare.view  # noqa: PLC0415
    import app.sweep.link  # noqa: PLC0415
    import app.sweep.store  # noqa: PLC0415
    import app.sweep.view  # noqa: F401, PLC0415
