import threading

import pytest
from studio import Studio

from app.state.records import Phase, Progress, Tone
from engine.errors import MessageError, ProcessLostError

CLOUD_STAGES = ("conv", "square-1", "dense-1", "square-2", "dense-2")


def hold_at(studio: Studio, key: str) -> None:
    """Start a run and wait until it is at a stage, where it stays."""
    studio.session.hold = key
    studio.draw()
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.stages[key].progress is Progress.RUNNING)


def test_a_run_lights_up_every_stage(studio: Studio) -> None:
    studio.draw()
    studio.classify()

    assert all(stage.progress is Progress.DONE for stage in studio.state.run.stages.values())
    for card in studio.window.draw.journey.cards.values():
        assert card.view().progress is Progress.DONE
        assert card.view().value.endswith("s")


def test_a_running_stage_is_marked_and_later_ones_wait(studio: Studio) -> None:
    hold_at(studio, "dense-1")
    cards = studio.window.draw.journey.cards

    assert cards["conv"].view().progress is Progress.DONE
    assert cards["dense-1"].view().progress is Progress.RUNNING
    assert "running" in cards["dense-1"].accessibleName()
    assert cards["dense-2"].view().progress is Progress.WAITING
    studio.session.release()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.IDLE)


def test_the_answer_is_shown_with_its_agreement(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    card = studio.window.draw.answer_card

    assert card.digit.text() == "3"
    assert "agree" in card.sentence.text()


def test_an_answer_to_another_picture_is_marked_as_old(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    card = studio.window.draw.answer_card
    studio.window.actions_.clear.trigger()
    assert "before" in card.sentence.text()
    studio.window.actions_.undo.trigger()

    assert "agree" in card.sentence.text()


def test_the_button_becomes_cancel_and_back(studio: Studio) -> None:
    bar = studio.window.draw.run_bar
    assert bar.classify.isVisible()
    hold_at(studio, "conv")
    assert bar.cancel.isVisible()
    assert not bar.classify.isVisible()
    studio.session.release()
    studio.qtbot.waitUntil(bar.classify.isVisible)


@pytest.mark.parametrize("stage", ["encrypt", "conv", "dense-2", "decrypt"])
def test_after_a_cancel_the_next_run_works(studio: Studio, stage: str) -> None:
    hold_at(studio, stage)
    studio.window.actions_.cancel.trigger()
    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.state.run.result is None
    assert "Cancelled" in studio.state.run.message.text

    studio.session.hold = ""
    studio.classify()
    assert studio.state.run.result is not None


def test_cancel_while_the_keys_are_made_keeps_the_picture(studio: Studio) -> None:
    studio.draw()
    studio.session.hold = "keys"
    studio.window.draw.settings_card.slider.setValue(24)
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.MAKING_KEYS)
    studio.window.actions_.classify.trigger()
    studio.window.actions_.cancel.trigger()
    studio.session.hold = ""
    studio.qtbot.waitUntil(studio.is_ready)

    assert studio.state.can_classify


def test_a_run_before_the_keys_are_ready_waits_for_them(idle: Studio) -> None:
    idle.window.show()
    idle.window.program.start()
    idle.draw()
    idle.qtbot.waitUntil(lambda: idle.state.chosen.forecast is not None)
    idle.classify()

    assert idle.state.run.result is not None


def test_without_a_picture_there_is_nothing_to_classify(studio: Studio) -> None:
    studio.window.actions_.classify.trigger()

    assert "classify" not in studio.session.calls
    assert not studio.window.draw.run_bar.classify.isEnabled()


def test_a_lost_process_is_told_in_a_sentence_and_the_next_run_works(studio: Studio) -> None:
    studio.draw()
    studio.session.failure = ProcessLostError("The cloud process stopped; try again.")
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.message.tone is Tone.ERROR)
    assert studio.window.draw.run_bar.message.text() == "The cloud process stopped; try again."

    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.window.draw.run_bar.message.text() == "The cloud process stopped; try again."
    studio.classify()
    assert studio.state.run.message.text == ""


def test_an_unexpected_error_of_the_engine_is_reported_and_the_next_run_works(
    studio: Studio,
) -> None:
    studio.draw()
    studio.session.failure = ZeroDivisionError("nobody expected this")
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(studio.window.notices.show_details.isVisible)
    studio.qtbot.waitUntil(studio.is_ready)

    assert "ZeroDivisionError" in studio.window.notices.sentence.text()
    studio.classify()


def test_encrypting_again_shows_that_the_bytes_differ(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    studio.window.actions_.encrypt_again.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.again is not None)

    assert studio.state.proved.evidence.again is not None
    assert studio.state.proved.evidence.again.differing == pytest.approx(255 / 256, abs=0.002)
    assert "99.6%" in studio.window.draw.ciphertext_card.proof.text()


def test_a_wrong_key_shows_noise_and_leaves_the_answer(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    studio.window.actions_.wrong_key.trigger()
    studio.qtbot.waitUntil(lambda: bool(studio.state.proved.evidence.wrong_scores))

    assert "Wrong key" in studio.window.draw.ciphertext_card.proof.text()
    assert studio.window.draw.answer_card.digit.text() == "3"


def test_a_proof_that_fails_is_told_in_a_sentence(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    studio.session.failure = MessageError("There is no result to decrypt yet.")
    studio.window.actions_.wrong_key.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.message.tone is Tone.ERROR)

    assert studio.state.can_prove


def test_the_proofs_need_a_result_under_the_current_keys(studio: Studio) -> None:
    assert not studio.window.actions_.wrong_key.isEnabled()
    studio.draw()
    studio.classify()
    assert studio.window.actions_.wrong_key.isEnabled()
    studio.session.hold = "keys"
    studio.window.draw.settings_card.slider.setValue(24)
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.MAKING_KEYS)

    assert not studio.window.actions_.wrong_key.isEnabled()
    studio.session.release()
    studio.qtbot.waitUntil(studio.is_ready)


def test_the_engine_works_in_one_thread_that_is_not_the_windows(studio: Studio) -> None:
    studio.draw()
    studio.classify()

    assert len(studio.session.threads) == 1
    assert threading.get_ident() not in studio.session.threads


def test_closing_in_the_middle_of_a_run_ends_the_session(studio: Studio) -> None:
    hold_at(studio, "conv")
    studio.window.close()

    assert studio.session.closed
