"""The bottom bar: opens the past runs, says where the cloud is, and has one place for notices.

A notice is one sentence that stays until it is closed; its details can be read and copied.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions.window import Actions
from app.cloud.badge import CloudBadge
from app.kit.basics import label, push_button, set_tone
from app.kit.theme import Theme
from app.kit.wording import RECORDED
from app.state.everything import AppState
from app.state.records import Message, Tone

RUNS_KEY = "Ctrl+R"
GAP = 2


class NoticeBar(QWidget):
    """Never takes the focus and moves nothing.

    Attributes: `open_runs`, `cloud`, `sentence`, `details` (lies over the window while shown),
    `show_details`, `copy`, `close_notice`.
    """

    def __init__(self, state: AppState, theme: Theme, actions: Actions, content: QWidget) -> None:
        super().__init__(content)
        self._state = state
        self._theme = theme
        self._sentence = ""
        self.sentence = label("", "body", "danger")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_runs = QToolButton()
        self.open_runs.setProperty("kind", "flat")
        self.open_runs.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.open_runs.setToolTip(f"Compare the past runs ({RUNS_KEY})")
        self.cloud = CloudBadge(state.cloud, theme, actions.cloud)
        self.mark = label(RECORDED, "strong", "danger")
        self.mark.setVisible(state.is_recorded)
        state.recorded_changed.connect(self.mark.setVisible)
        self.show_details = push_button("Details", "small")
        self.show_details.setCheckable(True)
        self.copy = push_button("Copy", "small")
        self.close_notice = push_button("Close", "small")
        self.details = _Details(theme, content)
        self._arrange(theme)
        self.show_details.toggled.connect(self._toggle)
        self.copy.clicked.connect(self._copy)
        self.close_notice.clicked.connect(self._dismiss)
        state.past.changed.connect(self._count_runs)
        self._dismiss()
        self._count_runs()

    def _arrange(self, theme: Theme) -> None:
        layout = QHBoxLayout(self)
        theme.space(layout, gap=GAP)
        layout.addWidget(self.open_runs)
        layout.addWidget(self.cloud)
        layout.addWidget(self.mark)
        layout.addWidget(self.sentence, 1)
        for button in (self.show_details, self.copy, self.close_notice):
            layout.addWidget(button)
        theme.fix(self, None, 7)

    def tell(self, sentence: str, details: str = "", tone: Tone = Tone.ERROR) -> None:
        """Show a sentence, and buttons to see and to copy its details."""
        self._sentence = sentence
        set_tone(self.sentence, tone.value)
        self.details.text.setPlainText(f"{sentence}\n\n{details}")
        self.show_details.setChecked(False)
        for button in (self.show_details, self.copy, self.close_notice):
            button.setVisible(True)
        self._elide()

    def show_message(self, message: Message) -> None:
        """Show a sentence without details."""
        self.tell(message.text, tone=message.tone)

    def _dismiss(self) -> None:
        self._sentence = ""
        self.show_details.setChecked(False)
        for button in (self.show_details, self.copy, self.close_notice):
            button.setVisible(False)
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetrics(self.sentence.font())
        marks = [self.mark] if self._state.is_recorded else []
        buttons = (self.open_runs, self.show_details, self.copy, self.close_notice)
        others = (*marks, self.cloud, *buttons)
        gap = self._theme.px(GAP)
        room = self.width() - sum(each.sizeHint().width() + 2 * gap for each in others)
        self.sentence.setText(metrics.elidedText(self._sentence, Qt.TextElideMode.ElideRight, room))
        self.sentence.setToolTip(self._sentence)
        self.sentence.setAccessibleName(self._sentence or "No notice")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._elide()
        self.details.place(self.height())

    def _toggle(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.details.place(self.height())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.text.toPlainText())

    def _count_runs(self) -> None:
        text = f"Runs ({len(self._state.past.runs)})"
        if text != self.open_runs.text():
            self.open_runs.setText(text)
            self.open_runs.setShortcut(QKeySequence(RUNS_KEY))  # a new text takes the old one away
            self.open_runs.setAccessibleName(f"{text}: open Compare")


class _Details(QFrame):
    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__(content)
        self._content = content
        self._theme = theme
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Details")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Details of the notice")
        layout = QVBoxLayout(self)
        theme.space(layout, margin=2)
        layout.addWidget(self.text)
        self.hide()

    def place(self, bar_height: int) -> None:
        """Lie over the lower part of the window, above the bar."""
        parent = self._content
        height = parent.height() * 2 // 5
        margin = self._theme.px(6)
        top = parent.height() - height - bar_height - margin
        self.setGeometry(margin, top, parent.width() - 2 * margin, height)
        self.raise_()
