"""The Prove view after a run."""

import pytest
from prove_steps import open_view
from studio import Studio

from app.prove.view import ProveView


@pytest.fixture
def view(studio: Studio) -> ProveView:
    """The view after a run."""
    studio.draw()
    studio.classify()
    return open_view(studio)
