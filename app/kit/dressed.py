"""A part of a window that is kept as the theme wants it.

Qt styles every widget of a part again for each new sheet; with all views open that would hold up
the window for 0.7 s (1,400 widgets, measured). So parts follow one after the other, those that are
seen first, and each at the latest when it is shown.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class Applier:
    """What is done for `owner` after each change of the theme, as long as that lives."""

    def __init__(self, owner: QObject, act: Callable[[], None], among: "list[Applier]") -> None:
        self.act = act
        self._owner = owner
        self._among = among
        among.append(self)
        owner.destroyed.connect(lambda: self._among.remove(self))

    def move(self, among: "list[Applier]") -> None:
        """Be one of others from now on."""
        self._among.remove(self)
        self._among = among
        among.append(self)

    def place(self, parts: "Mapping[QObject, Dressed]") -> "Dressed | None":
        """Return the part of a window in which its owner is by now, None if in no one."""
        above: QObject | None = self._owner
        while above is not None and above not in parts:
            above = above.parent()
        return None if above is None else parts[above]


class Dressed(QObject):
    """Attributes: `part`, its parent; `appliers`, what else is done for it when it is dressed."""

    def __init__(self, part: QWidget, sheet: str) -> None:
        super().__init__(part)
        self.part = part
        self.appliers: list[Applier] = []
        self._wanted = sheet
        self._is_behind = False
        part.setStyleSheet(sheet)
        part.installEventFilter(self)

    @property
    def is_seen_behind(self) -> bool:
        """Tell whether the part is seen as it is no longer wanted."""
        return self._is_behind and self.part.isVisible()

    def want(self, sheet: str) -> None:
        """Say what the part is to wear, as soon as there is time or it is shown."""
        self._wanted = sheet
        self._is_behind = True

    def put_on(self) -> bool:
        """Dress the part as it is wanted; return whether that was anything new."""
        was_behind, self._is_behind = self._is_behind, False
        if was_behind:
            for applier in self.appliers:
                applier.act()
            self.part.setStyleSheet(self._wanted)
        return was_behind

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() is QEvent.Type.Show:
            self.put_on()
        return super().eventFilter(watched, event)
