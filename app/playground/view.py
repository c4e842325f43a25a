"""The playground: numbers and operations on the left, values on the right, a lesson below."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions.playground import PlaygroundActions
from app.kit.theme import Theme
from app.playground.lesson_card import LessonCard
from app.playground.numbers_card import NumbersCard
from app.playground.operations_card import OperationsCard
from app.playground.script_card import ScriptCard
from app.playground.value_list import ValueList
from app.playground.workbench import Workbench
from engine.playground.operations import Decrypt

LEFT_WIDTH = 70
BELOW_HEIGHT = 46


class PlaygroundView(QWidget):
    """Attributes: `numbers`, `operations`, `values`, `lesson`, `script`."""

    def __init__(self, workbench: Workbench, theme: Theme, actions: PlaygroundActions) -> None:
        super().__init__()
        self._workbench = workbench
        for action in actions.all():
            action.setEnabled(True)
        self.numbers = NumbersCard(workbench, theme, actions)
        self.operations = OperationsCard(workbench, self.numbers, theme, actions)
        self.values = ValueList(workbench, theme)
        self.lesson = LessonCard(workbench, theme, actions)
        self.script = ScriptCard(workbench, theme, actions)
        row = QHBoxLayout(self)
        left, right, below = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for layout in (row, left, right, below):
            theme.space(layout, gap=3)
        left.addWidget(self.numbers)
        left.addWidget(self.operations, 1)
        below.addWidget(self.lesson, 2)
        below.addWidget(self.script, 3)
        right.addWidget(self.values, 1)
        right.addLayout(below)
        row.addLayout(left)
        row.addLayout(right, 1)
        theme.fix(self.numbers, LEFT_WIDTH, None)
        theme.fix(self.operations, LEFT_WIDTH, None)
        theme.fix(self.lesson, None, BELOW_HEIGHT)
        theme.fix(self.script, None, BELOW_HEIGHT)
        self.values.selected.connect(self._select)
        self.operations.first.currentIndexChanged.connect(self.values.select)
        actions.decrypt.triggered.connect(self._decrypt)

    def _select(self, place: int) -> None:
        self.operations.choose_first(place)
        self.numbers.name_selected(place)

    def _decrypt(self) -> None:
        if self.values.place < 0:
            self._workbench.say("There is no value yet: encrypt numbers first.")
        else:
            self._workbench.perform(Decrypt(self.values.place))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self._workbench.open()
        self.numbers.text.setFocus()

    def event(self, event: QEvent) -> bool:
        """Keep the keys of undo and redo for the playground while it has the focus."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo):
                if event.matches(key):
                    event.accept()
                    return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        if event.matches(QKeySequence.StandardKey.Undo):
            self._workbench.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._workbench.redo()
        else:
            super().keyPressEvent(event)
