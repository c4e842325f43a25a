"""The card that says what an architecture costs: in all, and stage by stage."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QTableView, QVBoxLayout, QWidget

from app.architecture.drafting import Drafting, described
from app.kit.basics import RIGHT, label, push_button
from app.kit.pages import Pages
from app.kit.table import LEFT, Index, TableModel, fit_columns, make_plain
from app.kit.theme import Theme
from app.kit.wording import TERMS, settings_text, share_text, size_text, time_text
from engine.planning.design import Design, StageCost
from engine.planning.forecast import timing_words

COLUMNS = ("Stage", "Primes", "Rotations", "Masks", "Bits right", "Time")
WIDEST = ("", "12 \u2192 12", "999", "9,999", "99.9", "99.99 s")
COMPUTES = "How long the cloud will compute"
FACTS = (
    ("Cloud, one picture", COMPUTES),
    ("Expected error", TERMS["precision"]),
    ("Weights", "How many numbers the network learns, biases included"),
    ("Ciphertext, keys", f"{TERMS['ciphertext']}\n{TERMS['galois_keys']}"),
    ("Setting", f"{TERMS['poly_modulus_degree']}\n{TERMS['scale_bits']}"),
    ("Chain", TERMS["coeff_modulus"]),
)


class CostCard(QFrame):
    """Shows `drafting.design`, or why there is none. Attributes: `values`, `reason`, `table`."""

    def __init__(self, drafting: Drafting, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("What it costs")
        self._drafting = drafting
        self._theme = theme
        self.title = label("What it costs", "title")
        self._state = label("", "caption", "muted")
        self.values = [label("\u2013", "strong") for _ in FACTS]
        self.reason = label("", "body", "danger", wrap=True)
        self.use = push_button("Use the nearest that can run", "suggest")
        self.use.clicked.connect(drafting.use_nearest)
        self.table = QTableView()
        self._model = StageModel(self)
        self._pages = Pages()
        self._arrange()
        drafting.changed.connect(self._wait)
        drafting.planned.connect(self._show)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=2)
        head = QGridLayout()
        head.addWidget(self.title, 0, 0)
        head.addWidget(self._state, 0, 1, RIGHT)
        column.addLayout(head)
        self._pages.addWidget(self._facts())
        self._pages.addWidget(self._refusal())
        column.addWidget(self._pages, 1)

    def _facts(self) -> QWidget:
        page = QWidget()
        inside = QVBoxLayout(page)
        self._theme.space(inside, gap=2)
        grid = QGridLayout()
        self._theme.space(grid, gap=0.75)
        for place, ((name, tip), value) in enumerate(zip(FACTS, self.values, strict=True)):
            row, side = divmod(place, 2)
            heading = label(name, "body", "muted")
            for widget in (heading, value):
                widget.setToolTip(tip)
            grid.addWidget(heading, row, 3 * side)
            grid.addWidget(value, row, 3 * side + 1, RIGHT)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, self._theme.px(4))
        grid.setColumnStretch(4, 1)
        inside.addLayout(grid)
        self.table.setModel(self._model)
        make_plain(self.table, "Stages in the cloud")
        self.table.setSelectionMode(QTableView.SelectionMode.NoSelection)
        fit_columns(self.table, self._theme, COLUMNS, WIDEST)
        rows = self.table.verticalHeader()
        self._theme.apply(rows, lambda: rows.setDefaultSectionSize(self._theme.px(5.5)))
        inside.addWidget(self.table, 1)
        return page

    def _refusal(self) -> QWidget:
        page = QWidget()
        inside = QVBoxLayout(page)
        self._theme.space(inside, gap=2)
        inside.addWidget(label("This architecture cannot run encrypted", "strong"))
        inside.addWidget(self.reason)
        inside.addWidget(self.use)
        inside.addStretch()
        return page

    def _wait(self) -> None:
        self._state.setText("planning\u2026")

    def _show(self) -> None:
        drafting = self._drafting
        self._state.setText("")
        if drafting.refusal:
            self.reason.setText(drafting.refusal)
            self.use.setVisible(drafting.nearest is not None)
            if drafting.nearest is not None:
                self.use.setText(f"Use {described(drafting.nearest)}")
                self.use.setAccessibleName(self.use.text())
            self._pages.setCurrentIndex(1)
            return
        if drafting.design is not None:
            self._fill(drafting.design)
        self._pages.setCurrentIndex(0)

    def _fill(self, found: Design) -> None:
        forecast = found.forecast
        keys = forecast.relin_key_bytes + forecast.galois_key_bytes
        seconds = forecast.server_seconds
        texts = (
            time_text(seconds) if seconds is not None else "not measured yet",
            share_text(forecast.relative_error),
            f"{found.architecture.weights:,}",
            f"{size_text(forecast.ciphertext_bytes)}, {size_text(keys)}",
            settings_text(forecast.settings),
            f"{sum(forecast.coeff_modulus_bits)} bits, {len(forecast.coeff_modulus_bits)} primes",
        )
        for value, text in zip(self.values, texts, strict=True):
            value.setText(text)
        if seconds is not None:
            self.values[0].setToolTip(f"{COMPUTES}, {timing_words(forecast.timed_on)}")
        self._model.show_stages(found.stages)


class StageModel(TableModel):
    """A row for each stage of the cloud's circuit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(COLUMNS, parent)
        self._stages: tuple[StageCost, ...] = ()

    def show_stages(self, stages: tuple[StageCost, ...]) -> None:
        """Show these stages."""
        self.beginResetModel()
        self._stages = stages
        self.endResetModel()

    def row_count(self) -> int:
        """Return how many stages there are."""
        return len(self._stages)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand: numbers on the right."""
        return RIGHT if column else LEFT

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        stage = self._stages[index.row()]
        return (
            stage.key.replace("conv", "convolution").replace("-", " ").capitalize(),
            f"{stage.level} \u2192 {stage.level_after}",
            str(stage.rotations or ""),
            f"{stage.masks:,}" if stage.masks else "",
            f"{stage.bits:.1f}",
            time_text(stage.seconds) if stage.seconds is not None else "",
        )[index.column()]
