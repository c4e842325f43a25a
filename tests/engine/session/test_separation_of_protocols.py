"""What the cloud gets to know of refreshed pictures and of batches: every byte that goes there.

`test_separation` has the same for one shot, with more ways to look for a key.
"""

from typing import Any

import numpy as np
import pytest
from recording import Recording, hidden_in, recorded, words_of

from engine.ckks.parameters import Settings
from engine.ckks.seal import load_ciphertext, to_bytes
from engine.messages.framing import encode_message
from engine.planning.forecast import circuit_for
from engine.session.tampering import flip_bit

REFRESHED = Settings("mnist-network2", 4096, 24, protocol="refresh")
LEAST_ROOM_BITS = 3
FLIPPED = 48  # of a byte that nobody reads, so that scores come back


@pytest.fixture(scope="module")
def refreshed(samples: tuple[Any, ...]) -> Recording:
    with recorded() as (session, recording):
        recording.ready = session.prepare(REFRESHED)
        recording.answers = [session.classify(samples[3])]
        session.decrypt_with_wrong_key()
        session.let_cloud_try()
        session.unpack()
        session.classify_with_flipped_bit(FLIPPED)
    assert recording.answers[0].prediction == 3
    return recording


@pytest.fixture(scope="module")
def batched(samples: tuple[Any, ...], tiny_model: Settings) -> Recording:
    with recorded() as (session, recording):
        recording.ready = session.prepare_batch(tiny_model)
        session.classify_batch(np.stack(samples))
    return recording


@pytest.fixture(params=["refreshed", "batched"])
def record(request: pytest.FixtureRequest) -> Recording:
    recording = request.getfixturevalue(request.param)
    assert isinstance(recording, Recording)
    return recording


def secret_key(record: Recording) -> Any:
    owner, batch_owner = record.client.owner, record.client.batch_owner
    return (owner if owner._held is not None else batch_owner).held.secret_key


def test_the_cloud_gets_its_model_then_keys_then_ciphertexts(
    refreshed: Recording, batched: Recording
) -> None:
    legs = ["classify", "proceed", "proceed", "proceed"]
    keys = ["relin_keys", *["galois_keys"] * refreshed.ready.galois_key_count]
    kinds = [message.kind for message in refreshed.messages]
    assert kinds == ["load", *keys, *legs, "try_to_decrypt", "unpack", *legs]
    assert [message.kind for message in batched.messages] == [
        *("load_batch", "batch_relin_keys", "conjugation_keys"),
        *["classify_row"] * 28,
    ]


def test_messages_carry_no_field_but_the_model_settings_rotation_leg_and_row(
    record: Recording,
) -> None:
    allowed = {
        "load": {"sha256", "settings"},
        "load_batch": {"sha256", "settings"},
        "galois_keys": {"step"},
        "proceed": {"leg"},
        "classify_row": {"row"},
    }
    for message in record.messages:
        assert set(message.fields) == allowed.get(message.kind, set())


def test_no_secret_key_is_among_the_bytes_sent(record: Recording) -> None:
    key = secret_key(record)
    serialised, sent = to_bytes(key), without_most_rows(record)
    assert hidden_in(sent, words_of(key.data())) == 0
    assert all(
        serialised[begin : begin + 64] not in sent for begin in range(64, len(serialised) - 64, 997)
    )


def without_most_rows(record: Recording) -> bytes:
    """Return what was sent, of a batch's 28 rows, 110 MB in all, only the last two."""
    rows = [each for each in record.messages if each.kind == "classify_row"]
    left_out = {id(message) for message in rows[:-2]}
    kept = (each for each in record.messages if id(each) not in left_out)
    return b"".join(encode_message(message) for message in kept)


def test_nothing_that_was_decrypted_goes_to_the_cloud_as_it_is(record: Recording) -> None:
    assert len(record.decrypted) >= 9
    for values in record.decrypted:
        for form in (values.real.astype("<f8"), values.real.astype("<f4")):
            plain = np.ascontiguousarray(form).tobytes()
            assert plain[:16] not in record.sent
            assert plain[-16:] not in record.sent


def test_no_activation_is_told_by_the_client_not_even_to_the_window(refreshed: Recording) -> None:
    between = [each for each in refreshed.client.answers if each.kind == "decrypted"]
    assert len(between) == 6
    assert all(set(message.fields) == {"seconds"} and not message.blobs for message in between)


def test_every_leg_gets_ciphertexts_that_nobody_has_seen(refreshed: Recording) -> None:
    """What was decrypted is encrypted afresh: full level, and not a polynomial sent twice."""
    legs = [each for each in refreshed.messages if each.kind in ("classify", "proceed")]
    first = refreshed.answers[0].ciphertext.data
    assert b"".join(legs[0].blobs) == first
    assert b"".join(legs[4].blobs) == flip_bit(first, FLIPPED)
    blobs = [blob for message in (*legs[:4], *legs[5:]) for blob in message.blobs]
    polynomials = set()
    for blob in blobs:
        ciphertext = load_ciphertext(refreshed.owned.context, blob)
        assert ciphertext.coeff_modulus_size() == refreshed.owned.chain.top_level
        words = words_of(ciphertext)
        polynomials |= {half.tobytes() for half in np.split(words, 2)}
    assert len(polynomials) == 2 * len(blobs)


@pytest.mark.parametrize("model", ["mnist-network1", "mnist-network2"])
@pytest.mark.parametrize(
    ("degree", "bits", "outer_bits"),
    [(4096, 22, None), (4096, 24, None), (4096, 20, 32), (8192, 26, None), (8192, 26, 32)],
)
def test_whatever_comes_back_can_be_encrypted_again_so_that_no_refusal_tells_the_cloud_anything(
    model: str, degree: int, bits: int, outer_bits: int | None
) -> None:
    """The largest values that a result can hold fit into a fresh ciphertext, with room to spare."""
    circuit = circuit_for(Settings(model, degree, bits, outer_bits, "refresh"))
    chain = circuit.parameters.chain.coeff_modulus_bits[:-1]
    for leg, following in zip(circuit.legs, circuit.legs[1:], strict=False):
        result, scale = leg.packing, following.packing.scale
        modulus = sum(chain[: result.result_level])
        # A slot is at most N coefficients of half the modulus; scales count up to twice as read.
        largest = modulus + np.log2(degree / result.result_scale)
        assert largest + np.log2(scale) + LEAST_ROOM_BITS < sum(chain)
