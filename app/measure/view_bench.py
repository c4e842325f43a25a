"""Visits every view after a run of network 2, and measures how long the event loop is held up.

A person's hour in two minutes: each view is shown, themes are switched, the window is resized,
runs are sorted, the message log is scrolled with as many messages as it keeps.
"""

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QPushButton,
    QTableView,
    QWidget,
)

from app.actions.views import VIEWS
from app.draw.picture.samples import sample_strokes
from app.kit.palette import PALETTES
from app.kit.theme import BASE_SIZE
from app.measure.gap_recorder import GapRecorder
from app.measure.rehearsal import Rehearsal
from app.shell.main_window import MainWindow
from app.state.presets import with_model
from engine.messages.log import LONGEST_LOG

SAMPLE = "3-mouse.png"
MODEL = "mnist-network2"
RUNS = 4
WIDE = QSize(1600, 900)
PAUSE_MS = 200
"""After each thing that is done: all that follows from it is to happen meanwhile."""
SCROLLS = 12
MOST_NAMED = 10


def measure_views(
    window: MainWindow, rehearsal: Rehearsal, recorder: GapRecorder
) -> dict[str, object]:
    """Return the longest gap of the event loop in milliseconds, and what caused it.

    `..._busy_ms` are those of processor time: what is left of a gap on a machine that does nothing
    else. `views_busiest_ms` has the ten longest by what was done. `theme_change_ms`: from asking
    for other colours to all that is seen painted in them, the longest over the views.
    """
    _prepare(window, rehearsal)
    gaps: dict[str, float] = {}
    busy: dict[str, float] = {}
    recorder.take_longest_ms()
    recorder.take_busiest_ms()
    for name in _visit(window):
        rehearsal.pause(PAUSE_MS)
        for kept, gap in ((gaps, recorder.take_longest_ms()), (busy, recorder.take_busiest_ms())):
            kept[name] = max(kept.get(name, 0.0), round(gap, 1))
    changes = [_theme_change_ms(window, rehearsal, view.key) for view in VIEWS]
    themes = [name for name in gaps if name.startswith("theme")]
    busiest = sorted(busy, key=lambda name: -busy[name])
    return {
        "views_gap_ms": max(gaps.values()),
        "views_gap_at": max(gaps, key=lambda name: gaps[name]),
        "views_busy_ms": busy[busiest[0]],
        "theme_gap_ms": max(gaps[name] for name in themes),
        "theme_busy_ms": max(busy[name] for name in themes),
        "theme_change_ms": round(max(changes), 1),
        "views_busiest_ms": {name: busy[name] for name in busiest[:MOST_NAMED]},
    }


def _prepare(window: MainWindow, rehearsal: Rehearsal) -> None:
    """Run network 2, make every view, and fill the log with copies of its messages."""
    state = window.program.state
    window.program.choices.change(with_model(state.chosen.settings, MODEL))
    rehearsal.pause(20)
    rehearsal.wait_until_ready()
    window.program.pictures.clear()
    rehearsal.draw(sample_strokes(SAMPLE))
    for _ in range(RUNS):
        rehearsal.classify()
    for key in window.views.missing():
        window.views.view(key)
    messages = state.proved.messages.entries
    for place in range(LONGEST_LOG - len(messages)):
        copied = dataclasses.replace(messages[place % len(messages)])
        state.proved.log_message(copied)
    rehearsal.pause(1000)


def _visit(window: MainWindow) -> Iterator[str]:
    """Do one thing after the other; yield what it was."""
    for key in (view.key for view in VIEWS):
        window.views.show_view(key)
        yield f"show {key}"
        yield from _look_around(window, key)
    for key in ("prove", "draw"):
        window.views.show_view(key)
        yield f"show {key}"
    window.actions_.show_help.trigger()
    yield "show help"
    yield from _change_theme(window, "help")
    assert window.help is not None
    window.help.hide()
    yield "close help"
    window.actions_.present.trigger()
    yield "present"
    for _ in range(5):
        window.program.presentation.forward()
        yield "turn a page"
    window.actions_.present.trigger()
    yield "end the presentation"


def _look_around(window: MainWindow, key: str) -> Iterator[str]:
    yield from _change_theme(window, key)
    for size in (WIDE, BASE_SIZE):
        window.resize(size)
        yield f"resize {key}"
    view = window.views.view(key)
    for proof in view.findChildren(QPushButton) if key == "prove" else []:
        if proof.property("kind") == "proof":
            proof.click()
            yield "show a proof"
    yield from _change_theme(window, key)
    for table in _shown(view, QTableView):
        for column in range(table.model().columnCount()) if table.isSortingEnabled() else ():
            table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
            yield f"sort {key}"
        if table.isSortingEnabled() and table.selectionMode() != _SINGLE:
            table.selectAll()
            yield f"select all of {key}"
    for area in _shown(view, QAbstractScrollArea):
        bar = area.verticalScrollBar()
        for place in range(1, SCROLLS + 1) if bar.maximum() else ():
            bar.setValue(bar.maximum() * place // SCROLLS)
            yield f"scroll {key}"


def _theme_change_ms(window: MainWindow, rehearsal: Rehearsal, key: str) -> float:
    """Show a view, change the colours there and back; return the longer of both."""
    window.views.show_view(key)
    rehearsal.pause(PAUSE_MS)
    before, times = window.theme.palette, []
    other = next(each for each in PALETTES.values() if each != before)
    for palette in (other, before):
        begin = time.perf_counter()
        window.theme.use(palette)
        rehearsal.wait_for(lambda: window.theme.is_shown)
        times.append(time.perf_counter() - begin)
        rehearsal.wait_for(lambda: window.theme.is_settled)
    return 1000 * max(times)


def _change_theme(window: MainWindow, key: str) -> Iterator[str]:
    before = window.theme.palette
    for palette in (*(each for each in PALETTES.values() if each != before), before):
        window.theme.use(palette)
        yield f"theme in {key}"


def _shown(view: QWidget, kind: type[Any]) -> list[Any]:
    return [each for each in view.findChildren(kind) if each.isVisible()]


_SINGLE = QAbstractItemView.SelectionMode.SingleSelection
