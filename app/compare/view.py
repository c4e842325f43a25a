"""The Compare view: every run as a row, the selected ones side by side, all of them in plots."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions.runs import RunActions
from app.compare.archive import Archive
from app.compare.exports import Exports
from app.compare.model import RunsModel
from app.compare.panel import ComparisonPanel
from app.compare.plots import RunPlots
from app.compare.table import RunsTable
from app.kit.basics import text_button
from app.kit.following import Following
from app.kit.picture_file import png_bytes, svg_bytes
from app.kit.save_dialog import ask_where_to_save
from app.kit.theme import Theme
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.records import Phase
from app.state.stored_run import StoredRun
from engine.ckks.parameters import Settings

PLOTS_HEIGHT = 58
BUSY = (Phase.CLASSIFYING, Phase.CANCELLING)


class CompareView(QWidget):
    """Its parts are attributes: `filter`, `table`, `panel`, `plots`.

    Signal `repeated` fires when a run is on its way again.
    """

    repeated = Signal()

    def __init__(
        self,
        state: AppState,
        archive: Archive,
        exports: Exports,
        repeat: Callable[[Picture, Settings], None],
        theme: Theme,
        actions: RunActions,
    ) -> None:
        super().__init__()
        self._state = state
        self._archive = archive
        self._exports = exports
        self._repeat_run = repeat
        self._theme = theme
        self._actions = actions
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: mnist 8192 differ")
        self.filter.setAccessibleName("Filter the runs")
        self.filter.setToolTip("Show only the runs that have all these words (Ctrl+Shift+F)")
        self.filter.setClearButtonEnabled(True)
        for part in self.filter.findChildren(QToolButton):
            part.setAccessibleName("Clear the filter")
        self._rows = RunsModel(theme, self)
        self.table = RunsTable(self._rows, theme)
        self.panel = ComparisonPanel(theme)
        self.plots = RunPlots(theme, actions.save_plots)
        self._for_one: list[QToolButton] = []
        self._was_shown = False
        self._arrange(theme)
        self._connect()
        Following(self, self._refresh, self._state.past.changed)

    def _arrange(self, theme: Theme) -> None:
        tools = QHBoxLayout()
        theme.space(tools, gap=1.5)
        tools.addWidget(self.filter, 1)
        shown = self._actions
        for action in (shown.pin, shown.delete, shown.restore, shown.rerun, shown.copy_command,
                       shown.export):  # fmt: skip
            button = text_button(action, theme)
            button.setProperty("kind", "tool")
            tools.addWidget(button)
            if action in (shown.rerun, shown.copy_command):
                self._for_one.append(button)
        rows = QFrame()
        rows.setProperty("panel", "card")
        inner = QVBoxLayout(rows)
        theme.space(inner, margin=0.5)
        inner.addWidget(self.table)
        grid = QGridLayout(self)
        theme.space(grid, gap=2)
        grid.addLayout(tools, 0, 0)
        grid.addWidget(rows, 1, 0)
        grid.addWidget(self.plots, 2, 0)
        grid.addWidget(self.panel, 0, 1, 3, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        theme.fix(self.plots, None, PLOTS_HEIGHT)

    def _connect(self) -> None:
        actions = self._actions
        for action, slot in (
            (actions.find, self._find),
            (actions.pin, self._pin),
            (actions.delete, self._delete),
            (actions.restore, self._restore),
            (actions.rerun, self._run_again),
            (actions.copy_command, self._copy_command),
            (actions.export, self._export),
            (actions.take_along, self._take_along),
            (actions.save_plots, self._save_plots),
        ):
            action.triggered.connect(slot)
        self.filter.textChanged.connect(self._rows.set_filter)
        self.table.chosen.connect(self._show_selection)
        self._rows.modelReset.connect(self._plot)
        self.plots.clicked.connect(lambda name: self.table.select({name}))
        self._state.run.phase_changed.connect(self._enable)
        self._state.chosen.outlines_changed.connect(self._enable)
        self._archive.bin_changed.connect(self._enable)

    # --- what it shows

    def _refresh(self) -> None:
        self._rows.set_runs(self._state.past.runs)
        self._enable()

    def _plot(self) -> None:
        self.plots.show_runs(self._rows.runs)

    def _show_selection(self) -> None:
        selected = self.table.selected()
        self.panel.show_runs(selected)
        self.plots.select({run.id for run in selected})
        for button in self._for_one:  # several runs side by side need the room
            button.setVisible(len(selected) < 2)
        self._enable()

    def _enable(self) -> None:
        actions, selected = self._actions, self.table.selected()
        shown = self.isVisible()
        for action in actions.all():
            action.setEnabled(shown)
        for action in (actions.pin, actions.delete):
            action.setEnabled(shown and bool(selected))
        for action in (actions.rerun, actions.copy_command, actions.take_along):
            action.setEnabled(shown and len(selected) == 1)
        if self._state.run.phase in BUSY or not all(map(self._is_at_hand, selected)):
            actions.rerun.setEnabled(False)
        for action in (actions.export, actions.save_plots):
            action.setEnabled(shown and bool(self._rows.runs))
        actions.restore.setEnabled(shown and self._archive.can_restore)
        unpin = bool(selected) and all(run.pinned for run in selected)
        actions.pin.setText("Unpin" if unpin else "Pin")

    def _is_at_hand(self, run: StoredRun) -> bool:
        """Tell whether a run's model is here, or in the cloud in use if it is a cloud's secret."""
        return bool(run.clear) or run.settings.model in self._state.chosen.outlines

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        if not self._was_shown and self._rows.runs:
            self._was_shown = True
            self.table.select({self._rows.runs[0].id})
        self._enable()
        self.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        super().hideEvent(event)
        self._enable()

    # --- what a person does

    def _ids(self) -> set[str]:
        return {run.id for run in self.table.selected()}

    def _find(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    def _pin(self) -> None:
        pinned = not all(run.pinned for run in self.table.selected())
        self._archive.pin(self._ids(), pinned)

    def _delete(self) -> None:
        self._archive.delete(self._ids())

    def _restore(self) -> None:
        back = self._archive.restore()
        self.table.select({run.id for run in back})

    def _run_again(self) -> None:
        run = self.table.selected()[0]
        self._repeat_run(run.pixels, run.settings)
        self.repeated.emit()

    def _copy_command(self) -> None:
        self._exports.copy_command(self.table.selected()[0])

    def _take_along(self) -> None:
        self._exports.ask_where_to_take(self.table.selected()[0], self)

    def _export(self) -> None:
        runs = self.table.selected() or self._rows.runs
        title = f"Export {len(runs)} run{'' if len(runs) == 1 else 's'}"
        kinds = ("CSV table (*.csv)", "JSON (*.json)")
        save = self._exports.save_runs
        ask_where_to_save(self, title, "runs", kinds, lambda path: save(runs, path))

    def _save_plots(self) -> None:
        kinds = ("SVG (*.svg)", "PNG (*.png)")
        ask_where_to_save(self, "Save the plots", "plots", kinds, self._write_plots)

    def _write_plots(self, path: Path) -> None:
        self.plots.settle()
        draw = png_bytes if path.suffix.lower() == ".png" else svg_bytes
        self._exports.save_picture(draw(self.plots.picture), path)
