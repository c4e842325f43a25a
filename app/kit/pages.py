"""Pages that lie on each other, of which one is seen."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class Pages(QStackedWidget):
    """Only the page at the front says how much room is needed.

    Qt's own asks every page, whenever a text changes in the one that is seen: with all views of
    the window made, that was two thirds of what a live answer cost it (13 of 20 ms, measured).
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _place: self.updateGeometry())

    def hasHeightForWidth(self) -> bool:  # noqa: D102 - Qt's
        return False  # Qt would ask every page; pages take the room that there is

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint()
