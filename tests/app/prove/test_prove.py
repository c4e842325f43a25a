"""The Prove view: what each proof shows, when it can be tried, and what survives what."""

import pytest
from prove_steps import flip, open_view, shown
from studio import Studio

from app.actions.views import DRAW
from app.prove.texts import FLIP, LOG, PROOFS, WIRE
from app.prove.view import ProveView
from app.state.records import Phase, Tone
from engine.errors import ProcessLostError


def test_before_any_run_every_proof_says_what_to_do(studio: Studio) -> None:
    view = open_view(studio)
    for text in PROOFS:
        view.show_proof(text)
        assert view.pages[text.key].content.isVisible() == (text is LOG)
    assert "Draw a picture first" in view.run.message.text()
    assert not any(action.isEnabled() for action in studio.window.actions_.proving)
    studio.draw()
    assert "Classify the picture" in view.run.message.text()
    view.run.classify.click()
    studio.qtbot.waitUntil(lambda: studio.state.run.result is not None and studio.is_ready())
    assert "about this run" in view.run.message.text()
    for text in PROOFS:
        view.show_proof(text)
        assert view.pages[text.key].content.isVisible() == (text is not WIRE)


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_run_can_be_started_from_here_without_leaving(studio: Studio, way: str) -> None:
    view = open_view(studio)
    studio.draw()
    press = {"button": view.run.classify.click, "key": studio.window.actions_.classify.trigger}
    press[way]()
    studio.qtbot.waitUntil(lambda: studio.state.run.result is not None)
    assert studio.window.views.currentWidget() is view
    studio.qtbot.waitUntil(studio.is_ready)


def test_after_the_settings_changed_the_old_proofs_stay_and_no_new_one_can_be_tried(
    studio: Studio, view: ProveView
) -> None:
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.attempt is not None)
    studio.window.actions_.presets[1].trigger()
    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.state.proved.evidence.attempt is not None
    assert "settings have changed" in view.run.message.text()
    assert not any(action.isEnabled() for action in studio.window.actions_.proving)


def test_a_new_run_starts_with_nothing_tried(studio: Studio, view: ProveView) -> None:
    flip(studio, studio.window.actions_.flip_random_bit)
    studio.classify()
    assert studio.state.proved.evidence.flips == ()
    open_view(studio)
    assert "Nothing flipped" in view.flip_page.verdict.text()


def test_after_a_cancelled_run_the_proofs_of_the_last_one_can_still_be_tried(
    studio: Studio, view: ProveView
) -> None:
    studio.session.hold = "conv"
    studio.window.program.runs.classify()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.CLASSIFYING)
    studio.window.actions_.cancel.trigger()
    studio.session.hold = ""
    studio.qtbot.waitUntil(studio.is_ready)
    flip(studio, studio.window.actions_.flip_bit)
    assert len(studio.state.proved.evidence.flips) == 1


def test_what_fails_is_told_in_a_sentence_and_can_be_tried_again(
    studio: Studio, view: ProveView
) -> None:
    studio.session.failure = ProcessLostError("The cloud process stopped.")
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.message.tone is Tone.ERROR)
    assert view.run.message.text() == "The cloud process stopped."
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.attempt is not None)
    assert "about this run" in view.run.message.text()


def test_a_proof_that_was_on_its_way_is_not_shown_with_the_next_run(
    studio: Studio, view: ProveView
) -> None:
    studio.session.hold = "flip"
    studio.window.actions_.flip_bit.trigger()
    studio.qtbot.waitUntil(lambda: "flip 0" in studio.session.calls)
    studio.session.hold = ""
    studio.window.program.runs.classify()
    studio.session.release()
    studio.qtbot.waitUntil(lambda: len(studio.state.past.runs) == 2 and studio.is_ready())
    assert studio.state.proved.evidence.flips == ()


def test_a_proof_is_asked_once_at_a_time(studio: Studio, view: ProveView) -> None:
    studio.session.hold = "flip"
    for _ in range(5):
        studio.window.actions_.flip_bit.trigger()
    studio.qtbot.waitUntil(lambda: "flip 0" in studio.session.calls)
    studio.session.release()
    studio.qtbot.waitUntil(lambda: len(studio.state.proved.evidence.flips) == 1)
    assert studio.session.calls.count("flip 0") == 1


def test_an_action_turns_to_its_proof_from_wherever_it_is_asked(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    assert studio.window.views.currentWidget() is studio.window.draw
    flip(studio, studio.window.actions_.flip_random_bit)
    view = studio.window.views.currentWidget()
    assert isinstance(view, ProveView)
    assert shown(view) is FLIP
    studio.window.actions_.wrong_key.trigger()
    assert shown(view).key == "wrong-key"


def test_encrypting_again_from_the_draw_view_stays_there(studio: Studio, view: ProveView) -> None:
    studio.window.actions_.view(DRAW.key).trigger()
    studio.window.actions_.encrypt_again.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.again is not None)
    assert studio.window.views.currentWidget() is studio.window.draw


def test_the_card_in_the_draw_view_leads_here(studio: Studio) -> None:
    studio.window.draw.ciphertext_card.more.click()
    assert isinstance(studio.window.views.currentWidget(), ProveView)
