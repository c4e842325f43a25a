"""The big button, the switch of live mode, the clock, and the sentence below."""

import time

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from app.actions.window import Actions
from app.journey.live_switch import LiveSwitch
from app.kit.basics import label, push_button, set_tone
from app.kit.elided_label import ElidedLabel
from app.kit.theme import Theme
from app.kit.wording import size_text, time_text
from app.state.everything import AppState
from app.state.records import LiveFigures, Phase, Progress, StageState, Tone

TICK_MS = 50
RUNNING = (Phase.CLASSIFYING, Phase.CANCELLING)
SILENT = "The engine has not answered for long. Restart it; your drawing stays."
LINE_CUT = "The line to the cloud is cut. This goes on where it was as soon as it is back."
NOTHING_YET = "\u2013"


class RunBar(QWidget):
    """Starts and cancels runs; at fixed places shows times, or how live mode does."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self._actions = actions
        self.classify = self._button("Classify encrypted", "primary", "lock", "on_encrypted")
        self.cancel = self._button("Cancel", "stop", "stop", "danger")
        self.classify.clicked.connect(actions.classify.trigger)
        self.cancel.clicked.connect(actions.cancel.trigger)
        self.live = LiveSwitch(state, theme, actions)
        self._names = (label("", "caption"), label("", "caption"))
        self._elapsed = label("", "number")
        self._remaining = label("", "number", "muted")
        self.message = ElidedLabel("body", "muted")
        self._arrange()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_times)
        for signal in (
            state.run.phase_changed,
            state.run.message_changed,
            state.drawn.changed,
            state.chosen.forecast_changed,
            state.run.stage_changed,
            state.run.result_changed,
            state.live.changed,
            state.cloud.changed,
            state.cloud.sending_changed,
        ):
            signal.connect(self._show)
        self._show()

    def _button(self, text: str, kind: str, icon: str, color: str) -> QPushButton:
        button = push_button(text, kind)
        self._theme.fix(button, 56, 11)
        button.setText(f" {text}")  # a little air between icon and text

        def set_icon() -> None:
            button.setIcon(self._theme.icon(icon, color))
            button.setIconSize(QSize(self._theme.px(4), self._theme.px(4)))

        self._theme.apply(button, set_icon)
        return button

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        self._theme.space(grid, gap=1)
        self._theme.apply(grid, lambda: grid.setHorizontalSpacing(self._theme.px(2)))
        grid.addWidget(self.classify, 0, 0, 2, 1)
        grid.addWidget(self.cancel, 0, 0, 2, 1)
        self.classify.setToolTip(self._actions.classify.toolTip())
        self.cancel.setToolTip(self._actions.cancel.toolTip())
        grid.addWidget(self.live, 0, 1, 2, 1)
        values = (self._elapsed, self._remaining)
        for column, (name, value) in enumerate(zip(self._names, values, strict=True), start=2):
            self._theme.fix(value, 24, None)
            self._indent(name)
            self._indent(value)
            grid.addWidget(name, 0, column, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(value, 1, column, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.message, 2, 0, 1, 5)
        self._theme.fix(self.message, None, 5)
        grid.setColumnStretch(4, 1)

    def _indent(self, each: QLabel) -> None:
        self._theme.apply(each, lambda: each.setIndent(self._theme.px(4)))

    def _show(self) -> None:
        phase = self._state.run.phase
        running, is_silent = phase in RUNNING, self._state.run.is_silent
        self.cancel.setText(" Restart the engine" if is_silent else " Cancel")
        self._swap_buttons(running or is_silent)
        self._actions.classify.setEnabled(self._state.can_classify)
        stoppable = phase is Phase.CLASSIFYING or self._state.live.is_on or is_silent
        self._actions.cancel.setEnabled(stoppable)
        if running:
            if not self._tick.isActive():
                self._tick.start()
        else:
            self._tick.stop()
        self._show_times()
        text, tone = self._sentence()
        self.message.show_text(text)
        set_tone(self.message, tone.value)

    def _swap_buttons(self, running: bool) -> None:
        """Show Cancel while a run is on its way, else Classify; the focus follows."""
        shown, hidden = self.cancel, self.classify
        if not running:
            shown, hidden = hidden, shown
            shown.setEnabled(self._state.can_classify)
        had_focus = hidden.hasFocus()
        shown.show()
        if had_focus:
            shown.setFocus()
        hidden.hide()

    def _show_times(self) -> None:
        running, live = self._state.run.phase in RUNNING, self._state.live.figures
        shows_live = live.is_on and not running
        names = ("Per second", "Delay") if shows_live else ("Elapsed", "Remaining")
        for place, name in zip(self._names, names, strict=True):
            place.setText(name)
        if shows_live:
            rate, delay = live.per_second, live.delay_seconds
            self._elapsed.setText(NOTHING_YET if rate is None else f"{rate:.1f}")
            self._remaining.setText(NOTHING_YET if delay is None else time_text(delay))
            return
        if running:
            elapsed = time.perf_counter() - self._state.run.started_at
            self._elapsed.setText(time_text(elapsed))
            expected = self._state.expected_seconds
            left = 0.0 if expected is None else expected - elapsed
            self._remaining.setText(time_text(left) if left > 0 else NOTHING_YET)
            return
        result = self._state.run.result
        self._elapsed.setText(NOTHING_YET if result is None else time_text(result.total_seconds))
        self._remaining.setText(NOTHING_YET)

    def _sentence(self) -> tuple[str, Tone]:
        state = self._state
        if state.run.is_silent:
            return SILENT, Tone.ERROR
        if state.run.message.text:
            return state.run.message.text, state.run.message.tone
        if state.run.phase is not Phase.IDLE:
            return self._doing()
        if state.chosen.is_refused:
            return "This setting cannot work; see the reason on the left.", Tone.ERROR
        if state.live.is_on:
            return _live_sentence(state.live.figures), Tone.PLAIN
        if state.drawn.picture is None:
            return "Draw, load a picture or choose a sample.", Tone.PLAIN
        return ("Ready." if state.has_keys else "The keys are made first."), Tone.PLAIN

    def _doing(self) -> tuple[str, Tone]:
        state = self._state
        if state.run.phase is Phase.CANCELLING:
            return "Cancelling\u2026", Tone.PLAIN
        if state.cloud.is_away:
            return LINE_CUT, Tone.ERROR
        if state.run.phase is Phase.MAKING_KEYS or self._waits_for_keys():
            keys = state.run.stages.get("keys", StageState())
            count = f" {keys.done} of {keys.total}" if keys.total else "\u2026"
            making = "Making and sending" if state.cloud.where else "Making"
            return f"{making} the keys{count}{self._sent()}", Tone.PLAIN
        if state.cloud.sending is not None:
            return f"Sending the ciphertext{self._sent()}", Tone.PLAIN
        return "The cloud computes on numbers that it cannot read.", Tone.PLAIN

    def _sent(self) -> str:
        sending = self._state.cloud.sending
        if sending is None:
            return ""
        return f": {size_text(sending[0])} of {size_text(sending[1])} have arrived"

    def _waits_for_keys(self) -> bool:
        keys = self._state.run.stages.get("keys", StageState())
        return self._state.run.phase is Phase.CLASSIFYING and keys.progress is Progress.RUNNING


def _live_sentence(live: LiveFigures) -> str:
    if not live.answers:
        return "Live: draw, and every answer is computed encrypted."
    answers = "1 encrypted answer" if live.answers == 1 else f"{live.answers} encrypted answers"
    pictures = "1 picture" if live.dropped == 1 else f"{live.dropped} pictures"
    return f"Live: {answers}, {pictures} overtaken by newer ones."
