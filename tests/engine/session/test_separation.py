"""What the cloud gets to know: every byte that goes there, searched for the secret key."""

from pathlib import Path

import numpy as np
import pytest
from recording import FLIPPED, Recording, Words, hidden_in, words_of
from tenseal import sealapi

from engine.ckks.seal import (
    _scratch_file,
    load_ciphertext,
    load_galois_keys,
    load_relin_keys,
    to_bytes,
)
from engine.messages.framing import encode_message
from engine.session.tampering import flip_bit


def secret_words(record: Recording) -> Words:
    return words_of(record.owned.secret_key.data())


def load_secret_key(context: sealapi.SEALContext, data: bytes) -> sealapi.SecretKey:
    """Take bytes for a secret key; SEAL raises if they are none for this context."""
    key = sealapi.SecretKey()
    with _scratch_file() as path:
        Path(path).write_bytes(data)
        key.load(context, path)
    return key


def test_the_recorded_run_was_a_real_one(record: Recording) -> None:
    assert [answer.prediction for answer in record.answers] == [0, 1]
    assert len(record.sent) > record.ready.galois_key_bytes


def test_the_cloud_gets_its_model_then_keys_then_one_ciphertext_a_picture(
    record: Recording,
) -> None:
    kinds = [message.kind for message in record.messages]
    keys = ["relin_keys", *["galois_keys"] * record.ready.galois_key_count]
    proofs = ["try_to_decrypt", "unpack", "classify"]
    assert kinds == ["load", *keys, "classify", "classify", *proofs]


def test_after_decryption_the_cloud_gets_nothing_but_ciphertexts_it_had(record: Recording) -> None:
    """Decrypting and looking send nothing; a proof sends again what was there before."""
    picture = record.answers[-1].ciphertext.data
    second, attempt, unpack, flipped = record.messages[-4:]
    assert second.blobs == unpack.blobs == attempt.blobs[:1] == (picture,)
    assert len(attempt.blobs[1]) == record.answers[-1].result_bytes
    assert flipped.blobs == (flip_bit(picture, FLIPPED),)


def test_the_log_has_every_message_to_the_cloud_with_its_true_size(record: Recording) -> None:
    logged = [entry for entry in record.log.entries if entry.receiver == "cloud"]
    assert [entry.name for entry in logged] == [message.kind for message in record.messages]
    sizes = [len(encode_message(message)) for message in record.messages]
    assert [entry.total_bytes for entry in logged] == sizes
    assert sum(sizes) == len(record.sent)


def test_messages_to_the_cloud_carry_no_field_but_the_model_settings_and_rotation(
    record: Recording,
) -> None:
    for message in record.messages:
        allowed = {"load": {"sha256", "settings"}, "galois_keys": {"step"}}.get(message.kind, set())
        assert set(message.fields) == allowed
        assert len(message.blobs) == {"load": 0, "try_to_decrypt": 2}.get(message.kind, 1)


def test_the_bytes_reported_are_those_that_were_sent(record: Recording) -> None:
    assert sum(map(len, record.blobs("galois_keys"))) == record.ready.galois_key_bytes
    assert sum(map(len, record.blobs("relin_keys"))) == record.ready.relin_key_bytes
    sent = [answer.ciphertext.data for answer in record.answers]
    assert record.blobs("classify")[:2] == sent
    framing = len(record.sent) - sum(map(len, record.all_blobs))
    assert framing < 200 * len(record.messages)


def test_the_search_would_find_a_secret_key(record: Recording) -> None:
    """The tests below mean something: each way of looking finds a key that is there."""
    secret = secret_words(record)
    assert len(secret) == 4 * 8192
    assert hidden_in(b"abc" + secret.astype("<u8").tobytes(), secret) > 30_000
    key = load_secret_key(record.owned.context, to_bytes(record.owned.secret_key))
    np.testing.assert_array_equal(words_of(key.data()), secret)


