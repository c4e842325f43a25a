"""The Data sets view with a made set, and what browses it."""

import pytest
from made_splits import made_contents
from studio import Studio

from app.data_sets.browsing import Browser
from app.data_sets.view import DataView


@pytest.fixture
def view(studio: Studio) -> DataView:
    browser = studio.window.program.browser
    browser._loader = made_contents
    studio.window.views.show_view("data")
    studio.qtbot.waitUntil(lambda: browser.split is not None)
    shown = studio.window.views.view("data")
    assert isinstance(shown, DataView)
    return shown


@pytest.fixture
def browser(studio: Studio, view: DataView) -> Browser:
    return studio.window.program.browser
