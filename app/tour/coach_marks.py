"""The tour's marks: a ring around the part that is meant, and a card beside it.

The ring lets the mouse through and nothing takes the focus, so that one can work during the tour.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.tour.steps import STOPS, Tour


class CoachMarks(QWidget):
    """Lies over `room`; the stops name attributes of `view`, a part of it. Attribute: `card`."""

    def __init__(self, tour: Tour, theme: Theme, view: QWidget, room: QWidget) -> None:
        super().__init__(room)
        self._tour = tour
        self._theme = theme
        self._view = view
        self._room = room
        self.card = CoachCard(tour, theme, room)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("The part that the tour is about")
        view.installEventFilter(self)
        theme.changed.connect(self._place)
        tour.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        on = self._tour.stop is not None and self._view.isVisible()
        for each in (self, self.card):
            each.setVisible(on)
            each.raise_()
        self.card.refresh()
        self._place()

    def _target(self) -> QRect:
        stop = self._tour.stop
        if stop is None:
            return QRect()
        part: QWidget = getattr(self._view, stop.part)
        return QRect(part.mapTo(self._room, QPoint(0, 0)), part.size())

    def _place(self) -> None:
        if self._tour.stop is None:
            return
        self.setGeometry(self._room.rect())
        self.card.fit()
        self.card.move(card_place(self._target(), self.card.rect(), self.rect(), self._theme.px(3)))
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        elif event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._show()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width, radius = self._theme.px(0.75), self._theme.px(2)
            painter.setPen(QPen(self._theme.color("encrypted"), width))
            ring = QRectF(self._target()).adjusted(*(width * k for k in (-1.5, -1.5, 1.5, 1.5)))
            painter.drawRoundedRect(ring, radius, radius)


class CoachCard(QFrame):
    """Tells one stop. Attributes: `title`, `text`, and the buttons `back`, `forward`, `end`."""

    def __init__(self, tour: Tour, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Tour")
        self._tour = tour
        self.title = label("", "title", "encrypted")
        self.text = label("", "body", wrap=True)
        self._count = label("", "caption")
        self.end = push_button("End tour (Esc)", "small")
        self.back = push_button("Back", "small")
        self.forward = push_button("Next", "small")
        theme.fix(self, 74, None)
        self._column = column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=2)
        column.addWidget(self.title)
        column.addWidget(self.text)
        row = QHBoxLayout()
        theme.space(row, gap=1.5)
        row.addWidget(self._count, 1)
        for button, slot in (
            (self.end, tour.end),
            (self.back, tour.back),
            (self.forward, tour.forward),
        ):
            button.clicked.connect(slot)
            row.addWidget(button)
        column.addLayout(row)

    def fit(self) -> None:
        """Become as high as the text is at the card's own width."""
        width = self.minimumWidth()  # the theme's; Qt's own choice is for a wider one
        self.resize(width, self._column.totalHeightForWidth(width))

    def refresh(self) -> None:
        """Tell the present stop."""
        place, stop = self._tour.place, self._tour.stop
        if place is None or stop is None:
            return
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self._count.setText(f"{place + 1} of {len(STOPS)}")
        self.back.setEnabled(place > 0)
        self.forward.setText("Next" if place + 1 < len(STOPS) else "Done")
        self.setAccessibleDescription(f"{stop.title}. {stop.text}")


def card_place(target: QRect, card: QRect, room: QRect, gap: int) -> QPoint:
    """Return where a card lies beside its target: right, left, below or above, inside `room`."""
    middle = target.center() - card.center()
    places = (
        QPoint(target.right() + gap, middle.y()),
        QPoint(target.left() - gap - card.width(), middle.y()),
        QPoint(middle.x(), target.bottom() + gap),
        QPoint(middle.x(), target.top() - gap - card.height()),
    )
    for place in places:
        kept = _inside(place, card, room)
        if not QRect(kept, card.size()).intersects(target):
            return kept
    return _inside(places[0], card, room)


def _inside(place: QPoint, card: QRect, room: QRect) -> QPoint:
    x = min(max(place.x(), 0), room.width() - card.width())
    y = min(max(place.y(), 0), room.height() - card.height())
    return QPoint(x, y)