def test_the_serialised_secret_key_is_not_among_the_bytes_sent(record: Recording) -> None:
    serialised = to_bytes(record.owned.secret_key)
    assert to_bytes(record.owned.secret_key) == serialised  # it is saved the same way every time
    assert serialised not in record.sent
    for begin in range(64, len(serialised) - 64, 997):
        assert serialised[begin : begin + 64] not in record.sent


def test_no_coefficient_of_the_secret_key_is_among_the_bytes_sent(record: Recording) -> None:
    assert hidden_in(record.sent, secret_words(record)) == 0


def test_no_coefficient_of_the_secret_key_is_inside_what_was_sent_compressed(
    record: Recording,
) -> None:
    secret = np.unique(secret_words(record))
    relin = load_relin_keys(record.owned.context, record.blobs("relin_keys")[0])
    galois = load_galois_keys(record.owned.context, record.blobs("galois_keys")[0])
    parts = [words_of(public.data()) for keys in (*relin.data(), *galois.data()) for public in keys]
    parts.append(words_of(load_ciphertext(record.owned.context, record.blobs("classify")[0])))
    assert len(parts) == 2 * record.owned.chain.top_level + 1
    for part in parts:
        assert np.isin(part, secret).sum() < 10  # 53-bit words meet by chance less than once
        assert (part > 2**40).mean() > 0.9


def test_the_secret_key_is_in_no_serialised_form_of_other_lengths(record: Recording) -> None:
    """Each residue polynomial alone, negated, or as small ternary numbers, in common widths."""
    secret = secret_words(record).reshape(4, 8192)
    chain = sealapi.CoeffModulus.Create(8192, list(record.owned.chain.coeff_modulus_bits))
    for row, prime in zip(secret, chain, strict=True):
        negated = (np.uint64(prime.value()) - row).astype("<u8").tobytes()
        for form in (row.astype("<u8").tobytes(), negated, row.astype(">u8").tobytes()):
            for begin in range(0, len(form), 8192):
                assert form[begin : begin + 32] not in record.sent


def test_nothing_sent_can_be_taken_for_a_secret_key(record: Recording) -> None:
    for blob in record.all_blobs:
        with pytest.raises((RuntimeError, ValueError)):
            load_secret_key(record.owned.context, blob)


def test_what_the_cloud_holds_gives_no_decryptor(record: Recording) -> None:
    """SEAL's decryptor takes secret keys only; none of the cloud's objects passes for one."""
    relin = load_relin_keys(record.owned.context, record.blobs("relin_keys")[0])
    galois = load_galois_keys(record.owned.context, record.blobs("galois_keys")[0])
    public = relin.data()[0][0]
    for held in (relin, galois, public, public.data()):
        with pytest.raises(TypeError):
            sealapi.Decryptor(record.owned.context, held)


def test_a_key_of_the_clouds_own_making_decrypts_to_noise(record: Recording) -> None:
    guessed = sealapi.KeyGenerator(record.owned.context).secret_key()
    ciphertext = load_ciphertext(record.owned.context, record.blobs("classify")[0])
    shown = {}
    for name, key in (("true", record.owned.secret_key), ("guessed", guessed)):
        plaintext = sealapi.Plaintext()
        sealapi.Decryptor(record.owned.context, key).decrypt(ciphertext, plaintext)
        decoded = sealapi.CKKSEncoder(record.owned.context).decode_double(plaintext)
        shown[name] = np.abs(np.asarray(decoded)).max()
    assert shown["true"] < 1.01
    assert shown["guessed"] > 1e6


def test_the_client_answers_with_public_things_only(record: Recording) -> None:
    """The window relays what the client answers, so no answer may hold the secret key either."""
    assert [message.kind for message in record.client.answers] == [
        "begun",
        *("relin_keys", *["galois_keys"] * record.ready.galois_key_count),
        *("ciphertext", "scores", "ciphertext", "scores"),
        *("ciphertext", "scores"),
        "scores",
    ]
    secret, serialised = secret_words(record), to_bytes(record.owned.secret_key)
    for message in record.client.answers:
        data = encode_message(message)
        assert hidden_in(data, secret) == 0
        assert serialised[1000:1064] not in data
