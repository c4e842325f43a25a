"""The card with the program as Python, to be copied line by line or whole."""

from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from app.actions.playground import PlaygroundActions
from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.playground.workbench import Workbench
from engine.playground.script import lines, preamble, script

FIRST = "# Each step stands here as a line of Python.\n# Copied whole, the script runs.\n"


class ScriptCard(QFrame):
    """Attributes: `text`, `copy_line`, `copy_script`."""

    def __init__(self, workbench: Workbench, theme: Theme, actions: PlaygroundActions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Python")
        self._workbench = workbench
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("The steps as Python")
        self.text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        theme.apply(self.text, lambda: self.text.setFont(theme.font("mono")))
        bar = self.text.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: bar.setValue(most))  # the last line is seen
        self.copy_line = push_button("Copy line", "small")
        self.copy_script = push_button("Copy script", "small")
        for button, action in (
            (self.copy_line, actions.copy_line),
            (self.copy_script, actions.copy_script),
        ):
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=2)
        head = QHBoxLayout()
        theme.space(head, gap=1.5)
        head.addWidget(label("The same in Python, with TenSEAL", "title"))
        head.addStretch()
        head.addWidget(self.copy_line)
        head.addWidget(self.copy_script)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        actions.copy_line.triggered.connect(self._copy_line)
        actions.copy_script.triggered.connect(self._copy_script)
        self._actions = actions
        workbench.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        program = self._workbench.program
        body = "\n".join(lines(program.operations))
        self.text.setPlainText(preamble(program.setting, program.slots) + "\n" + (body or FIRST))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._actions.copy_line.setEnabled(bool(program.operations))
        self.copy_line.setEnabled(bool(program.operations))

    def _copy_line(self) -> None:
        found = lines(self._workbench.program.operations)
        if found:
            QGuiApplication.clipboard().setText(found[-1] + "\n")

    def _copy_script(self) -> None:
        QGuiApplication.clipboard().setText(script(self._workbench.program))
