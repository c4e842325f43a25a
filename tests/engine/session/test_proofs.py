"""What a session proves about its last run, on real processes and real ciphertexts."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ckks.parameters import Settings
from engine.errors import CancelledError, MessageError
from engine.messages.log import MessageLogged
from engine.parties.attempt import Guess
from engine.session.events import Classification
from engine.session.inspection import coefficient_histogram, uniformity
from engine.session.relay import Session
from engine.session.tampering import FlippedBit, flip_bit

Picture = npt.NDArray[np.uint8]
TRUE = (1.0, 5.0, -2.0)


class Proven:
    """A session after one run, with its answer and all its messages."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.messages: list[MessageLogged] = []
        session.on_message = self.messages.append
        self.answer: Classification | None = None

    @property
    def sent(self) -> bytes:
        assert self.answer is not None
        return self.answer.ciphertext.data


@pytest.fixture(scope="module")
def proven(samples: tuple[Picture, ...]) -> Iterator[Proven]:
    with Session() as session:
        proven = Proven(session)
        session.prepare(Settings())
        proven.answer = session.classify(samples[3])
        yield proven


# One bit flipped, as arithmetic.


@given(st.binary(min_size=1, max_size=50), st.data())
def test_flipping_a_bit_changes_that_bit_and_flipping_it_again_restores_it(
    data: bytes, draw: st.DataObject
) -> None:
    bit = draw.draw(st.integers(0, 8 * len(data) - 1))
    changed = flip_bit(data, bit)
    assert int.from_bytes(changed, "little") ^ int.from_bytes(data, "little") == 1 << bit
    assert flip_bit(changed, bit) == data


@pytest.mark.parametrize("bit", [-1, 16, 10**12])
def test_a_bit_that_is_not_there_is_refused_with_those_that_are(bit: int) -> None:
    with pytest.raises(MessageError, match=f"no bit {bit} in 2 bytes: choose one from 0 to 15"):
        flip_bit(b"ab", bit)


def test_the_consequence_of_a_flipped_bit_has_three_kinds() -> None:
    outcome = FlippedBit(7, 100, TRUE)
    refused = dataclasses.replace(outcome, refusal="No.")
    noise = dataclasses.replace(outcome, scores=(1.0, 5.0, 400.0))
    same = dataclasses.replace(outcome, scores=(1.0, 5.01, -2.0))
    kinds = [each.consequence for each in (refused, noise, same)]
    assert kinds == ["refused", "noise", "unchanged"]
    assert noise.largest_difference == 402
    assert refused.largest_difference == 0


# One bit flipped, on its way to the real cloud.


def check(outcome: FlippedBit, proven: Proven) -> None:
    assert proven.answer is not None
    assert outcome.byte_count == len(proven.sent)
    assert outcome.true_scores == proven.answer.encrypted
    if outcome.refusal:
        assert outcome.scores == ()
        assert outcome.refusal.endswith(".")
    else:
        assert len(outcome.scores) == 10
        assert np.isfinite(outcome.scores).all()


@pytest.mark.parametrize("byte", [*range(16), 16, 20, 24, 40, 64])
def test_a_flipped_bit_in_the_header_is_refused_or_decrypts(proven: Proven, byte: int) -> None:
    pids = proven.session.pids
    for bit in (8 * byte, 8 * byte + 7):
        check(proven.session.classify_with_flipped_bit(bit), proven)
    assert proven.session.pids == pids


@pytest.mark.parametrize("part", range(24))
def test_a_flipped_bit_anywhere_is_refused_or_decrypts(proven: Proven, part: int) -> None:
    rng = np.random.default_rng(part)
    size = 8 * len(proven.sent) // 24
    outcome = proven.session.classify_with_flipped_bit(size * part + int(rng.integers(size)))
    check(outcome, proven)
    if outcome.consequence == "noise":
        assert outcome.largest_difference > 10


def test_the_format_mark_is_checked_and_reserved_bytes_are_not_looked_at(proven: Proven) -> None:
    mark = proven.session.classify_with_flipped_bit(0)
    assert mark.consequence == "refused"
    assert "not a ciphertext" in mark.refusal
    reserved = proven.session.classify_with_flipped_bit(8 * 6)
    assert reserved.consequence == "unchanged"
    assert reserved.scores == reserved.true_scores


def test_a_bit_outside_the_ciphertext_is_refused_before_anything_is_sent(proven: Proven) -> None:
    before = len(proven.messages)
    with pytest.raises(MessageError, match="no bit"):
        proven.session.classify_with_flipped_bit(8 * len(proven.sent))
    assert len(proven.messages) == before


