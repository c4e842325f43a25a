"""Starts, pauses, resumes and cancels the sweep; shows how far it is and how long it will take."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.actions.views import DATA
from app.actions.window import Actions
from app.kit.basics import WhenSeen, label, push_button, set_tone
from app.kit.theme import Theme
from app.kit.wording import duration_text
from app.sweep.running import SweepPhase, Sweeps

TICK_MS = 250
STEPS = 1000
TITLES = {
    SweepPhase.IDLE: "Start",
    SweepPhase.PAUSED: "Resume",
}


class SweepBar(QFrame):
    """Attributes: `start`, `pause`, `cancel`, `progress`, `message`, `get`."""

    def __init__(self, sweeps: Sweeps, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Progress of the sweep")
        self._sweeps = sweeps
        self._theme = theme
        self._actions = actions
        self.start = push_button("Start", "primary")
        self.pause = push_button("Pause")
        self.cancel = push_button("Cancel")
        for button, action in (
            (self.start, actions.sweep.start),
            (self.pause, actions.sweep.pause),
            (self.cancel, actions.sweep.cancel),
        ):
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
        self.progress = QProgressBar()
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Share of the sweep that is done")
        self._count = label("", "strong")
        self._elapsed = label("", "strong")
        self._remaining = label("", "strong")
        self.message = label("", "body", "muted", wrap=True)
        self.get = push_button("Get the data sets", "small")
        self.get.setToolTip(actions.view(DATA.key).toolTip())
        self.get.clicked.connect(actions.view(DATA.key).trigger)
        self._arrange()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_progress)
        for signal in (sweeps.phase_changed, sweeps.choice_changed, sweeps.limits_changed):
            signal.connect(self._show)
        sweeps.point_changed.connect(self._show_progress)
        WhenSeen(self, self._show)  # what was missing may have been downloaded meanwhile
        self._show()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=2)
        buttons = QHBoxLayout()
        self._theme.space(buttons, gap=2)
        buttons.addWidget(self.start, 2)
        buttons.addWidget(self.pause, 1)
        buttons.addWidget(self.cancel, 1)
        column.addLayout(buttons)
        self._theme.fix(self.progress, None, 1.5)
        column.addWidget(self.progress)
        self._facts = QWidget()
        facts = QGridLayout(self._facts)
        self._theme.space(facts, gap=0.5)
        facts.setContentsMargins(0, 0, 0, 0)
        for place, (name, value) in enumerate(
            (("Done", self._count), ("Elapsed", self._elapsed), ("Remaining", self._remaining))
        ):
            facts.addWidget(label(name, "caption"), 0, place)
            facts.addWidget(value, 1, place)
            facts.setColumnStretch(place, 1)
        column.addWidget(self._facts)
        column.addWidget(self.get)
        self._theme.fix(self.message, None, 9)
        column.addWidget(self.message)

    def _show(self) -> None:
        sweeps, phase = self._sweeps, self._sweeps.phase
        self.start.setText(TITLES.get(phase, "Running\u2026"))
        self.start.setAccessibleName(self.start.text())
        can_start = sweeps.can_change and bool(sweeps.possible)
        had_focus = self.start.hasFocus()
        if had_focus and not can_start and phase is SweepPhase.RUNNING:
            self.pause.setEnabled(True)
            self.pause.setFocus()  # not on Cancel, where one more Space throws the sweep away
        for button, action, enabled in (
            (self.start, self._actions.sweep.start, can_start),
            (self.pause, self._actions.sweep.pause, phase is SweepPhase.RUNNING),
            (
                self.cancel,
                self._actions.sweep.cancel,
                phase in (SweepPhase.RUNNING, SweepPhase.PAUSED),
            ),
        ):
            button.setEnabled(enabled)
            action.setEnabled(enabled)
        if sweeps.can_change:
            self._tick.stop()
        elif not self._tick.isActive():
            self._tick.start()
        is_missing = sweeps.can_change and sweeps.share < 1 and bool(sweeps.missing)
        self.get.setVisible(is_missing)
        self._facts.setVisible(not is_missing)  # there is room for one of them
        text, tone = self._sentence()
        self.message.setText(text)
        set_tone(self.message, tone)
        self._show_progress()

    def _show_progress(self) -> None:
        sweeps = self._sweeps
        self.progress.setValue(round(STEPS * sweeps.share))
        done = sum(sweeps.states[place].row is not None for place in sweeps.possible)
        self._count.setText(f"{done} of {len(sweeps.possible)}")
        running = not sweeps.can_change
        self._elapsed.setText(duration_text(sweeps.elapsed) if running else "\u2013")
        left = sweeps.remaining if sweeps.phase is SweepPhase.RUNNING else None
        self._remaining.setText("\u2013" if left is None else f"about {duration_text(left)}")

    def _sentence(self) -> tuple[str, str]:
        sweeps = self._sweeps
        if sweeps.message.text:
            return sweeps.message.text, sweeps.message.tone.value
        sentences = {
            SweepPhase.RUNNING: "Each point makes keys of its own, in processes of its own.",
            SweepPhase.PAUSING: "Pausing\u2026",
            SweepPhase.CANCELLING: "Cancelling\u2026",
            SweepPhase.PAUSED: "Paused; what is measured is kept, also when the window closes.",
        }
        if not self.get.isHidden():
            return "Some test pictures are not on this computer yet.", "muted"
        if sweeps.phase is SweepPhase.IDLE and sweeps.possible and sweeps.share == 1:
            return "All of this is measured.", "muted"
        return sentences.get(sweeps.phase, "Rows are kept as they come."), "muted"
