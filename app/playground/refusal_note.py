"""The note under the operations: what one would give, or why it cannot be done and what can."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.actions.playground import PlaygroundActions
from app.kit.basics import label, push_button, set_tone
from app.kit.theme import Theme
from app.playground.formulas import steps_text
from app.playground.workbench import Workbench

HINT = (
    "Dashed operations would be refused now; press one all the same to read why. The selected "
    "value is the first operand."
)


class RefusalNote(QFrame):
    """Attributes: `text`, `steps`, `remedy`, the button that does what was meant another way."""

    def __init__(self, workbench: Workbench, theme: Theme, actions: PlaygroundActions) -> None:
        super().__init__()
        self.setAccessibleName("What an operation gives")
        self._workbench = workbench
        self._preview = ""
        self.text = label(HINT, "body", "muted", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.steps = label("", "body", wrap=True)
        self.remedy = push_button("Do that", "suggest")
        column = QVBoxLayout(self)
        theme.space(column, margin=2, gap=1.5)
        column.addWidget(self.text)
        column.addWidget(self.steps)
        column.addWidget(self.remedy)
        column.addStretch()
        self.remedy.setToolTip(actions.remedy.toolTip())
        self.remedy.clicked.connect(actions.remedy.trigger)
        actions.remedy.triggered.connect(workbench.do_remedy)
        self._actions = actions
        workbench.changed.connect(self._show)
        self._show()

    def preview(self, sentence: str) -> None:
        """Show what an operation would give, unless a refusal is to be read."""
        self._preview = sentence
        self._show()

    def _show(self) -> None:
        refused = self._workbench.refused
        set_tone(self.text, "" if refused is not None or self._preview else "muted")
        self.setProperty("panel", "danger" if refused is not None else "sunken")
        self.style().unpolish(self)
        self.style().polish(self)
        self.text.setText(refused.sentence if refused is not None else self._preview or HINT)
        remedy = refused.remedy if refused is not None else ()
        self.remedy.setVisible(bool(remedy))
        self.steps.setVisible(bool(remedy))
        self._actions.remedy.setEnabled(bool(remedy))
        if remedy:
            self.remedy.setAccessibleName(f"Do that: {steps_text(remedy)}")
            self.steps.setText(f"That is: {steps_text(remedy)}.")
