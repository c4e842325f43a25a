"""A widget that follows what happens only while it is seen."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, SignalInstance, Slot
from PySide6.QtWidgets import QWidget


class Following(QObject):
    """Calls `show` after each of some signals while `widget` is seen.

    What happens while it is not costs nothing: it is caught up with, once, as soon as the widget is
    shown. With `pause_ms` what comes in so short a time is shown together. `is_behind` is False
    where the widget was filled as it was made.
    """

    def __init__(
        self,
        widget: QWidget,
        show: Callable[[], None],
        *signals: SignalInstance,
        pause_ms: int = 0,
        is_behind: bool = True,
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._show = show
        self._is_behind = is_behind
        self._soon = QTimer(self, singleShot=True, interval=pause_ms)
        self._soon.timeout.connect(self._catch_up)
        for signal in signals:
            signal.connect(self.take)
        widget.installEventFilter(self)

    @Slot()
    def take(self) -> None:
        """Follow something that has happened."""
        self._is_behind = True
        if not self._soon.interval():
            self._catch_up()
        elif self._widget.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _catch_up(self) -> None:
        if self._is_behind and self._widget.isVisible():
            self._is_behind = False
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() is QEvent.Type.Show:
            self._catch_up()
        return super().eventFilter(watched, event)
