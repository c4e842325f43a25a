"""The right side of Compare: the selected runs side by side."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.compare.side_by_side import MOST_RUNS, ComparisonModel, ComparisonTable
from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.state.stored_run import StoredRun

HINT = "Select a run to see everything about it, or two and more to see what differs."


class ComparisonPanel(QFrame):
    """Attributes: `table`, `lines` (its model), `only_differences`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Side by side")
        self._runs: list[StoredRun] = []
        self._title = label("Side by side", "title")
        self._hint = label(HINT, "body", "muted", wrap=True)
        self.only_differences = push_button("Differences only", "small")
        self.only_differences.setCheckable(True)
        self.only_differences.toggled.connect(self._choose)
        self.lines = ComparisonModel(theme, self)
        self.table = ComparisonTable(self.lines, theme)
        layout = QVBoxLayout(self)
        theme.space(layout, margin=2, gap=1.5)
        head = QHBoxLayout()
        theme.space(head, gap=2)
        head.addWidget(self._title, 1)
        head.addWidget(self.only_differences)
        layout.addLayout(head)
        layout.addWidget(self._hint)
        layout.addWidget(self.table, 1)
        layout.addStretch()
        self.show_runs([])
        theme.apply(self, self._fit)

    def _fit(self) -> None:
        self.setFixedWidth(self.table.panel_width)

    def show_runs(self, runs: Sequence[StoredRun]) -> None:
        """Show these runs beside each other."""
        self._runs = list(runs)
        self.lines.show_runs(self._runs)
        self._fit()
        self.table.setVisible(bool(runs))
        self._hint.setVisible(not runs)
        self.only_differences.setEnabled(len(runs) > 1)
        many = len(runs) > MOST_RUNS
        shown = f"{MOST_RUNS} of {len(runs)}" if many else str(len(runs))
        self._title.setText(f"Side by side: {shown}" if len(runs) > 1 else "Side by side")
        if len(runs) == 1:
            self._title.setText("One run")

    def _choose(self, only: bool) -> None:
        self.lines.only_differences = only
        self.show_runs(self._runs)
