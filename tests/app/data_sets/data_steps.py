"""What tests of the data sets do over and over."""

from studio import Studio

from app.data_sets.shelves import SHELVES
from app.data_sets.view import DataView


def choose(studio: Studio, view: DataView, dataset: str) -> None:
    browser = studio.window.program.browser
    view.sets.button(place_of(dataset)).click()
    studio.qtbot.waitUntil(lambda: browser.shelf.name == dataset and browser.split is not None)


def place_of(dataset: str) -> int:
    return [shelf.name for shelf in SHELVES].index(dataset)
