"""The Prove view: what each proof shows, when it can be tried, and what survives what."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from looks import CONTROLS, clipped, own_children
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog
from studio import Studio

import engine
from app.draw.pixels_view import grey_levels
from app.link.records import Phase, Tone
from app.prove.flip import sentence_about, tally_text
from app.prove.log import COLUMNS
from app.prove.message_meanings import DECRYPTED, MEANINGS, meaning_of
from app.prove.noise import CiphertextPage, difference
from app.prove.proofs import MOST_FLIPS
from app.prove.texts import FLIP, LOG, PROOFS, ProofText
from app.prove.view import ProveView
from app.shell.views import DRAW, PROVE
from engine.errors import MessageError, ProcessLostError
from engine.parties.message_log import MessageLogged
from engine.session.tampering import FlippedBit


def open_view(studio: Studio) -> ProveView:
    studio.window.actions_.view(PROVE.key).trigger()
    view = studio.window.views.currentWidget()
    assert isinstance(view, ProveView)
    return view


@pytest.fixture
def view(studio: Studio) -> ProveView:
    """The view after a run."""
    studio.draw()
    studio.classify()
    return open_view(studio)


def flip(studio: Studio, action: QAction) -> None:
    before = studio.state.evidence.flips
    action.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.evidence.flips is not before)


def shown(view: ProveView) -> ProofText:
    return PROOFS[view._stack.currentIndex()]


# What is there when.


def test_before_any_run_every_proof_says_what_to_do(studio: Studio) -> None:
    view = open_view(studio)
    for text in PROOFS[:-1]:
        view.show_proof(text)
        assert not view.pages[text.key].content.isVisible()
    assert "Draw a picture first" in view.run.message.text()
    assert not any(action.isEnabled() for action in studio.window.actions_.proving)
    studio.draw()
    assert "Classify the picture" in view.run.message.text()
    view.run.classify.click()
    studio.qtbot.waitUntil(lambda: studio.state.result is not None and studio.is_ready())
    assert "about this run" in view.run.message.text()
    for text in PROOFS:
        view.show_proof(text)
        assert view.pages[text.key].content.isVisible()


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_run_can_be_started_from_here_without_leaving(studio: Studio, way: str) -> None:
    view = open_view(studio)
    studio.draw()
    press = {"button": view.run.classify.click, "key": studio.window.actions_.classify.trigger}
    press[way]()
    studio.qtbot.waitUntil(lambda: studio.state.result is not None)
    assert studio.window.views.currentWidget() is view
    studio.qtbot.waitUntil(studio.is_ready)


def test_after_the_settings_changed_the_old_proofs_stay_and_no_new_one_can_be_tried(
    studio: Studio, view: ProveView
) -> None:
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.evidence.attempt is not None)
    studio.window.actions_.presets[1].trigger()
    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.state.evidence.attempt is not None
    assert "settings have changed" in view.run.message.text()
    assert not any(action.isEnabled() for action in studio.window.actions_.proving)


def test_a_new_run_starts_with_nothing_tried(studio: Studio, view: ProveView) -> None:
    flip(studio, studio.window.actions_.flip_random_bit)
    studio.classify()
    assert studio.state.evidence.flips == ()
    open_view(studio)
    assert "Nothing flipped" in view.flip_page.verdict.text()


def test_after_a_cancelled_run_the_proofs_of_the_last_one_can_still_be_tried(
    studio: Studio, view: ProveView
) -> None:
    studio.session.hold = "conv"
    studio.window.program.runs.classify()
    studio.qtbot.waitUntil(lambda: studio.state.phase is Phase.CLASSIFYING)
    studio.window.actions_.cancel.trigger()
    studio.session.hold = ""
    studio.qtbot.waitUntil(studio.is_ready)
    flip(studio, studio.window.actions_.flip_bit)
    assert len(studio.state.evidence.flips) == 1


def test_what_fails_is_told_in_a_sentence_and_can_be_tried_again(
    studio: Studio, view: ProveView
) -> None:
    studio.session.failure = ProcessLostError("The cloud process stopped.")
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.message.tone is Tone.ERROR)
    assert view.run.message.text() == "The cloud process stopped."
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.evidence.attempt is not None)
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
    studio.qtbot.waitUntil(lambda: len(studio.state.runs) == 2 and studio.is_ready())
    assert studio.state.evidence.flips == ()


def test_a_proof_is_asked_once_at_a_time(studio: Studio, view: ProveView) -> None:
    studio.session.hold = "flip"
    for _ in range(5):
        studio.window.actions_.flip_bit.trigger()
    studio.qtbot.waitUntil(lambda: "flip 0" in studio.session.calls)
    studio.session.release()
    studio.qtbot.waitUntil(lambda: len(studio.state.evidence.flips) == 1)
    assert studio.session.calls.count("flip 0") == 1


# The proofs one by one.


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
    studio.qtbot.waitUntil(lambda: studio.state.evidence.again is not None)
    assert studio.window.views.currentWidget() is studio.window.draw


def test_the_card_in_the_draw_view_leads_here(studio: Studio) -> None:
    studio.window.draw.ciphertext_card.more.click()
    assert isinstance(studio.window.views.currentWidget(), ProveView)


def test_the_proofs_follow_one_another_in_both_directions(view: ProveView, studio: Studio) -> None:
    actions = studio.window.actions_
    seen = [shown(view)]
    for _ in PROOFS:
        actions.next_proof.trigger()
        seen.append(shown(view))
    assert seen == [*PROOFS, PROOFS[0]]
    actions.previous_proof.trigger()
    assert shown(view) is LOG


def test_the_arrow_keys_go_through_the_list(view: ProveView, studio: Studio) -> None:
    first = view._list.button(0)
    first.setFocus()
    studio.qtbot.keyClick(first, Qt.Key.Key_Down)
    assert shown(view) is PROOFS[1]


def test_the_bytes_can_be_read_to_the_last(view: ProveView, studio: Studio) -> None:
    page, sent = view.pages["ciphertext"], studio.state.evidence.ciphertext
    assert isinstance(page, CiphertextPage)
    assert sent is not None
    assert page.hex.line(0) == f"0000000  {sent.data[:16].hex(' ')}"
    studio.window.grab()
    bar = page.hex.verticalScrollBar()
    studio.qtbot.keyClick(page.hex, Qt.Key.Key_PageDown)
    assert bar.value() == bar.pageStep()
    bar.setValue(bar.maximum())
    assert bar.value() + bar.pageStep() == page.hex.lines == -(-len(sent.data) // 16)
    assert page.hex.line(page.hex.lines - 1).endswith(sent.data[-1:].hex())


def test_the_numbers_are_counted_when_they_are_looked_at(view: ProveView, studio: Studio) -> None:
    assert studio.state.evidence.coefficients is None
    view.show_proof(PROOFS[1])
    studio.qtbot.waitUntil(lambda: studio.state.evidence.coefficients is not None)
    clear, encrypted = view.pages["counted"].sentences  # type: ignore[attr-defined]
    assert clear.text().endswith("not by chance.")
    assert encrypted.text().startswith("32,768 numbers.")
    assert encrypted.text().endswith(": as chance has it.")


def test_after_a_failed_count_the_next_look_asks_again(view: ProveView, studio: Studio) -> None:
    studio.session.failure = MessageError("There is no result to decrypt yet.")
    view.show_proof(PROOFS[1])
    studio.qtbot.waitUntil(lambda: studio.state.message.tone is Tone.ERROR)
    view.show_proof(PROOFS[0])
    view.show_proof(PROOFS[1])
    studio.qtbot.waitUntil(lambda: studio.state.evidence.coefficients is not None)


def test_encrypting_again_tells_how_many_bytes_differ(view: ProveView, studio: Studio) -> None:
    view.show_proof(PROOFS[2])
    page = view.pages["again"]
    assert "one ciphertext so far" in page.share.text()  # type: ignore[attr-defined]
    studio.window.actions_.encrypt_again.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.evidence.again is not None)
    assert page.share.text().startswith("99.")  # type: ignore[attr-defined]


def test_the_difference_of_two_ciphertexts_is_in_their_bits() -> None:
    assert difference(b"\x0f\x00\xff", b"\xff\x00") == b"\xf0\x00"
    assert difference(b"", b"abc") == b""


def test_a_wrong_key_is_shown_beside_the_right_one_with_its_scale(
    view: ProveView, studio: Studio
) -> None:
    studio.window.actions_.wrong_key.trigger()
    studio.qtbot.waitUntil(lambda: bool(studio.state.evidence.wrong_scores))
    text = view.pages["wrong-key"].sentence.text()  # type: ignore[attr-defined]
    assert "2,000 times" in text


def test_the_cloud_says_that_it_has_no_key_and_its_reading_is_shown(
    view: ProveView, studio: Studio
) -> None:
    page = view.pages["cloud-try"]
    assert "empty" in page.reading.accessibleName()  # type: ignore[attr-defined]
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.evidence.attempt is not None)
    assert "no secret key" in page.sentence.text()  # type: ignore[attr-defined]
    assert "empty" not in page.reading.accessibleName()  # type: ignore[attr-defined]


def test_noise_of_any_size_becomes_grey_levels() -> None:
    huge = grey_levels(tuple(np.linspace(-1e300, 1e300, 784).tolist()))
    assert (huge.min(), huge.max()) == (0, 255)
    assert not grey_levels((3.5,) * 784).any()
    exact = np.arange(784, dtype=np.uint8).reshape(28, 28)
    assert (grey_levels(tuple((exact / 255).ravel().tolist())) == exact).all()


@pytest.mark.parametrize(
    ("byte", "verdict", "sentence"),
    [(3, "Refused", "no ciphertext"), (6, "Unchanged", "as they were"), (8, "Noise", "off by up")],
)
def test_a_flipped_bit_is_told_with_its_place_and_consequence(
    view: ProveView, studio: Studio, byte: int, verdict: str, sentence: str
) -> None:
    view.flip_page.slider.setValue(byte)
    view.flip_page.spin.setValue(5)
    flip(studio, studio.window.actions_.flip_bit)
    assert studio.session.calls[-1] == f"flip {8 * byte + 5}"
    assert view.flip_page.verdict.text() == verdict
    assert sentence in view.flip_page.sentence.text()
    assert f"Byte {byte}, bit 5" in view.flip_page.sentence.text()
    assert view.flip_page.tally.text().startswith("1 tried: ")


def test_random_bits_are_anywhere_in_the_ciphertext(view: ProveView, studio: Studio) -> None:
    bits = {view.flip_page.choose_any_bit() for _ in range(50)}
    assert len(bits) > 40
    assert min(bits) >= 0
    assert max(bits) < 8 * 185_000
    assert studio.state.evidence.flips == ()


def test_the_tally_counts_each_consequence() -> None:
    refused = FlippedBit(1, 10, (1.0,), refusal="No.")
    noise = FlippedBit(2, 10, (1.0,), scores=(-900.0,))
    assert tally_text((refused, noise, noise)) == "3 tried: 1 refused, 2 noise, 0 unchanged"
    assert sentence_about(refused) == "Byte 0, bit 1. No."
    assert "901" in sentence_about(noise)


def test_only_the_latest_flips_are_kept(studio: Studio, view: ProveView) -> None:
    flip(studio, studio.window.actions_.flip_bit)
    one = studio.state.evidence.flips
    studio.state.evidence = type(studio.state.evidence)(
        studio.state.evidence.ciphertext, flips=one * MOST_FLIPS
    )
    flip(studio, studio.window.actions_.flip_bit)
    assert len(studio.state.evidence.flips) == MOST_FLIPS


# The message log.


def test_the_log_lists_what_crossed_newest_first(studio: Studio, view: ProveView) -> None:
    view.show_proof(LOG)
    model = view.log_page.model
    assert model.rowCount() == len(studio.state.messages.entries)
    row = [model.index(0, column).data() for column in range(len(COLUMNS))]
    assert row[1:] == ["The cloud", "You", "classify", MEANINGS["classify"], "60 B", "\u2013"]
    assert "to the cloud" in view.log_page.totals.text()


def test_every_message_that_the_engine_knows_is_explained() -> None:
    sources = [
        path.read_text(encoding="utf-8") for path in Path(engine.__file__).parent.rglob("*.py")
    ]
    names = {name for text in sources for name in re.findall(r'Message\(\s*"(\w+)"', text)}
    assert {"classify", "galois_keys", "scores"} < names
    assert names <= set(MEANINGS)


def test_scores_are_encrypted_from_the_cloud_and_decrypted_from_the_key_owner() -> None:
    assert meaning_of(MessageLogged(0, "cloud", "window", "scores", 1, 1)) == MEANINGS["scores"]
    assert meaning_of(MessageLogged(0, "client", "window", "scores", 1, 1)) == DECRYPTED


def test_new_messages_appear_while_the_log_is_looked_at(studio: Studio, view: ProveView) -> None:
    view.show_proof(LOG)
    before = view.log_page.model.rowCount()
    studio.window.program.runs.proofs.use_wrong_key()
    studio.qtbot.waitUntil(lambda: view.log_page.model.rowCount() == before + 2)


@pytest.mark.parametrize("name", ["log.csv", "log.json"])
def test_the_log_is_exported_as_its_name_says(
    studio: Studio, view: ProveView, tmp_path: Path, name: str
) -> None:
    view.export_chosen.emit(tmp_path / name)
    studio.qtbot.waitUntil(lambda: name in studio.state.message.text)
    text = (tmp_path / name).read_text(encoding="utf-8")
    rows = json.loads(text) if name.endswith("json") else list(csv.DictReader(text.splitlines()))
    assert [row["name"] for row in rows] == [each.name for each in studio.state.messages.entries]


def test_a_log_that_cannot_be_written_is_told_in_a_sentence(
    studio: Studio, view: ProveView, tmp_path: Path
) -> None:
    view.export_chosen.emit(tmp_path / "nowhere" / "log.csv")
    studio.qtbot.waitUntil(lambda: studio.state.message.tone is Tone.ERROR)
    assert "log.csv cannot be written (No such file or directory)" in view.run.message.text()


def test_export_asks_where_to(
    studio: Studio, view: ProveView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: None)
    studio.window.actions_.export_log.trigger()
    (dialog,) = view.findChildren(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit(str(tmp_path / "log.csv"))
    studio.qtbot.waitUntil((tmp_path / "log.csv").exists)
    assert shown(view) is LOG


# How it looks.


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped_on_any_proof(
    studio: Studio, view: ProveView, size: tuple[int, int]
) -> None:
    actions = studio.window.actions_
    for action in (actions.encrypt_again, actions.wrong_key, actions.cloud_try):
        action.trigger()
    flip(studio, actions.flip_bit)
    studio.window.resize(*size)
    studio.window.fit()
    for text in PROOFS:
        view.show_proof(text)
        studio.window.grab()
        studio.qtbot.waitUntil(lambda: clipped(view) == [])
        assert (studio.window.width(), studio.window.height()) == size


def test_every_control_has_a_name_and_can_be_reached_with_tab(
    studio: Studio, view: ProveView
) -> None:
    for text in PROOFS:
        view.show_proof(text)
        controls = [
            each
            for each in own_children(view.pages[text.key], CONTROLS)
            if each.isVisible() and each.metaObject().className() not in HIDDEN_PARTS
        ]
        assert all(each.accessibleName() for each in controls)
        reached, widget = set(), view._list.checkedButton()
        while widget not in reached:
            reached.add(widget)
            widget = widget.nextInFocusChain()
        assert all(each in reached for each in controls if each.isEnabled())


HIDDEN_PARTS = ("QTableCornerButton", "QScrollBar")
