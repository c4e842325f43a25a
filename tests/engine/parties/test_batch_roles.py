"""The key owner and the cloud of a batch in one process: what they refuse and what they exchange.

Here too is the circuit of two convolutions on SEAL, which the shipped model does not have.
"""

import functools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from asking import answers
from tenseal import sealapi

from engine.arrays import Array
from engine.circuits.batch.execution import BatchRun, Row
from engine.circuits.batch.seal import BatchEncoder, SealBatchBackend
from engine.circuits.batch.stages import build_batch_circuit, pair_pictures, part_pictures
from engine.ckks.parameters import CONJUGATION, Settings
from engine.ckks.seal import (
    _scratch_file,
    data_primes,
    galois_element,
    load_ciphertext,
    make_context,
    to_bytes,
)
from engine.errors import MessageError
from engine.messages.framing import Message
from engine.messages.to_cloud import LoadBatch
from engine.networks.layers import Conv2d, Dense, ModelCard, Network, Square
from engine.parties.batch_cloud import BatchCloud
from engine.parties.batch_key_owner import BatchKeyOwner
from engine.parties.models import Models
from engine.resources import model_sha256
from engine.session.batch import key_requests

SETTINGS = Settings()


class Lab:
    """A key owner, a cloud without keys yet, and the keys it could be given."""

    def __init__(self) -> None:
        self.owner, self.cloud = BatchKeyOwner(), BatchCloud(Models())
        answers(self.owner, key_requests(SETTINGS).begin.as_message())
        answers(self.cloud, self.load_request())
        self.keys = answers(self.owner, Message("make_batch_keys"))

    @staticmethod
    def load_request() -> Message:
        return LoadBatch(model_sha256(SETTINGS.model), SETTINGS).as_message()

    @functools.cached_property
    def row(self) -> tuple[bytes, ...]:
        """Return the ciphertexts of a row of three blank pictures."""
        request = Message("encrypt_row", {"count": 3}, (bytes(3 * 28),))
        return answers(self.owner, request)[-1].blobs

    def classify(self, row: object, blobs: tuple[bytes, ...]) -> list[Message]:
        return answers(self.cloud, Message("classify_row", {"row": row}, blobs))


@pytest.fixture(scope="module")
def shared() -> Lab:
    return Lab()


@pytest.fixture
def lab(shared: Lab) -> Lab:
    """Return a laboratory whose cloud has the keys and no batch under way."""
    answers(shared.cloud, shared.load_request())
    answers(shared.cloud, shared.keys[0])
    answers(shared.cloud, shared.keys[1])
    return shared


def test_rows_are_taken_in_order_and_progress_is_reported(lab: Lab) -> None:
    assert [message.kind for message in lab.classify(0, lab.row)] == [
        "arrived",
        "progress",
        "row_finished",
    ]
    for wrong in (2, -1, 28, "1", None, True):
        with pytest.raises(MessageError, match=r"where 1 was due|Expected `int`"):
            lab.classify(wrong, lab.row)
    lab.classify(1, lab.row)
    lab.classify(0, lab.row)  # begins anew
    with pytest.raises(MessageError, match="where 1 was due"):
        lab.classify(2, lab.row)


def test_a_row_has_28_ciphertexts(lab: Lab) -> None:
    for blobs in ((), lab.row[:27], (*lab.row, lab.row[0])):
        with pytest.raises(MessageError, match="28 pixels"):
            lab.classify(0, blobs)


def test_bytes_that_are_no_fresh_ciphertext_are_refused(lab: Lab) -> None:
    for wrong in (b"", b"nonsense", lab.row[0][:-1], lab.keys[0].blobs[0]):
        with pytest.raises(MessageError):
            lab.classify(0, (*lab.row[:27], wrong))
    owned = lab.owner.held
    low = owned.encoder.encode(np.zeros(4096, dtype=np.complex128), 2, owned.form.scale)
    used = owned.encrypt(low)
    with pytest.raises(MessageError, match="no fresh encryption"):
        lab.classify(0, (*lab.row[:27], used))


