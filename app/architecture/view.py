"""The view of architectures: layers on the left, what they cost and are worth on the right."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.architecture.costs import CostCard
from app.architecture.drafting import Drafting
from app.architecture.editor import Editor
from app.architecture.study_plot import StudyPlot
from app.architecture.trainer import Trainer
from app.architecture.training_card import TrainingCard
from app.kit.theme import Theme
from engine.studies.architectures import StudyRow

LEFT_WIDTH = 150
TRAINING_HEIGHT = 52


class ArchitectureView(QWidget):
    """Attributes: `editor`, `costs`, `study`, `training`. Signals: `told(Message)`, `trained`."""

    told = Signal(object)
    trained = Signal(object)

    def __init__(
        self, drafting: Drafting, trainer: Trainer, rows: tuple[StudyRow, ...], theme: Theme
    ) -> None:
        super().__init__()
        self.editor = Editor(drafting, theme)
        self.costs = CostCard(drafting, theme)
        self.study = StudyPlot(drafting, rows, theme)
        self.training = TrainingCard(drafting, trainer, theme)
        row = QHBoxLayout(self)
        left, right = QVBoxLayout(), QVBoxLayout()
        for layout in (row, left, right):
            theme.space(layout, gap=3)
        left.addWidget(self.editor, 1)
        left.addWidget(self.training)
        right.addWidget(self.costs, 1)
        right.addWidget(self.study, 1)
        row.addLayout(left)
        row.addLayout(right, 1)
        for card in (self.editor, self.training):
            theme.fix(card, LEFT_WIDTH, None)
        theme.fix(self.training, LEFT_WIDTH, TRAINING_HEIGHT)
        self.editor.told.connect(self.told)
        self.training.trained.connect(self.trained)
        self.training.trained.connect(lambda _found: self.editor.list_models())
        self.study.chosen.connect(drafting.use)
        drafting.plan()
