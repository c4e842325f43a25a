"""The Compare view with three runs; no dialog opens."""

import pytest
from compare_steps import RUNS
from PySide6.QtWidgets import QFileDialog
from studio import Studio

from app.compare.view import CompareView


@pytest.fixture
def view(studio: Studio) -> CompareView:
    """The Compare view with three runs, the latest on top."""
    studio.window.program.archive._put(RUNS)
    next(a for a in studio.window.actions_.views.actions() if a.data() == "compare").trigger()
    view = studio.window.views.view("compare")
    assert isinstance(view, CompareView)
    view.plots.settle()
    return view


@pytest.fixture(autouse=True)
def hidden_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep file dialogs from opening: without a display, Qt complains about their windows."""
    monkeypatch.setattr(QFileDialog, "open", lambda _dialog: None)
