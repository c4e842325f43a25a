"""What a person does with the data sets: look through the test pictures and pick one.

A set is read in the background when it is first wanted; only the last one is kept.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from app.data_sets.shelves import SHELVES, Contents, Shelf, folder_shelf, read_shelf
from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.stored_run import StoredRun
from engine.data_sets.preparation import dataset_of
from engine.data_sets.splits import Split
from engine.errors import DatasetMissingError

Numbers = npt.NDArray[np.intp]
Loader = Callable[[Shelf], Contents]
Disagreements = dict[int, tuple[str, ...]]
"""For a picture's number the settings with which encrypted and clear answers differed."""
Finder = Callable[[str, Split, Sequence[StoredRun]], Disagreements]
NOTHING = np.empty(0, dtype=np.intp)


def find_disagreements(dataset: str, split: Split, runs: Sequence[StoredRun]) -> Disagreements:
    """Ask sweeps, evaluations and runs; the engine's part is imported after the first window."""
    from app.data_sets.disagreements import find_disagreements as find  # noqa: PLC0415 - see above

    return find(dataset, split, runs)


class Browser(QObject):
    """The pictures that are looked at.

    Attributes: `shelf`, `split` (None until it is read), `only_class`, `only_disagreeing`,
    `disagreements`, `shown` (the numbers of the pictures that the filter lets through), `selected`
    (a number or None), `fault` (why there are none; `is_missing` if a download helps), `warning`
    (what could not be read, or why disagreements are not known). Signals: `pictures_changed` after
    any of these but `selected`, which has `selected_changed`.
    """

    pictures_changed = Signal()
    selected_changed = Signal()

    def __init__(
        self,
        state: AppState,
        background: Background,
        report: Callable[[Exception], None],
        loader: Loader = read_shelf,
        finder: Finder = find_disagreements,
    ) -> None:
        super().__init__(background)
        self._state = state
        self._background = background
        self._report = report
        self._loader = loader
        self._finder = finder
        self._is_open = False
        self.shelf = SHELVES[0]
        self.split: Split | None = None
        self.only_class: int | None = None
        self.only_disagreeing = False
        self.disagreements: Disagreements = {}
        self.shown = NOTHING
        self.selected: int | None = None
        self.fault = ""
        self.is_missing = False
        self.warning = ""
        state.past.run_finished.connect(self._take_run)

    def open(self) -> None:
        """Read the first data set, once; later calls do nothing."""
        if not self._is_open:
            self._is_open = True
            self.load()

    def choose(self, shelf: Shelf) -> None:
        """Show something else."""
        if shelf != self.shelf:
            self.shelf = shelf
            self.only_class, self.only_disagreeing = None, False
            self.load()

    def choose_folder(self, folder: Path) -> None:
        """Show a person's folder, prepared for the chosen network's kind."""
        self.choose(folder_shelf(folder, dataset_of(self._state.chosen.settings.model)))

    def choose_class(self, number: int | None) -> None:
        """Show only the pictures of one class, or of all with None."""
        self.only_class, self.only_disagreeing = number, False
        self._filter()

    def choose_disagreeing(self) -> None:
        """Show only those that were once answered differently with and without encryption."""
        self.only_class, self.only_disagreeing = None, True
        self._filter()
        self._look_for_disagreements()  # a sweep may have found more

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

    def picture(self, number: int) -> Picture:
        """Return a picture (28, 28) of the set that is shown."""
        assert self.split is not None
        picture: Picture = self.split.pictures[number]
        return picture

    def label(self, number: int) -> str:
        """Return the name of a picture's class."""
        assert self.split is not None
        return self.shelf.classes[int(self.split.labels[number])]

    def count(self, number: int) -> int:
        """Return how many pictures a class has."""
        return 0 if self.split is None else int((self.split.labels == number).sum())

    def load(self) -> None:
        """Read the set's files, again if they were missing."""
        shelf = self.shelf
        self.split, self.fault, self.warning, self.disagreements = None, "", "", {}
        self._filter()
        self._background.run("data set", lambda: self._loader(shelf), self._show, self._fail)

    def look_again(self, dataset: str) -> None:
        """Read a set that is there now, if it is the one that is shown."""
        if dataset == self.shelf.name:
            self.load()

    def _show(self, contents: Contents) -> None:
        self.split, self.warning = contents.split, contents.warning
        self._filter()
        self._look_for_disagreements()

    def _look_for_disagreements(self) -> None:
        shelf, split, runs = self.shelf, self.split, tuple(self._state.past.runs)
        if split is not None and shelf.has_results:
            self._background.run(
                "disagreements",
                lambda: self._finder(shelf.name, split, runs),
                self._take_disagreements,
                self._fail_to_compare,
            )

    def _take_run(self, run: StoredRun) -> None:
        if not run.agrees:
            self._look_for_disagreements()

    def _take_disagreements(self, found: Disagreements) -> None:
        if found != self.disagreements or self.warning:
            self.disagreements, self.warning = found, ""
            self._filter()

    def _fail_to_compare(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self.warning = sentence_of(error)
        self.pictures_changed.emit()

    def _fail(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self.fault = sentence_of(error)
        self.is_missing = isinstance(error, DatasetMissingError)
        self.pictures_changed.emit()

    def _filter(self) -> None:
        split = self.split
        if split is None:
            self.shown = NOTHING
        elif self.only_disagreeing:
            numbers = [number for number in self.disagreements if number < len(split)]
            self.shown = np.array(sorted(numbers), dtype=np.intp)
        elif self.only_class is None:
            self.shown = np.arange(len(split))
        else:
            self.shown = np.flatnonzero(split.labels == self.only_class)
        if self.selected is not None and self.selected not in self.shown:
            self.select(None)
        self.pictures_changed.emit()
        if self.selected is None and len(self.shown):
            self.select(int(self.shown[0]))