def test_a_cloud_without_model_or_keys_says_so(shared: Lab) -> None:
    fresh = BatchCloud(Models())
    classify = Message("classify_row", {"row": 0}, shared.row)
    for request in (*shared.keys, classify):
        with pytest.raises(MessageError, match="no model"):
            answers(fresh, request)
    answers(fresh, shared.load_request())
    answers(fresh, shared.keys[0])
    with pytest.raises(MessageError, match="lacks evaluation keys"):
        answers(fresh, classify)


def test_keys_that_do_not_conjugate_are_refused(lab: Lab) -> None:
    owned = lab.owner.held
    rotation = owned.galois_keys(3)
    with pytest.raises(MessageError, match="do not conjugate"):
        answers(lab.cloud, Message("conjugation_keys", {}, (rotation,)))
    for kind in ("batch_relin_keys", "conjugation_keys"):
        with pytest.raises(MessageError):
            answers(lab.cloud, Message(kind, {}, (b"nonsense",)))


def test_an_owner_without_key_says_so() -> None:
    fresh = BatchKeyOwner()
    for kind, fields, blobs in (
        ("make_batch_keys", {}, ()),
        ("encrypt_row", {"count": 1}, (bytes(28),)),
        ("decrypt_batch", {"count": 1}, (bytes(28),)),
    ):
        with pytest.raises(MessageError, match="no key"):
            answers(fresh, Message(kind, fields, blobs))


@pytest.mark.parametrize("count", [0, -1, 8193, True, 2.0, "3"])
def test_a_count_that_no_batch_has_is_refused(shared: Lab, count: object) -> None:
    for kind in ("encrypt_row", "decrypt_batch"):
        with pytest.raises(MessageError, match=r"1 to 8192 pictures|Expected `int`"):
            answers(shared.owner, Message(kind, {"count": count}, (bytes(28),)))


def test_a_row_of_another_size_than_its_count_is_refused(shared: Lab) -> None:
    request = Message("encrypt_row", {"count": 3}, (bytes(83),))
    with pytest.raises(MessageError, match="not 83 bytes"):
        answers(shared.owner, request)


def test_two_pictures_of_a_slot_come_back_as_they_went(shared: Lab) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, size=(28, 8192), dtype=np.uint8)
    request = Message("encrypt_row", {"count": 8192}, (pixels.tobytes(),))
    row = answers(shared.owner, request)[-1].blobs
    owned = shared.owner.held
    for blob, values in zip(row, pixels, strict=True):
        plaintext = sealapi.Plaintext()
        sealapi.Decryptor(owned.context, owned.secret_key).decrypt(
            load_ciphertext(owned.context, blob), plaintext
        )
        found = part_pictures(owned.encoder.decode(plaintext), 8192)
        np.testing.assert_allclose(found, values / 255, atol=1e-2)


def test_the_owner_decrypts_only_what_can_be_the_scores_of_a_batch(shared: Lab) -> None:
    def decrypt(*blobs: bytes) -> None:
        answers(shared.owner, Message("decrypt_batch", {"count": 3}, blobs))

    for count in (0, 9, 11):
        with pytest.raises(MessageError, match=f"10 encrypted scores, not {count}"):
            decrypt(*shared.row[:count])
    with pytest.raises(MessageError, match="no result of this model"):  # pixels come back
        decrypt(*shared.row[:10])
    with pytest.raises(MessageError, match="not a ciphertext"):
        decrypt(*[b"nonsense"] * 10)


