"""What a teaching run is, and the button that begins one: shown until there is something to see."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.inside.revealing import Revealing
from app.inside.viewing import Viewing
from app.kit.basics import label, push_button
from app.kit.following import Following
from app.kit.theme import Theme

WARNING = (
    "A teaching run, for show: after every stage the cloud sends its ciphertext to you, and you "
    "decrypt it. A real cloud would not do so. Nothing decrypted goes back to it."
)
ASK = "Look into every stage"
BUSY = "The cloud computes, and every stage is decrypted\u2026"
BETWEEN = "The cloud shows its ciphertexts after a stage: go to one of its stages."


class RevealPage(QFrame):
    """Attributes: `run`, the button; `said`, why there is nothing to see."""

    def __init__(self, viewing: Viewing, revealing: Revealing, theme: Theme) -> None:
        super().__init__()
        self._viewing = viewing
        self._revealing = revealing
        self.warning = label(WARNING, "note", wrap=True)
        self.said = label("", "body", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.run = push_button(ASK, "suggest")
        self.run.clicked.connect(revealing.run)
        column = QVBoxLayout(self)
        theme.space(column, margin=4, gap=4)
        column.addStretch()
        theme.fix(self.warning, 130, None)
        row = QHBoxLayout()  # a box's own alignment would give it the height of one long line
        row.addStretch()
        row.addWidget(self.warning)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self.said)
        column.addWidget(self.run, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        Following(self, self._show, revealing.changed, viewing.stepped, viewing.traced)

    def _show(self) -> None:
        there = self._revealing.current is not None
        self.run.setVisible(not there)
        self.run.setEnabled(not self._revealing.is_running)
        said = BETWEEN if there else self._revealing.refusal
        self.said.setText(BUSY if self._revealing.is_running else said)
