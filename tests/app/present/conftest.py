"""A presentation that is being told."""

import pytest
from studio import Studio


@pytest.fixture
def told(studio: Studio) -> Studio:
    """A presentation at its first step, with a digit on the canvas."""
    studio.draw()
    studio.window.actions_.present.trigger()
    return studio
