"""The card that trains the architecture: passes, progress, the curve, and the way on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSpinBox, QVBoxLayout

from app.architecture.drafting import Drafting
from app.architecture.trainer import INSTALL, Trained, Trainer
from app.kit.basics import label, push_button
from app.kit.following import Following
from app.kit.plots.data import Axes, PlotPoint, Series
from app.kit.plots.plot import Plot
from app.kit.theme import Theme
from app.kit.wording import duration_text
from engine.data_sets.registry import PASSES

TRAINS = "Then it runs encrypted at once, and stays among your networks."
ADAPTS = (
    "ReLU and its relatives become learned quadratics, largest values become averages; then it "
    "learns again from its own former answers."
)


class TrainingCard(QFrame):
    """Attributes: `start`, `stop`, `epochs`, `curve`. Signal `trained(Trained)`."""

    trained = Signal(object)

    def __init__(self, drafting: Drafting, trainer: Trainer, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Training")
        self._drafting = drafting
        self._trainer = trainer
        self._said = ""
        self._title = label("Train it", "title")
        self.start = push_button("Train it", "small")
        self.stop = push_button("Stop and keep", "small")
        self.stop.setToolTip("End the training now; the network is made of what it has learned")
        self.epochs = QSpinBox()
        self.epochs.setRange(1, 200)
        self.epochs.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.epochs.setValue(PASSES["MNIST"])
        self.epochs.setAccessibleName("Passes over the training pictures")
        self.epochs.setToolTip("How often the training goes through all pictures")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._sentence = label("", "caption", "muted", wrap=True)
        self.curve = Plot(_axes(), theme)
        self._arrange(theme)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(trainer.stop)
        Following(self, self._show, trainer.changed, drafting.planned)
        trainer.trained.connect(self._finish)
        drafting.changed.connect(self._follow)
        self._data_set = ""
        self._follow()

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=2)
        head = QHBoxLayout()
        theme.space(head, gap=2)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(label("Passes", "body", "muted"))
        theme.fix(self.epochs, 13, None)
        head.addWidget(self.epochs)
        head.addWidget(self.start)
        head.addWidget(self.stop)
        column.addLayout(head)
        theme.fix(self._bar, None, 1.5)
        column.addWidget(self._bar)
        column.addWidget(self._sentence)
        column.addWidget(self.curve, 1)

    def _follow(self) -> None:
        if self._drafting.data_set != self._data_set:
            self._data_set = self._drafting.data_set
            self.epochs.setValue(PASSES.get(self._data_set, PASSES["MNIST"]))
        self._said = ""
        self._show()

    def _start(self) -> None:
        self._said = ""
        drafting, epochs = self._drafting, self.epochs.value()
        if drafting.original is not None:
            self._trainer.adapt(drafting.original, drafting.data_set, epochs)
        else:
            self._trainer.start(drafting.architecture, drafting.data_set, epochs)

    def _finish(self, found: Trained) -> None:
        early = "stopped early, " if found.is_stopped else ""
        self._said = f"{found.model}: {early}{found.accuracy:.2f} % of the test pictures"
        self._show()
        self.trained.emit(found)

    def _show(self) -> None:
        trainer, drafting = self._trainer, self._drafting
        runs = trainer.is_running
        is_known = drafting.data_set in PASSES
        can = (drafting.is_current and not drafting.refusal) or drafting.original is not None
        self.start.setEnabled(trainer.is_possible() and is_known and can and not runs)
        file = drafting.original
        self._title.setText(f"Adapt {file.name}" if file else "Train it")
        self.start.setText(f"{'Adapt' if file else 'Train'} on {drafting.data_set}")
        self.start.setVisible(not runs)
        self.stop.setVisible(runs)
        self.stop.setEnabled(not trainer.is_stopping)
        self._bar.setVisible(runs)
        self._bar.setValue(round(1000 * trainer.share))
        self._sentence.setText(self._words())
        points = tuple(
            PlotPoint(place, accuracy, index=place, text=f"Pass {place}: {accuracy:.1f} %")
            for place, (_, accuracy) in enumerate(trainer.epochs, 1)
        )
        self.curve.show_series([Series("Accuracy", points, color="series_1", joined=True)])

    def _words(self) -> str:
        trainer = self._trainer
        if not trainer.is_possible():
            return INSTALL
        if trainer.fault:
            return trainer.fault
        if not trainer.is_running:
            return self._said or (ADAPTS if self._drafting.original else TRAINS)
        if trainer.is_stopping:
            return "Stopping: the network is made of what there is\u2026"
        if trainer.seconds_left is None:
            return "Reading the pictures\u2026"
        if trainer.share >= 1:
            return "Measuring it on the test pictures\u2026"
        return (
            f"{len(trainer.epochs)} passes done, about {duration_text(trainer.seconds_left)} left"
        )


def _axes() -> Axes:
    return Axes(
        title="",
        x_title="Pass",
        y_text=lambda value: f"{value:.3g} %",
        from_zero=False,
        empty="The accuracy on pictures kept aside appears here after each pass.",
    )
