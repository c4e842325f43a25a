"""Live mode costs the views that are not seen nothing, and what they missed is there when shown."""

from typing import cast

import pytest
from PySide6.QtCore import QAbstractItemModel, QEvent, QObject
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from studio import THREE, Studio

from app.actions.views import DRAW, PROVE, VIEWS
from app.prove.texts import LOG
from app.prove.view import ProveView
from app.state.drawing import Drawing
from engine.pictures.strokes import Stroke

WORK = {
    QEvent.Type.Paint,
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.LayoutRequest,
    QEvent.Type.StyleChange,
    QEvent.Type.FontChange,
    QEvent.Type.PaletteChange,
    QEvent.Type.ToolTipChange,
    QEvent.Type.DynamicPropertyChange,
    QEvent.Type.UpdateRequest,
}
TURNS = 50
"""Plots are made in turns of the event loop, and what was just hidden may have some left to do."""


class Watch(QObject):
    """Remembers what the given widgets, and the models below them, had to do."""

    def __init__(self, application: QApplication, widgets: list[QWidget]) -> None:
        super().__init__()
        self.seen: list[object] = []
        self._watched = {each for widget in widgets for each in widget.findChildren(QWidget)}
        for widget in widgets:
            for model in widget.findChildren(QAbstractItemModel):
                for signal in (model.modelReset, model.rowsInserted, model.dataChanged):
                    signal.connect(lambda *_args, model=model: self.seen.append(model))
        self._application = application
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        if watched in self._watched and event.type() in WORK:
            self.seen.append((watched, event.type()))
        return False

    def take(self) -> list[object]:
        seen, self.seen = self.seen, []
        return seen

    def stop(self) -> None:
        self._application.removeEventFilter(self)


@pytest.fixture
def opened(studio: Studio) -> Studio:
    """Every view was opened once, and a run is there for each to show."""
    studio.draw()
    studio.classify()
    for view in (*VIEWS, DRAW):
        studio.window.views.show_view(view.key)
        studio.window.grab()
    studio.settle()
    return studio


def hidden(studio: Studio) -> list[QWidget]:
    shown = studio.window.views.shown_key
    return [studio.window.views.view(view.key) for view in VIEWS if view.key != shown]


def answer(studio: Studio, count: int) -> None:
    """Draw until there are so many more live answers."""
    live, drawn = studio.state.live, 0
    wanted = live.figures.answers + count
    while live.figures.answers < wanted:
        before, drawn = live.figures.answers, drawn + 1
        points = THREE[: 3 + drawn % (len(THREE) - 3)]
        studio.window.program.pictures.draw(Drawing((Stroke(points, 0.085),)))
        studio.qtbot.waitUntil(lambda before=before: live.figures.answers > before)


def test_views_that_are_not_seen_do_nothing_for_a_live_answer(
    opened: Studio, qapp: QApplication
) -> None:
    opened.window.actions_.live.trigger()
    watch = Watch(qapp, hidden(opened))
    for _ in range(TURNS):
        QApplication.processEvents()
    watch.take()
    answer(opened, 5)
    watch.stop()
    assert watch.take() == []


def test_the_message_log_shows_what_came_while_it_was_hidden(opened: Studio) -> None:
    views = opened.window.views
    view = cast("ProveView", views.view(PROVE.key))
    views.show_view(PROVE.key)
    view.show_proof(LOG)
    view.log_page.only_run.setChecked(False)
    view.log_page.fold.setChecked(False)
    table, before = view.log_page.findChildren(QTableView)[0], view.log_page.model.row_count()
    views.show_view(DRAW.key)
    opened.window.actions_.live.trigger()
    answer(opened, 5)
    assert table.model().rowCount() == before
    views.show_view(PROVE.key)
    assert table.model().rowCount() > before
