"""The steps of a run in a row, stage by stage; a click or a drag goes to any of them."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.inside.viewing import Viewing
from app.kit.theme import Theme
from app.kit.wording import TERMS
from engine.inside.trace import Operation, Span, Trace
from engine.inside.words import tell

LOOKS: dict[Operation, tuple[str, float]] = {
    "pack": ("clear", 0.35),
    "encrypt": ("clear", 1.0),
    "rotate": ("encrypted", 1.0),
    "relinearize": ("encrypted", 1.0),
    "conjugate": ("encrypted", 1.0),
    "turn": ("series_2", 0.6),
    "multiply_plain": ("series_2", 0.6),
    "add_plain": ("series_2", 0.6),
    "add": ("control", 0.35),
    "sum": ("control", 0.35),
    "subtract": ("control", 0.35),
    "square": ("text", 0.8),
    "rescale": ("danger", 0.8),
    "decrypt": ("clear", 1.0),
}
"""The colour and the height of each operation's bar."""
LEGEND = (
    ("rotation, relinearisation", "encrypted", TERMS["key_switch"]),
    ("mask, bias", "series_2", TERMS["mask"]),
    ("addition", "control", "Addition of two ciphertexts, slot by slot; it costs hardly any time."),
    ("square", "text", "The activation: every slot times itself, all at once."),
    ("rescale", "danger", TERMS["rescaling"]),
    ("the key owner's", "clear", "What you do, who has the key: pack, encrypt and decrypt."),
)
HEIGHT = 14
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class TimeLine(QWidget):
    """Shows the steps of `viewing.trace`, and which of them is shown."""

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self._viewing = viewing
        self._theme = theme
        self._is_framed = False
        self._painted: tuple[object, QPixmap] | None = None
        self.setAccessibleName("The steps of the run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.fix(self, None, HEIGHT)
        for signal in (viewing.traced, viewing.stepped, theme.changed):
            signal.connect(self.update)
        viewing.stepped.connect(self._describe)

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self._theme.px(200), self._theme.px(HEIGHT))

    def _describe(self) -> None:
        trace = self._viewing.trace
        if trace is not None:
            self.setAccessibleDescription(f"Step {self._viewing.number + 1} of {len(trace.steps)}")

    # --- where things are

    def _spans(self) -> Iterator[tuple[Span, float, float]]:
        """Yield the stages with their left edge and width: as wide as a name, or more."""
        trace = self._viewing.trace
        if trace is None:
            return
        metrics = QFontMetrics(self._theme.font("caption"))
        gap = self._theme.px(1)
        least = [metrics.horizontalAdvance(stage_title(span)) + gap for span in trace.spans]
        room = max(0.0, self.width() - sum(least) - gap * (len(least) - 1))
        left = 0.0
        for span, width in zip(trace.spans, least, strict=True):
            share = (span.end - span.begin) / len(trace.steps)
            yield span, left, width + room * share
            left += width + room * share + gap

    def _box_of(self, number: int) -> QRectF:
        for span, left, width in self._spans():
            if span.begin <= number < span.end:
                each = width / (span.end - span.begin)
                return QRectF(left + (number - span.begin) * each, 0, each, self.height())
        return QRectF()

    def step_at(self, x: float) -> int:
        """Return the step at a place."""
        number = 0
        for span, left, width in self._spans():
            if x >= left:
                share = min(max(0.0, (x - left) / width), 0.9999)
                number = span.begin + int(share * (span.end - span.begin))
        return number

    # --- painting

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        trace = self._viewing.trace
        if trace is None:
            return
        with QPainter(self) as painter:
            painter.setFont(self._theme.font("caption"))
            names = QFontMetrics(painter.font()).height()
            painter.drawPixmap(0, names, self._bars(self.height() - names))
            for span, left, width in self._spans():
                is_shown = span.begin <= self._viewing.number < span.end
                painter.setPen(self._theme.color("text" if is_shown else "muted"))
                room = QRectF(left, 0, width, names)
                painter.drawText(room, Qt.AlignmentFlag.AlignLeft, stage_title(span))
            self._paint_place(painter, names)

    def _bars(self, height: int) -> QPixmap:
        """Return the bars of all steps, painted once for a trace and a size."""
        trace, sharpness = self._viewing.trace, self.devicePixelRatioF()
        assert trace is not None
        made_of = (trace.circuit, self.width(), height, sharpness, self._theme.palette.name)
        if self._painted is None or self._painted[0] != made_of:
            pixmap = QPixmap(round(self.width() * sharpness), round(height * sharpness))
            pixmap.setDevicePixelRatio(sharpness)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                self._paint_bars(painter, trace, height)
            self._painted = (made_of, pixmap)
        return self._painted[1]

    def _paint_bars(self, painter: QPainter, trace: Trace, height: int) -> None:
        colors = {name: self._theme.color(name) for name, _ in LOOKS.values()}
        for span, left, width in self._spans():
            painter.fillRect(QRectF(left, 0, width, height), self._theme.color("sunken"))
            each = width / (span.end - span.begin)
            thin = max(1.0, each - (1 if each > 3 else 0))
            for place, step in enumerate(trace.steps[span.begin : span.end]):
                color, share = LOOKS[step.operation]
                high = height * 0.9 * share
                bar = QRectF(left + place * each, height - high, thin, high)
                painter.fillRect(bar, colors[color])

    def _paint_place(self, painter: QPainter, top: float) -> None:
        box = self._box_of(self._viewing.number)
        line = QPen(self._theme.color("text"), max(1.5, self._theme.px(0.5)))
        painter.setPen(line)
        middle = box.center().x()
        painter.drawLine(QPointF(middle, top), QPointF(middle, self.height()))
        if self._is_framed:
            painter.setPen(QPen(self._theme.color("encrypted"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, top, -1, -1))

    # --- what a person does

    def event(self, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if isinstance(event, QHelpEvent) and self._viewing.trace is not None:
            self.setToolTip(self.step_text(self.step_at(event.pos().x())))
        return super().event(event)

    def step_text(self, number: int) -> str:
        """Return which step stands at a place: `Step 88: Multiply by a mask`."""
        trace = self._viewing.trace
        return "" if trace is None else f"Step {number + 1}: {tell(trace, number).title}"

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: D102 - Qt's
        self._is_framed = event.reason() in BY_KEY
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102 - Qt's
        self._is_framed = False
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        self._viewing.pause()
        self._viewing.go_to(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._viewing.go_to(self.step_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        if event.key() == Qt.Key.Key_Right:
            self._viewing.forward()
        elif event.key() == Qt.Key.Key_Left:
            self._viewing.back()
        else:
            super().keyPressEvent(event)


def stage_title(span: Span) -> str:
    """Return what a stage is called on the time line."""
    name, _, number = span.key.partition("-")
    known = {"conv": "convolution", "encrypt": "pack, encrypt", "scale": "linear"}
    return f"{known.get(name, name)} {number}".strip().capitalize()
