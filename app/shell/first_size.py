"""How large the window is at its first start: most of the screen, its frame included."""

from PySide6.QtCore import QRect

SHARE = 0.85
TITLE_BAR, BORDER = 48, 8
"""Room for the frame, which is only known once it is there; no usual one is larger."""


def first_geometry(available: QRect, usual_width: int, usual_height: int) -> QRect:
    """Return where the window stands inside its frame, in the middle of the `available` screen.

    It has its usual size, more on a large screen, less where the frame would not fit.
    """
    room = available.adjusted(BORDER, TITLE_BAR - BORDER, -BORDER, -BORDER)
    width = min(room.width(), max(usual_width, round(SHARE * available.width())))
    height = min(room.height(), max(usual_height, round(SHARE * available.height())))
    left, top = (room.width() - width) // 2, (room.height() - height) // 2
    return QRect(room.x() + left, room.y() + top, width, height)
