import numpy as np
import pytest
from prove_steps import flip, shown
from PySide6.QtCore import Qt
from studio import Studio

from app.draw.picture.pixels_view import levels_of
from app.prove.flip import sentence_about, tally_text
from app.prove.noise import CiphertextPage, difference
from app.prove.proofs import MOST_FLIPS
from app.prove.texts import PROOFS
from app.prove.view import ProveView
from app.state.records import Tone
from engine.errors import MessageError
from engine.session.tampering import FlippedBit


def test_the_proofs_follow_one_another_in_both_directions(view: ProveView, studio: Studio) -> None:
    actions = studio.window.actions_
    seen = [shown(view)]
    for _ in PROOFS:
        actions.next_proof.trigger()
        seen.append(shown(view))
    assert seen == [*PROOFS, PROOFS[0]]
    actions.previous_proof.trigger()
    assert shown(view) is PROOFS[-1]


def test_the_arrow_keys_go_through_the_list(view: ProveView, studio: Studio) -> None:
    first = view._list.button(0)
    first.setFocus()
    studio.qtbot.keyClick(first, Qt.Key.Key_Down)
    assert shown(view) is PROOFS[1]


def test_the_bytes_can_be_read_to_the_last(view: ProveView, studio: Studio) -> None:
    page, sent = view.pages["ciphertext"], studio.state.proved.evidence.ciphertext
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
    assert studio.state.proved.evidence.coefficients is None
    view.show_proof(PROOFS[1])
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.coefficients is not None)
    clear, encrypted = view.pages["counted"].sentences  # type: ignore[attr-defined]
    assert clear.text().endswith("not by chance.")
    assert encrypted.text().startswith("32,768 numbers.")
    assert encrypted.text().endswith(": as chance has it.")


def test_after_a_failed_count_the_next_look_asks_again(view: ProveView, studio: Studio) -> None:
    studio.session.failure = MessageError("There is no result to decrypt yet.")
    view.show_proof(PROOFS[1])
    studio.qtbot.waitUntil(lambda: studio.state.run.message.tone is Tone.ERROR)
    view.show_proof(PROOFS[0])
    view.show_proof(PROOFS[1])
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.coefficients is not None)


def test_encrypting_again_tells_how_many_bytes_differ(view: ProveView, studio: Studio) -> None:
    view.show_proof(PROOFS[2])
    page = view.pages["again"]
    assert "one ciphertext so far" in page.share.text()  # type: ignore[attr-defined]
    studio.window.actions_.encrypt_again.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.again is not None)
    assert page.share.text().startswith("99.")  # type: ignore[attr-defined]


def test_the_difference_of_two_ciphertexts_is_in_their_bits() -> None:
    assert difference(b"\x0f\x00\xff", b"\xff\x00") == b"\xf0\x00"
    assert difference(b"", b"abc") == b""


def test_a_wrong_key_is_shown_beside_the_right_one_with_its_scale(
    view: ProveView, studio: Studio
) -> None:
    studio.window.actions_.wrong_key.trigger()
    studio.qtbot.waitUntil(lambda: bool(studio.state.proved.evidence.wrong_scores))
    text = view.pages["wrong-key"].sentence.text()  # type: ignore[attr-defined]
    assert "2,000 times" in text


def test_the_cloud_says_that_it_has_no_key_and_its_reading_is_shown(
    view: ProveView, studio: Studio
) -> None:
    page = view.pages["cloud-try"]
    assert "empty" in page.reading.accessibleName()  # type: ignore[attr-defined]
    studio.window.actions_.cloud_try.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.attempt is not None)
    assert "no secret key" in page.sentence.text()  # type: ignore[attr-defined]
    assert "empty" not in page.reading.accessibleName()  # type: ignore[attr-defined]


def test_noise_of_any_size_becomes_levels() -> None:
    exact = np.arange(784, dtype=np.uint8).reshape(28, 28)
    huge = levels_of(tuple(np.linspace(-1e300, 1e300, 784).tolist()), exact)
    assert (huge.min(), huge.max()) == (0, 255)
    assert not levels_of((3.5,) * 784, exact).any()
    assert (levels_of(tuple((exact / 255).ravel().tolist()), exact) == exact).all()


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
    assert studio.state.proved.evidence.flips == ()


def test_the_tally_counts_each_consequence() -> None:
    refused = FlippedBit(1, 10, (1.0,), refusal="No.")
    noise = FlippedBit(2, 10, (1.0,), scores=(-900.0,))
    assert tally_text((refused, noise, noise)) == "3 tried: 1 refused, 2 noise, 0 unchanged"
    assert sentence_about(refused) == "Byte 0, bit 1. No."
    assert "901" in sentence_about(noise)


def test_only_the_latest_flips_are_kept(studio: Studio, view: ProveView) -> None:
    flip(studio, studio.window.actions_.flip_bit)
    one = studio.state.proved.evidence.flips
    studio.state.proved.evidence = type(studio.state.proved.evidence)(
        studio.state.proved.evidence.ciphertext, flips=one * MOST_FLIPS
    )
    flip(studio, studio.window.actions_.flip_bit)
    assert len(studio.state.proved.evidence.flips) == MOST_FLIPS
