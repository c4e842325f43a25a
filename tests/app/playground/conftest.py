"""The playground's view, shown, and what it shows."""

import pytest
from playground_steps import settle
from studio import Studio

from app.actions.views import PLAYGROUND
from app.playground.view import PlaygroundView
from app.playground.workbench import Workbench


@pytest.fixture
def bench(studio: Studio) -> Workbench:
    studio.window.views.show_view(PLAYGROUND.key)
    settle(studio)
    return studio.window.program.workbench


@pytest.fixture
def view(studio: Studio, bench: Workbench) -> PlaygroundView:
    found = studio.window.views.view(PLAYGROUND.key)
    assert isinstance(found, PlaygroundView)
    return found
