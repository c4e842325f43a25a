"""The card that leads through a lesson: its next step, and what the last one has shown."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout

from app.actions.playground import PlaygroundActions
from app.kit.basics import icon_button, label, push_button
from app.kit.theme import Theme
from app.playground.formulas import formula
from app.playground.workbench import Workbench
from engine.playground.lessons import LESSONS
from engine.playground.operations import Encrypt

FREE = "No lesson: try for yourself"
FREE_TEXT = (
    "Encrypt numbers above and compute with them, or choose a lesson: a few single steps, each "
    "with a sentence that says why."
)
STRAYED = (
    "You went your own way, which is what a playground is for. Undo your steps to go on with the "
    "lesson, or start over."
)


class LessonCard(QFrame):
    """Attributes: `chosen`, `progress`, `sentence`, `next`, `over`."""

    def __init__(self, workbench: Workbench, theme: Theme, actions: PlaygroundActions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Lesson")
        self._workbench = workbench
        self._theme = theme
        self._actions = actions
        self.chosen = QComboBox()
        self.chosen.setAccessibleName("Lesson")
        self.chosen.addItem(FREE, "")
        for lesson in LESSONS:
            self.chosen.addItem(lesson.title, lesson.key)
        self.progress = label("", "caption", "muted")
        self.sentence = label(FREE_TEXT, "body", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.coming = label("", "caption", "muted", wrap=True)
        self.next = push_button("Next step", "suggest")
        self.next.setToolTip(actions.next_step.toolTip())
        self.over = push_button("Start over", "")
        self.over.setToolTip(actions.start_over.toolTip())
        self._arrange()
        self.chosen.activated.connect(self._choose)
        self.next.clicked.connect(actions.next_step.trigger)
        self.over.clicked.connect(actions.start_over.trigger)
        actions.next_step.triggered.connect(workbench.take_next_step)
        actions.start_over.triggered.connect(workbench.start_over)
        actions.undo.triggered.connect(workbench.undo)
        actions.redo.triggered.connect(workbench.redo)
        workbench.changed.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=2)
        head = QHBoxLayout()
        self._theme.space(head, gap=2)
        head.addWidget(label("Lesson", "title"))
        head.addWidget(self.chosen, 1)
        head.addWidget(self.progress)
        column.addLayout(head)
        column.addWidget(self.sentence, 1)
        column.addWidget(self.coming)
        row = QHBoxLayout()
        self._theme.space(row, gap=1.5)
        row.addWidget(self.next)
        row.addWidget(self.over)
        row.addStretch()
        for action in (self._actions.undo, self._actions.redo):
            row.addWidget(icon_button(action, self._theme))
        column.addLayout(row)

    def _choose(self) -> None:
        key = self.chosen.currentData()
        lesson = next((each for each in LESSONS if each.key == key), None)
        self._workbench.start_lesson(lesson)
        self.next.setFocus()

    def _show(self) -> None:
        bench = self._workbench.bench
        lesson, step = bench.lesson, bench.next_step
        self._actions.undo.setEnabled(self._workbench.can_undo)
        self._actions.redo.setEnabled(self._workbench.can_redo)
        can_go_on = step is not None or bench.is_done
        self._actions.next_step.setEnabled(can_go_on)
        self.next.setEnabled(can_go_on)
        self.next.setText("Next lesson" if bench.is_done else "Next step")
        self.chosen.setCurrentIndex(self.chosen.findData(lesson.key if lesson else ""))
        if lesson is None:
            self.progress.setText("")
            self.sentence.setText(FREE_TEXT)
            self.coming.setText("")
            return
        self.progress.setText(f"step {bench.place} of {len(lesson.steps)}")
        if not bench.is_on_track:
            self.sentence.setText(STRAYED)
        elif bench.place:
            self.sentence.setText(lesson.steps[bench.place - 1].sentence)
        else:
            self.sentence.setText(lesson.about)
        self.coming.setText(self._coming())

    def _coming(self) -> str:
        step = self._workbench.bench.next_step
        if step is None:
            return "That was the lesson." if self._workbench.bench.is_done else ""
        operation = step.operation
        if isinstance(operation, Encrypt):
            numbers = ", ".join(f"{each:g}" for each in operation.numbers)
            return f"Next: encrypt {numbers}".replace("-", "\u2212")
        return f"Next: {formula(operation)}"
