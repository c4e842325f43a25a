from math import log10
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kit.palette import DARK
from app.kit.picture_file import png_bytes, svg_bytes
from app.kit.plots.axes import ValueAxis
from app.kit.plots.data import Axes, PlotPoint, ReferenceLine, Series, model_marks, series_by_model
from app.kit.plots.plot import Plot
from app.kit.theme import Theme
from app.kit.wording import time_text

TIMES = Axes("Time", "Bit scale", time_text, log_y=True)
SERIES = (
    Series("MNIST", (PlotPoint(24, 0.5, index=7, text="run 7"), PlotPoint(26, 2.0, 1.0, 4.0, 8))),
    Series("Poster", (PlotPoint(28, 9.0, text="poster"),), "diamond", "muted", hollow=True),
)
MODELS = [f"{name}-network{n}" for name in ("fashionmnist", "kmnist", "mnist") for n in (1, 2)]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> Plot:
    plot = Plot(TIMES, theme)
    qtbot.addWidget(plot)
    plot.setFixedSize(420, 240)
    plot.show()
    plot.show_series(SERIES, [ReferenceLine(5.0, "5 s")])
    plot.grab()
    return plot


@pytest.mark.parametrize(
    ("least", "most"), [(0.052, 0.094), (0.05, 3.0), (0.001, 90.0), (0.0402, 0.0409)]
)
def test_a_logarithm_always_has_ticks_and_never_too_many(
    qapp: QApplication, least: float, most: float
) -> None:
    axis = ValueAxis(TIMES)
    ((_, places),) = axis.tickValues(log10(least), log10(most), 100.0)
    texts = axis.tickStrings(places, 1.0, 1.0)

    assert 2 <= len(places) <= 5
    assert all(least <= 10**place <= most for place in places)
    assert len(texts) == len(places)


def test_larger_type_has_fewer_ticks() -> None:
    counts = []
    for zoom in (1.0, 3.0):
        axis = ValueAxis(TIMES)
        axis.zoom = zoom
        ((_, places),) = axis.tickValues(-3.0, 1.0, 400.0)
        counts.append(len(places))
    assert counts[1] < counts[0]


def test_a_point_is_found_where_it_is_drawn_and_nowhere_else(plot: Plot) -> None:
    for point in plot.points():
        assert plot.nearest(plot.place_of(point)) is point
    assert plot.nearest(plot.rect().topLeft()) is None


def test_higher_values_are_drawn_higher(plot: Plot) -> None:
    heights = [plot.place_of(point).y() for point in plot.points()]
    assert heights == sorted(heights, reverse=True)


def test_a_click_on_a_point_gives_its_number(plot: Plot, qtbot: QtBot) -> None:
    viewport = plot.surface.viewport()
    place = viewport.mapFrom(plot, plot.place_of(SERIES[0].points[1]))
    with qtbot.waitSignal(plot.clicked) as clicked:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == [8]


def test_hovering_gives_the_number_of_a_point_and_leaving_minus_one(
    plot: Plot, qtbot: QtBot
) -> None:
    viewport = plot.surface.viewport()
    seen: list[int] = []
    plot.hovered.connect(seen.append)
    place = QPointF(viewport.mapFrom(plot, plot.place_of(SERIES[0].points[0])))
    none = Qt.MouseButton.NoButton
    keys = Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, place, viewport.mapToGlobal(place), none, none, keys)
    QApplication.sendEvent(viewport, move)  # the pointer itself may be there from an earlier test
    qtbot.waitUntil(lambda: seen == [7])
    assert plot.tip.text() == "run 7"
    assert plot.rect().contains(plot.tip.geometry())
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))

    assert seen == [7, -1]
    assert not plot.tip.isVisible()


def test_the_arrow_keys_walk_along_the_points_and_return_opens_one(
    plot: Plot, qtbot: QtBot
) -> None:
    hovered: list[int] = []
    clicked: list[int] = []
    plot.hovered.connect(hovered.append)
    plot.clicked.connect(clicked.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right,
                Qt.Key.Key_Return, Qt.Key.Key_Right):  # fmt: skip
        qtbot.keyClick(plot, key)

    assert hovered == [7, 8, -1, 7]
    assert clicked == [8]
    assert plot.accessibleDescription() == "run 7"


def test_nothing_breaks_without_points_or_with_a_zero_on_a_logarithm(plot: Plot) -> None:
    plot.show_series([])
    plot.grab()
    assert plot.accessibleDescription() == "No points yet"
    assert plot.surface.isHidden()
    assert not plot._empty.isHidden()
    plot.show_series([Series("zero", (PlotPoint(1, 0.0), PlotPoint(2, 1.0, 0.0, 2.0)))])
    plot.grab()
    assert [point.x for point in plot.points()] == [2]


def test_it_follows_the_colours(plot: Plot, theme: Theme, qtbot: QtBot) -> None:
    theme.use(DARK)
    qtbot.waitUntil(lambda: theme.is_settled)
    image = plot.surface.grab().toImage()
    assert image.pixelColor(1, 1).name() == DARK.surface


def test_it_is_saved_as_a_sharp_png(plot: Plot) -> None:
    assert QImage.fromData(png_bytes(plot)).size() == plot.size() * 2 == QSize(840, 480)


def test_it_is_saved_as_an_svg_of_shapes_and_text(plot: Plot) -> None:
    text = svg_bytes(plot).decode()
    root = ET.fromstring(text)

    assert root.tag.endswith("svg")
    assert "<image" not in text
    assert "Bit scale" in text


def test_every_model_has_a_mark_of_its_own() -> None:
    marks = model_marks(MODELS)
    assert len({mark.symbol for mark in marks.values()}) == len(MODELS)
    assert marks["mnist-network1"].color == marks["mnist-network2"].color


def test_points_are_gathered_by_model_in_a_fixed_order() -> None:
    points = [(name, PlotPoint(place, 1)) for place, name in enumerate(reversed(MODELS))]
    series = series_by_model(points, model_marks(MODELS))
    assert [each.points[0].x for each in series] == [5, 4, 3, 2, 1, 0]
