"""Makes the views of the window when they are first wanted, and connects them.

An action brings the view to the front in which its outcome is seen.
"""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from app.actions.views import (
    ARCHITECTURE,
    COMPARE,
    DATA,
    DRAW,
    INSIDE,
    PLAYGROUND,
    PROVE,
    SWEEP,
)
from app.actions.window import Actions
from app.data_sets.view import DataView
from app.draw.view import DrawView
from app.kit.theme import Theme
from app.prove.view import ProveView
from app.shell.program import Program
from app.shell.view_stack import ViewStack
from app.state.records import Message, Phase

WARM_UP_MS = 150
"""A view is made ahead when nothing has been going on for so long."""


class ViewOpening(QObject):
    """Attribute `stack`: the views. Signal `told(Message)`: a sentence about what a view did."""

    told = Signal(Message)

    def __init__(
        self, program: Program, theme: Theme, actions: Actions, draw: DrawView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._theme = theme
        self._actions = actions
        self.stack = ViewStack(
            {
                DRAW.key: lambda: draw,
                COMPARE.key: self._make_compare,
                SWEEP.key: self._make_sweep,
                DATA.key: self._make_data,
                PROVE.key: self._make_prove,
                INSIDE.key: self._make_inside,
                PLAYGROUND.key: self._make_playground,
                ARCHITECTURE.key: self._make_architecture,
            },
            theme,
        )
        self._warm = QTimer(self, interval=WARM_UP_MS)
        self._warm.timeout.connect(self._make_next)
        self._connect()
        self.show_draw()

    def _connect(self) -> None:
        actions = self._actions
        actions.views.triggered.connect(self._show_view)
        actions.proofs.triggered.connect(self._prove)
        actions.classify.triggered.connect(self._show_run)
        for action in actions.drawing:
            action.triggered.connect(self.show_draw)
        for action in (actions.sweep.start, *actions.sweep.presets):
            action.triggered.connect(self._show_sweep)
        for each in actions.inside.listed():
            if each is not None:
                each.triggered.connect(self._show_inside)
        for action in (actions.classify_sample, actions.find_sample):
            action.triggered.connect(self._show_data)
        for action in actions.playground.all():
            action.triggered.connect(self._show_playground)
        self.stack.shown.connect(actions.mark_view)

    # --- showing

    def show_draw(self) -> None:
        """Bring the view to the front in which a person draws."""
        self.stack.show_view(DRAW.key)

    def show_compare(self) -> None:
        """Bring the past runs to the front."""
        self.stack.show_view(COMPARE.key)

    def _show_sweep(self) -> None:
        self.stack.show_view(SWEEP.key)

    def _show_inside(self) -> None:
        self.stack.show_view(INSIDE.key)

    def _show_data(self) -> None:
        self.stack.show_view(DATA.key)

    def _show_playground(self) -> None:
        self.stack.show_view(PLAYGROUND.key)

    def _show_view(self, action: QAction) -> None:
        self.stack.show_view(action.data())

    def _show_run(self) -> None:
        """Show the run's journey, unless the person watches what can be proved of it."""
        if self.stack.shown_key != PROVE.key:
            self.show_draw()

    def _prove(self, action: QAction) -> None:
        self.stack.show_view(PROVE.key)
        view = self.stack.view(PROVE.key)
        assert isinstance(view, ProveView)
        view.perform(action)

    # --- making

    def warm_up(self) -> None:
        """Make the other views one by one while nothing else is to be done."""
        self._warm.start()

    def _make_next(self) -> None:
        state = self._program.state
        is_idle = state.run.phase is Phase.IDLE and state.has_keys and not state.live.is_on
        if not is_idle or QApplication.mouseButtons():
            return
        missing = self.stack.missing()
        if missing:
            self.stack.view(missing[0])
        else:
            self._warm.stop()
            self._program.collector.leave_out()

    def _make_compare(self) -> QWidget:
        from app.compare.view import CompareView  # noqa: PLC0415 - loads pyqtgraph

        program = self._program
        view = CompareView(
            program.state,
            program.archive,
            program.exports,
            program.sample_runs.repeat,
            self._theme,
            self._actions.runs,
        )
        view.repeated.connect(self.show_draw)
        return view

    def _make_sweep(self) -> QWidget:
        from app.sweep.view import SweepView  # noqa: PLC0415 - plots take long to load

        view = SweepView(self._program.sweeps, self._program.saving, self._theme, self._actions)
        view.told.connect(self.told)
        view.wanted.connect(self._program.choices.change)
        view.wanted.connect(self.show_draw)
        return view

    def _make_architecture(self) -> QWidget:
        from app.architecture.view import ArchitectureView  # noqa: PLC0415 - loads pyqtgraph

        program = self._program
        view = ArchitectureView(program.drafting, program.trainer, program.study, self._theme)
        view.told.connect(self.told)
        view.trained.connect(program.use_trained)
        return view

    def _make_inside(self) -> QWidget:
        from app.inside.view import InsideView  # noqa: PLC0415 - not needed at the start

        program = self._program
        return InsideView(
            program.state, program.viewing, program.revealing, self._theme, self._actions.inside,
            program.save_step,
        )  # fmt: skip

    def _make_playground(self) -> QWidget:
        from app.playground.view import PlaygroundView  # noqa: PLC0415 - not needed at the start

        return PlaygroundView(self._program.workbench, self._theme, self._actions.playground)

    def _make_data(self) -> QWidget:
        program = self._program
        view = DataView(
            program.state, program.browser, program.downloads, self._theme, self._actions
        )
        view.wanted.connect(program.sample_runs.classify)
        view.wanted.connect(self.show_draw)
        return view

    def _make_prove(self) -> QWidget:
        program = self._program
        return ProveView(
            program.state,
            program.proofs,
            program.recordings,
            program.log_saving,
            self._theme,
            self._actions,
        )
