"""A part of a window that wears the theme's style sheet.

Qt styles every widget of a part again for each new sheet; with all views open that would hold up
the window for 0.7 s (1,400 widgets, measured). So only what is seen changes at once.
"""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class Dressed(QObject):
    """Puts the sheet that is `wanted` onto its parent, at the latest when that is shown."""

    def __init__(self, part: QWidget, sheet: str) -> None:
        super().__init__(part)
        self._part = part
        self._wanted = sheet
        part.setStyleSheet(sheet)
        part.installEventFilter(self)

    def want(self, sheet: str) -> None:
        """Wear another sheet: now, if the part is seen."""
        self._wanted = sheet
        if self._part.isVisible():
            self.put_on()

    def put_on(self) -> bool:
        """Wear what is wanted; return whether that was anything new."""
        if self._part.styleSheet() == self._wanted:
            return False
        self._part.setStyleSheet(self._wanted)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() is QEvent.Type.Show:
            self.put_on()
        return super().eventFilter(watched, event)