def test_no_message_of_the_owner_is_or_holds_the_secret_key(shared: Lab) -> None:
    owned = shared.owner.held
    secret = to_bytes(owned.secret_key)
    blobs = [*(message.blobs[0] for message in shared.keys), *shared.row]
    for blob in blobs:
        assert all(secret[at : at + 64] not in blob for at in range(64, len(secret) - 64, 997))
        with _scratch_file() as path, suppress(RuntimeError, ValueError):
            Path(path).write_bytes(blob)
            sealapi.SecretKey().load(owned.context, path)
            pytest.fail("SEAL took a message for a secret key")


# Two convolutions on SEAL.


def overlapping_convolutions() -> Network:
    rng = np.random.default_rng(6)
    layers = (
        Conv2d(rng.normal(size=(2, 1, 7, 7)) / 7, rng.normal(size=2) / 4, 6),
        Square(),
        Conv2d(rng.normal(size=(2, 2, 3, 3)) / 4, rng.normal(size=2) / 4, 1),
        Square(),
        Dense(rng.normal(size=(10, 8)) / 3, rng.normal(size=10)),
    )
    card = ModelCard("MNIST", "of a test", tuple("0123456789"), 0.0, 0, 8.0, 8.0, "none")
    return Network("overlapping", layers, card)


class Owner:
    """Encrypts pixels and decrypts scores for a circuit; makes the cloud's two keys."""

    def __init__(self, network: Network, settings: Settings) -> None:
        chain = build_batch_circuit(network, settings).parameters.chain
        self.circuit = build_batch_circuit(network, settings, data_primes(chain))
        self.context = make_context(chain)
        self.encoder = BatchEncoder(self.context)
        generator = sealapi.KeyGenerator(self.context)
        relin_keys, conjugation_keys = sealapi.RelinKeys(), sealapi.GaloisKeys()
        generator.create_relin_keys(relin_keys)
        element = galois_element(CONJUGATION, chain.poly_modulus_degree)
        generator.create_galois_keys([element], conjugation_keys)
        self.backend = SealBatchBackend(self.context, relin_keys, conjugation_keys)
        self._encryptor = sealapi.Encryptor(self.context, generator.secret_key())
        self._decryptor = sealapi.Decryptor(self.context, generator.secret_key())

    def rows(self, pictures: Array) -> Iterator[Row[sealapi.Ciphertext]]:
        for row in np.moveaxis(pictures, 0, -1):
            yield Row([[self._encrypt(values) for values in row]])

    def _encrypt(self, values: Array) -> sealapi.Ciphertext:
        ciphertext, circuit = sealapi.Ciphertext(self.context), self.circuit
        paired = pair_pictures(values, self.encoder.slots)
        plaintext = self.encoder.encode(paired, circuit.parameters.chain.top_level, circuit.scale)
        self._encryptor.encrypt_symmetric(plaintext, ciphertext)
        return ciphertext

    def decrypt(self, ciphertexts: list[sealapi.Ciphertext], count: int) -> Array:
        slots = []
        for ciphertext in ciphertexts:
            plaintext = sealapi.Plaintext()
            self._decryptor.decrypt(ciphertext, plaintext)
            slots.append(self.encoder.decode(plaintext))
        return part_pictures(np.stack(slots), count).T


@pytest.mark.parametrize(
    ("settings", "tolerance"),
    [(SETTINGS, 0.005), (Settings(outer_bits=40), 0.02)],
    ids=["grouped", "one prime a multiplication"],
)
def test_two_convolutions_on_seal_give_what_the_clear_network_gives(
    settings: Settings, tolerance: float
) -> None:
    network = overlapping_convolutions()
    owner = Owner(network, settings)
    pictures = np.random.default_rng(8).random((4100, 28, 28))  # 4 in the second half of the slots
    run: BatchRun[sealapi.Ciphertext] = BatchRun(owner.circuit, owner.backend)
    for row in owner.rows(pictures):
        for _ in run.push(row):
            pass
    scores, clear = owner.decrypt(run.scores, 4100), network.forward(pictures[:, None])
    assert np.abs(scores - clear).max() < tolerance * np.abs(clear).max()
