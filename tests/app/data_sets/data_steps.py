"""What tests of the data sets do over and over."""

from studio import Studio

from app.data_sets.view import DATASETS, DataView


def choose(studio: Studio, view: DataView, dataset: str) -> None:
    browser = studio.window.program.browser
    view.sets.button(DATASETS.index(dataset)).click()
    studio.qtbot.waitUntil(lambda: browser.dataset == dataset and browser.split is not None)
