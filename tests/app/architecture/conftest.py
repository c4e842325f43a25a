"""The view of architectures over a study that was made for tests."""

import pytest
from architecture_steps import settle
from studio import Studio

from app.actions.views import ARCHITECTURE
from app.architecture.drafting import Drafting
from app.architecture.view import ArchitectureView
from tests.engine.studies.test_architecture_study import ROWS


@pytest.fixture
def view(idle: Studio, monkeypatch: pytest.MonkeyPatch) -> ArchitectureView:
    monkeypatch.setattr("engine.studies.architectures.read_study", lambda _folder: ROWS)
    idle.window.show()
    idle.window.views.show_view(ARCHITECTURE.key)
    found = idle.window.views.view(ARCHITECTURE.key)
    assert isinstance(found, ArchitectureView)
    settle(idle)
    return found


@pytest.fixture
def drafting(idle: Studio, view: ArchitectureView) -> Drafting:
    return idle.window.program.drafting
