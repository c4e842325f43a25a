"""What a person does with the data sets: look through the test pictures and pick one.

A set is read in the background when it is first wanted; only the last one is kept.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.crash import UNEXPECTED, is_expected
from app.drawing import Grey
from engine.datasets import CLASSES, Split, load_split
from engine.preparation import FIRST_DATASET

Numbers = npt.NDArray[np.intp]
Loader = Callable[[str], Split]
NOTHING = np.empty(0, dtype=np.intp)


def load_test_pictures(dataset: str) -> Split:
    """Read the test pictures of a data set; raise DatasetError without the files."""
    return load_split(dataset, "t10k")


class Browser(QObject):
    """The pictures that are looked at.

    Attributes: `dataset`, `split` (None until it is read), `only_class`, `shown` (the numbers of
    the pictures that the filters let through), `selected` (a number or None), `fault` (why there
    are none). Signals: `pictures_changed` after any of the first four, `selected_changed`.
    """

    pictures_changed = Signal()
    selected_changed = Signal()

    def __init__(
        self,
        background: Background,
        report: Callable[[Exception], None],
        loader: Loader = load_test_pictures,
    ) -> None:
        super().__init__(background)
        self._background = background
        self._report = report
        self._loader = loader
        self._is_open = False
        self.dataset = FIRST_DATASET
        self.split: Split | None = None
        self.only_class: int | None = None
        self.shown = NOTHING
        self.selected: int | None = None
        self.fault = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes of the data set."""
        return CLASSES[self.dataset]

    def open(self) -> None:
        """Read the first data set, once; later calls do nothing."""
        if not self._is_open:
            self._is_open = True
            self.load()

    def choose_dataset(self, dataset: str) -> None:
        """Show another data set."""
        if dataset != self.dataset:
            self.dataset = dataset
            self.only_class = None
            self.load()

    def choose_class(self, number: int | None) -> None:
        """Show only the pictures of one class, or of all with None."""
        self.only_class = number
        self._filter()

    def select(self, number: int | None) -> None:
        """Pick a picture by its number in the file."""
        if number != self.selected:
            self.selected = number
            self.selected_changed.emit()

    def find(self, number: int) -> None:
        """Pick a picture that a filter may hide: then the filter goes."""
        if self.split is not None and 0 <= number < len(self.split):
            if number not in self.shown:
                self.choose_class(None)
            self.select(number)

    def picture(self, number: int) -> Grey:
        """Return a picture (28, 28) of the set that is shown."""
        assert self.split is not None
        picture: Grey = self.split.pictures[number]
        return picture

    def label(self, number: int) -> str:
        """Return the name of a picture's class."""
        assert self.split is not None
        return self.classes[int(self.split.labels[number])]

    def count(self, number: int) -> int:
        """Return how many pictures a class has."""
        return 0 if self.split is None else int((self.split.labels == number).sum())

    def load(self) -> None:
        """Read the set's files, again if they were missing."""
        dataset = self.dataset
        self.split, self.fault = None, ""
        self._filter()
        self._background.run("data set", lambda: self._loader(dataset), self._show, self._fail)

    def _show(self, split: Split) -> None:
        self.split = split
        self._filter()

    def _fail(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self.fault = str(error) if is_expected(error) else UNEXPECTED
        self.pictures_changed.emit()

    def _filter(self) -> None:
        split = self.split
        if split is None:
            self.shown = NOTHING
        elif self.only_class is None:
            self.shown = np.arange(len(split))
        else:
            self.shown = np.flatnonzero(split.labels == self.only_class)
        if self.selected is not None and self.selected not in self.shown:
            self.select(None)
        self.pictures_changed.emit()
        if self.selected is None and len(self.shown):
            self.select(int(self.shown[0]))
