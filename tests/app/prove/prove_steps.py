"""What tests of Prove do over and over."""

from PySide6.QtGui import QAction
from studio import Studio

from app.actions.views import PROVE
from app.prove.texts import PROOFS, ProofText
from app.prove.view import ProveView


def open_view(studio: Studio) -> ProveView:
    studio.window.actions_.view(PROVE.key).trigger()
    view = studio.window.views.currentWidget()
    assert isinstance(view, ProveView)
    return view


def flip(studio: Studio, action: QAction) -> None:
    before = studio.state.proved.evidence.flips
    action.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.flips is not before)


def shown(view: ProveView) -> ProofText:
    return PROOFS[view._stack.currentIndex()]
