"""The card with the operations: each button says what it would do, or why it cannot be done."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
)

from app.actions.playground import PlaygroundActions
from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.playground.formulas import SIGNS, error_text, power_text
from app.playground.numbers_card import NumbersCard
from app.playground.refusal_note import RefusalNote
from app.playground.workbench import Workbench
from engine.playground.operations import (
    Add,
    AddPlain,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
    name_of,
)
from engine.playground.reasons import Refusal, primes_text
from engine.playground.values import Value

PLAIN = -1
MOST_STEPS = 16


class OperationsCard(QFrame):
    """Attributes: `first` and `second`, the operands; `step`; `buttons` by action; `note`."""

    def __init__(
        self,
        workbench: Workbench,
        numbers: NumbersCard,
        theme: Theme,
        actions: PlaygroundActions,
    ) -> None:
        super().__init__()
        self.setProperty("panel", "encrypted")
        self.setAccessibleName("Operations")
        self._workbench = workbench
        self._numbers = numbers
        self._theme = theme
        self._actions = actions
        self.first, self.second = QComboBox(), QComboBox()
        self.first.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.first.setMinimumContentsLength(2)
        self.first.setAccessibleName("First operand")
        self.second.setAccessibleName("Second operand")
        self.step = QSpinBox()
        self.step.setRange(-MOST_STEPS, MOST_STEPS)
        self.step.setValue(1)
        self.step.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.step.setAccessibleName("Places to the left")
        self.step.setToolTip("Places to the left; to the right where it is negative")
        self.note = RefusalNote(workbench, theme, actions)
        self._made: dict[QAction, Callable[[int], Operation]] = {
            actions.add: lambda x: self._with(x, Add, AddPlain),
            actions.subtract: self._difference,
            actions.multiply: lambda x: self._with(x, Multiply, MultiplyPlain),
            actions.rotate: lambda x: Rotate(x, self.step.value()),
            actions.relinearize: Relinearize,
            actions.rescale: Rescale,
            actions.mod_switch: ModSwitch,
            actions.set_scale: SetScale,
        }
        self.buttons = {action: self._button(action) for action in self._made}
        self._arrange()
        for action in self._made:
            action.triggered.connect(self._perform)
        for signal in (self.first.currentIndexChanged, self.second.currentIndexChanged):
            signal.connect(self._show_buttons)
        self.step.valueChanged.connect(self._show_buttons)
        numbers.text.textChanged.connect(self._show_buttons)
        workbench.changed.connect(self._show)
        self._show()

    def _button(self, action: QAction) -> QPushButton:
        button = push_button(action.text())
        button.clicked.connect(action.trigger)
        button.installEventFilter(self)
        return button

    def _arrange(self) -> None:
        column, actions = QVBoxLayout(self), self._actions
        self._theme.space(column, margin=3, gap=2)
        column.addWidget(label("The cloud computes", "title", "encrypted"))
        grid = QGridLayout()
        self._theme.space(grid, gap=1.5)
        operands = QHBoxLayout()
        self._theme.space(operands, gap=1.5)
        operands.addWidget(self.first)
        operands.addWidget(label("with", "body", "muted"))
        operands.addWidget(self.second, 1)
        grid.addLayout(operands, 0, 0, 1, 6)
        for place, action in enumerate((actions.add, actions.subtract, actions.multiply)):
            grid.addWidget(self.buttons[action], 1, 2 * place, 1, 2)
        grid.addWidget(self.buttons[actions.rotate], 2, 0, 1, 4)
        grid.addWidget(self.step, 2, 4, 1, 2)
        halves = (actions.relinearize, actions.rescale, actions.mod_switch, actions.set_scale)
        for place, action in enumerate(halves):
            row, side = divmod(place, 2)
            grid.addWidget(self.buttons[action], 3 + row, 3 * side, 1, 3)
        for place in range(6):
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
        column.addWidget(self.note, 1)

    # --- what is chosen

    def choose_first(self, place: int) -> None:
        """Make a value the first operand; the one before becomes the second, if values are."""
        before = self.first.currentIndex()
        if place in (before, -1):
            return
        self.first.setCurrentIndex(place)
        if self.second.currentData() != PLAIN and 0 <= before < self.first.count():
            self.second.setCurrentIndex(before)

    def operation(self, action: QAction) -> Operation:
        """Return what an action would do; ValueError with a sentence if nothing."""
        x = self.first.currentIndex()
        if x < 0:
            raise ValueError("There is no value yet: encrypt numbers first.")
        return self._made[action](x)

    def _with(
        self,
        x: int,
        two: type[Add | Multiply],
        plain: type[AddPlain | MultiplyPlain],
    ) -> Operation:
        y = self.second.currentData()
        return plain(x, self._numbers.numbers()) if y == PLAIN else two(x, y)

    def _difference(self, x: int) -> Operation:
        y = self.second.currentData()
        if y != PLAIN:
            return Subtract(x, y)
        return AddPlain(x, tuple(0.0 - each for each in self._numbers.numbers()))

    def _perform(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        try:
            self._workbench.perform(self.operation(action))
        except ValueError as error:
            self._workbench.say(str(error))

    # --- showing

    def _show(self) -> None:
        count, before = len(self._workbench.program.values), self.first.count()
        if count != before or not self.second.count():
            for combo in (self.first, self.second):
                kept = combo.currentData() if before else 0
                combo.blockSignals(True)
                combo.clear()
                for place in range(count):
                    combo.addItem(name_of(place), place)
                if combo is self.second:
                    combo.addItem("p, your numbers", PLAIN)
                combo.setCurrentIndex(max(combo.findData(kept), 0 if combo.count() else -1))
                combo.blockSignals(False)
        self._show_buttons()

    def _show_buttons(self) -> None:
        actions, x = self._actions, self.first.currentText() or "x"
        y = "p" if self.second.currentData() == PLAIN else self.second.currentText() or "y"
        texts = {
            actions.add: f"{x} {SIGNS[Add]} {y}",
            actions.subtract: f"{x} {SIGNS[Subtract]} {y}",
            actions.multiply: f"{x} {SIGNS[Multiply]} {y}",
            actions.rotate: f"Rotate {x} left by",
        }
        for action, button in self.buttons.items():
            text = texts.get(action, f"{action.text()} {x}")
            button.setText(text)
            button.setAccessibleName(text)
            button.setToolTip(action.toolTip())
            refused = isinstance(self._outcome(action), Refusal | str)
            if button.property("refused") != refused:
                button.setProperty("refused", refused)
                button.style().unpolish(button)
                button.style().polish(button)

    def _outcome(self, action: QAction) -> Value | Refusal | str:
        try:
            return self._workbench.program.judge(self.operation(action))
        except ValueError as error:
            return str(error)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            for action, button in self.buttons.items():
                if button is watched:
                    self.note.preview(self._told(action))
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.FocusOut):
            self.note.preview("")
        return super().eventFilter(watched, event)

    def _told(self, action: QAction) -> str:
        """Return what an operation would give, or why it cannot be done."""
        outcome = self._outcome(action)
        if isinstance(outcome, str):
            return outcome
        if isinstance(outcome, Refusal):
            return outcome.sentence
        name = name_of(len(self._workbench.program.values))
        polynomials = "three polynomials" if outcome.size == 3 else "two polynomials"
        return (
            f"Gives {name}: {primes_text(outcome.level)} left, scale {power_text(outcome.scale)}, "
            f"{polynomials}, error below {error_text(outcome.bound)}."
        )
