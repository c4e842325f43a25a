"""How live mode does."""

from PySide6.QtCore import QObject, Signal

from app.state.records import LiveFigures


class Live(QObject):
    """Its `figures`; signal `changed`."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.figures = LiveFigures()

    @property
    def is_on(self) -> bool:
        """Tell whether what is drawn is classified at once."""
        return self.figures.is_on

    def set_figures(self, figures: LiveFigures) -> None:
        """Replace the figures."""
        self.figures = figures
        self.changed.emit()
