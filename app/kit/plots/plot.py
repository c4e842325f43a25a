"""A plot in the window's own style: points that can be hovered, clicked and walked through.

Importing this module loads pyqtgraph, which takes a while: import it when a plot is first needed.
"""

from collections.abc import Collection, Sequence
from math import hypot, log10

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.kit.basics import label
from app.kit.following import Following
from app.kit.plots.axes import ValueAxis, WholeAxis, style_axes
from app.kit.plots.data import Axes, PlotPoint, ReferenceLine, Series
from app.kit.plots.items import Drawn, PlotItems
from app.kit.theme import Theme

REACH = 3.0
"""A point answers to the pointer from this many spacing units away."""
LATER_MS = 15
"""After a change of size a plot is painted so much later than the rest of the window."""
ROOM = 0.12
"""Share of the plot that is left free around the points."""


class Plot(QFrame):
    """Series of points under one title; below it `surface` is pyqtgraph's, `tip` names a point.

    Signals: `hovered(index)` and `clicked(index)` with the index of a point; `hovered(-1)` when
    the pointer leaves the points. The arrow keys walk along the points, Return clicks.
    """

    hovered = Signal(int)
    clicked = Signal(int)

    def __init__(self, axes: Axes, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._axes = axes
        self._series: tuple[Series, ...] = ()
        self._lines: tuple[ReferenceLine, ...] = ()
        self._selected: frozenset[int] = frozenset()
        self._current: PlotPoint | None = None
        self.title = label(axes.title, "title")
        self.tip = label("", "caption")
        self.tip.setParent(self)
        self.tip.setProperty("panel", "overlay")
        self.tip.hide()
        self._left = ValueAxis(axes)
        items = {"left": self._left, "bottom": WholeAxis()}
        self.surface = pg.PlotWidget(enableMenu=False, axisItems=items)
        self._items = PlotItems(self.surface, theme)
        self._empty = label(axes.empty, "body", "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._prepare()
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(lambda: self.surface.setUpdatesEnabled(True))
        layout = QVBoxLayout(self)
        theme.space(layout, gap=0.5)
        layout.addWidget(self.title)
        layout.addWidget(self.surface, 1)
        layout.addWidget(self._empty, 1)
        self.set_axes(axes)
        Following(self, self._restyle, theme.changed, is_behind=False)
        self._drawing = Following(self, self._draw, is_behind=False)

    def _prepare(self) -> None:
        view = self.surface
        view.setMouseEnabled(False, False)
        view.hideButtons()
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAccessibleName("Points")
        view.setCacheMode(view.CacheModeFlag.CacheNone)  # a cached background is an image in SVG
        view.scene().sigMouseMoved.connect(self._hover)
        view.scene().sigMouseClicked.connect(self._click)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- what it shows

    def set_axes(self, axes: Axes) -> None:
        """Replace what the axes mean."""
        self._axes = self._left.axes = axes
        self.title.setText(axes.title)
        self._left.setLogMode(y=axes.log_y)
        ticks = [list(axes.x_ticks), []] if axes.x_ticks else None
        self.surface.getAxis("bottom").setTicks(ticks)
        self._restyle()
        self._describe()

    def show_series(self, series: Sequence[Series], lines: Sequence[ReferenceLine] = ()) -> None:
        """Show these series and lines, and nothing of what was there before."""
        self._series, self._lines = tuple(series), tuple(lines)
        self._current = None
        self._drawing.take()
        self._describe()

    def select(self, indices: Collection[int]) -> None:
        """Put a ring around the points with these indices."""
        self._selected = frozenset(indices)
        self._draw_rings()

    def points(self) -> list[PlotPoint]:
        """Return every point that can be shown, left to right; zero has no place on a logarithm."""
        shown = [point for series in self._series for point in self._fitting(series)]
        return sorted(shown, key=lambda point: (point.x, point.y))

    def place_of(self, point: PlotPoint) -> QPoint:
        """Return where a point lies in this widget."""
        drawn = self._drawn(point)
        scene = self.surface.getViewBox().mapViewToScene(QPointF(drawn.x, drawn.y))
        return QPoint(self.surface.viewport().mapTo(self, self.surface.mapFromScene(scene)))

    def _has_points(self) -> bool:
        """Tell whether there are points of one's own; somebody else's alone say nothing."""
        return any(point.index >= 0 for point in self.points())

    def _fitting(self, series: Series) -> list[PlotPoint]:
        return [point for point in series.points if point.y > 0 or not self._axes.log_y]

    def _height(self, y: float) -> float:
        return log10(y) if self._axes.log_y else y

    def _drawn(self, point: PlotPoint) -> Drawn:
        y = self._height(point.y)
        ends = (point.low, point.high)
        low, high = (
            y if end is None or (self._axes.log_y and end <= 0) else self._height(end)
            for end in ends
        )
        return Drawn(point.x, y, low, high)

    def _draw(self) -> None:
        self._items.show_lines([(self._height(line.y), line.label) for line in self._lines])
        self._items.show_series(
            [
                (series, [self._drawn(point) for point in sorted(self._fitting(series), key=_x)])
                for series in self._series
            ]
        )
        self._draw_rings()
        self._set_range()
        self.surface.setVisible(self._has_points())
        self._empty.setHidden(self._has_points())

    def _set_range(self) -> None:
        drawn = [self._drawn(point) for point in self.points()]
        ends = [y for each in drawn for y in (each.low, each.high)]
        ends += [self._height(line.y) for line in self._lines]
        places = [place for place, _ in self._axes.x_ticks] + [each.x for each in drawn]
        if self._axes.from_zero and not self._axes.log_y:
            ends.append(0.0)
        view = self.surface.getViewBox()
        view.setXRange(*_spread(places, 2.0), padding=ROOM)
        view.setYRange(*_spread(ends), padding=ROOM)

    def _draw_rings(self) -> None:
        self._items.show_rings(
            [
                self._drawn(point)
                for point in self.points()
                if point is self._current or point.index in self._selected
            ]
        )

    def _restyle(self) -> None:
        style_axes(self.surface, self._axes, self._theme)
        self._draw()

    def _describe(self) -> None:
        count = len(self.points())
        self.setAccessibleName(f"{self._axes.title} against {self._axes.x_title}")
        names = ", ".join(series.label for series in self._series)
        self.setAccessibleDescription(f"{count} points: {names}" if count else self._axes.empty)

    # --- what a person does

    def nearest(self, place: QPointF | QPoint) -> PlotPoint | None:
        """Return the point within reach of a place in this widget, the nearest if several are."""

        def distance(point: PlotPoint) -> float:
            there = self.place_of(point)
            return hypot(there.x() - place.x(), there.y() - place.y())

        found = min(self.points(), key=distance, default=None)
        if found is None or distance(found) > self._theme.px(REACH):
            return None
        return found

    def _at(self, scene: QPointF) -> PlotPoint | None:
        return self.nearest(self.surface.viewport().mapTo(self, self.surface.mapFromScene(scene)))

    def _hover(self, scene: QPointF) -> None:
        self._go_to(self._at(scene))

    def _go_to(self, point: PlotPoint | None) -> None:
        if point is self._current:
            return
        self._current = point
        self._draw_rings()
        self.tip.setVisible(point is not None and bool(point.text))
        if point is not None:
            self._show_tip(point)
        self.hovered.emit(-1 if point is None else point.index)

    def _show_tip(self, point: PlotPoint) -> None:
        self.setAccessibleDescription(point.text)
        self.tip.setText(point.text)
        self.tip.adjustSize()
        away = self._theme.px(REACH)
        place = self.place_of(point) + QPoint(away, -away - self.tip.height())
        room = self.rect().bottomRight() - self.tip.rect().bottomRight()
        self.tip.move(max(0, min(place.x(), room.x())), max(0, min(place.y(), room.y())))
        self.tip.raise_()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: D102 - Qt's
        super().leaveEvent(event)
        self._go_to(None)

    def _click(self, event: object) -> None:
        point = self._at(event.scenePos())  # type: ignore[attr-defined]
        if point is not None and point.index >= 0:
            self.clicked.emit(point.index)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        # Three plots take as long to paint as all that stands beside them, so they come after it.
        if event.oldSize().isValid():
            self.surface.setUpdatesEnabled(False)
            self._later.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        points = self.points()
        if step and points:
            here = points.index(self._current) if self._current in points else -step
            self._go_to(points[(here + step) % len(points)] if here >= 0 else points[-(step < 0)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            if self._current.index >= 0:
                self.clicked.emit(self._current.index)
        else:
            super().keyPressEvent(event)


def _spread(values: Sequence[float], around: float = 0.5) -> tuple[float, float]:
    """Return the ends of a range that shows these values; a single one has room `around` it."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    return (low, high) if high > low else (low - around, high + around)


def _x(point: PlotPoint) -> float:
    return point.x