@pytest.mark.parametrize("role", ["_key_owner", "_cloud"])
def test_a_process_that_a_flipped_bit_brings_down_is_told_and_starts_again(
    samples: tuple[Picture, ...], role: str
) -> None:
    with Session() as session:
        session.prepare(Settings())
        session.classify(samples[3])
        peer = getattr(session, role)
        # The client before it can have answered, the cloud while it computes.
        name = "scores" if role == "_key_owner" else "classify"

        def kill(message: MessageLogged) -> None:
            if message.name == name:
                peer.kill()

        session.on_message = kill
        outcome = session.classify_with_flipped_bit(8 * 6)  # a reserved bit: nothing refuses it
        assert outcome.consequence == "refused"
        assert "process stopped" in outcome.refusal
        session.on_message = lambda message: None
        assert session.classify(samples[7]).prediction == 7


def test_a_cancel_while_a_bit_is_flipped_is_a_cancel(samples: tuple[Picture, ...]) -> None:
    with Session() as session:
        session.prepare(Settings())
        session.classify(samples[3])

        def cancel(message: MessageLogged) -> None:
            if message.name == "classify":
                session.cancel()

        session.on_message = cancel
        with pytest.raises(CancelledError):
            session.classify_with_flipped_bit(800_000)
        session.on_message = lambda message: None
        assert session.classify(samples[3]).prediction == 3


# The cloud tries.


def test_the_cloud_says_that_it_cannot_decrypt_and_reads_noise(proven: Proven) -> None:
    assert proven.answer is not None
    attempt = proven.session.let_cloud_try()
    assert "no secret key" in attempt.sentence
    assert "14 Galois keys" in attempt.sentence
    assert len(attempt.pixels) == 784
    assert np.abs(attempt.pixels).max() > 1e6
    assert max(map(abs, attempt.scores)) > 10 * max(map(abs, proven.answer.encrypted))
    assert proven.session.let_cloud_try().scores != attempt.scores


def test_the_same_steps_with_the_true_key_would_show_the_picture(
    make_lab: Callable[[Settings], Any], samples: tuple[Picture, ...]
) -> None:
    lab = make_lab(Settings())
    guess = Guess(lab.owner.held.context, lab.circuit, 784)
    guess._decryptor = _decryptor(lab)
    pixels = guess.pixels(lab.encrypt(samples[3]))
    np.testing.assert_allclose(pixels.reshape(28, 28), samples[3] / 255, atol=0.005)


def _decryptor(lab: Any) -> Any:
    from tenseal import sealapi  # noqa: PLC0415 - only this test needs it

    return sealapi.Decryptor(lab.owner.held.context, lab.owner.held.secret_key)


# The ciphertext as numbers.


def test_the_numbers_of_a_ciphertext_are_spread_as_by_chance(proven: Proven) -> None:
    assert proven.answer is not None
    coefficients = proven.session.unpack()
    bits = proven.answer.ciphertext.coeff_modulus_bits
    assert [prime.bit_length() for prime in coefficients.primes] == list(bits[:-1])
    assert coefficients.residues.shape == (2, len(coefficients.primes), 8192)
    primes = np.array(coefficients.primes, dtype=np.uint64)
    assert (coefficients.residues < primes[:, None]).all()
    assert uniformity(coefficient_histogram(coefficients)).is_like_chance


# When there is nothing to prove.


@pytest.mark.parametrize("prove", ["let_cloud_try", "unpack", "classify_with_flipped_bit"])
def test_without_a_result_under_these_keys_there_is_nothing_to_prove(
    samples: tuple[Picture, ...], prove: str
) -> None:
    with Session() as session:
        arguments = (0,) if prove == "classify_with_flipped_bit" else ()
        with pytest.raises(MessageError, match="first"):
            getattr(session, prove)(*arguments)
        session.prepare(Settings())
        with pytest.raises(MessageError, match="classify a picture first"):
            getattr(session, prove)(*arguments)


# The message log.


def test_every_message_of_a_run_is_logged_in_order_with_its_sides(
    proven: Proven, samples: tuple[Picture, ...]
) -> None:
    proven.messages.clear()
    answer = proven.session.classify(samples[3])
    proven.answer = answer
    seen = [(each.sender, each.receiver, each.name) for each in proven.messages]
    assert seen[:3] == [
        ("window", "client", "encrypt"),
        ("client", "window", "ciphertext"),
        ("client", "window", "end"),
    ]
    assert seen[3] == ("window", "cloud", "classify")
    assert seen[-3:-1] == [("window", "client", "decrypt"), ("client", "window", "scores")]
    sizes = {each.name: each.blob_bytes for each in proven.messages if each.crosses}
    assert sizes["classify"] == len(answer.ciphertext.data)
    assert sizes["scores"] == answer.result_bytes
    times = [each.at for each in proven.messages]
    assert times == sorted(times)


def test_a_refusal_is_a_message_too(proven: Proven) -> None:
    proven.messages.clear()
    proven.session.classify_with_flipped_bit(0)
    assert ("cloud", "error") in [(each.sender, each.name) for each in proven.messages]
