"""The SEAL back end against the plain one, its bytes, and what happens to bytes that are wrong."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tenseal import sealapi

from engine.arrays import Array
from engine.circuits.clear import ClearBackend
from engine.ckks.parameters import CONJUGATION, Chain, Settings
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    data_primes,
    galois_element,
    level_ids,
    load_ciphertext,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)
from engine.errors import MessageError
from engine.messages.framing import Message
from engine.networks.layers import Network
from engine.parties.cloud import Cloud
from engine.parties.models import Models

CHAIN = Chain(8192, (50, 35, 35, 50))
SCALE = 2.0**35
STEPS = (1, 5, 4095)

Picture = npt.NDArray[np.uint8]


class Bench:
    """Everything that encrypts, computes and decrypts with one small chain."""

    def __init__(self) -> None:
        self.context = make_context(CHAIN)
        self.generator = sealapi.KeyGenerator(self.context)
        self.secret_key = self.generator.secret_key()
        self.encoder = SealEncoder(self.context)
        self.relin_bytes = to_bytes(self.generator.create_relin_keys())
        self.galois_bytes = {
            step: to_bytes(self.generator.create_galois_keys([galois_element(step, 8192)]))
            for step in STEPS
        }
        self.backend = SealBackend(
            self.context,
            load_relin_keys(self.context, self.relin_bytes),
            {
                step: load_galois_keys(self.context, data)
                for step, data in self.galois_bytes.items()
            },
        )

    def encrypt(self, values: Array, level: int = 3) -> sealapi.Ciphertext:
        plaintext, ciphertext = sealapi.Plaintext(), sealapi.Ciphertext(self.context)
        encoder = sealapi.CKKSEncoder(self.context)
        encoder.encode(values.tolist(), level_ids(self.context)[level], SCALE, plaintext)
        sealapi.Encryptor(self.context, self.secret_key).encrypt_symmetric(plaintext, ciphertext)
        return ciphertext

    def decrypt(self, ciphertext: sealapi.Ciphertext) -> Array:
        plaintext = sealapi.Plaintext()
        sealapi.Decryptor(self.context, self.secret_key).decrypt(ciphertext, plaintext)
        return np.asarray(sealapi.CKKSEncoder(self.context).decode_double(plaintext))


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.fixture
def values() -> Array:
    return np.random.default_rng(11).normal(size=4096)


def spoken(step: int) -> str:
    return f"by {step}"


@pytest.mark.parametrize("step", STEPS, ids=spoken)
def test_a_rotation_moves_slots_as_the_plain_one_does(
    bench: Bench, values: Array, step: int
) -> None:
    rotated = bench.decrypt(bench.backend.rotate(bench.encrypt(values), step))
    np.testing.assert_allclose(rotated, ClearBackend().rotate(values, step), atol=1e-4)


def test_a_product_with_a_mask_is_that_of_the_slots(bench: Bench, values: Array) -> None:
    mask = np.random.default_rng(12).normal(size=256)
    encoded = bench.encoder.encode(mask, 3, 2.0**30)
    product = bench.backend.multiply_plain(bench.encrypt(values), encoded)
    assert product.scale == SCALE * 2.0**30
    np.testing.assert_allclose(bench.decrypt(product), values * np.tile(mask, 16), atol=1e-4)


def test_sums_are_those_of_the_slots(bench: Bench, values: Array) -> None:
    doubled = bench.backend.add(bench.encrypt(values), bench.encrypt(values))
    np.testing.assert_allclose(bench.decrypt(doubled), 2 * values, atol=1e-4)
    bias = bench.encoder.encode(values, 3, SCALE)
    tripled = bench.backend.add_plain(doubled, bias)
    np.testing.assert_allclose(bench.decrypt(tripled), 3 * values, atol=1e-4)


def test_a_square_relinearised_and_rescaled_is_the_square(bench: Bench, values: Array) -> None:
    squared = bench.backend.square(bench.encrypt(values))
    assert squared.size() == 3
    squared = bench.backend.relinearize(squared)
    assert squared.size() == 2
    np.testing.assert_allclose(bench.decrypt(squared), values**2, atol=1e-3)
    low = bench.backend.rescale(squared)
    assert low.coeff_modulus_size() == 2
    assert low.scale == pytest.approx(SCALE**2 / data_primes(CHAIN)[-1], rel=1e-15)
    np.testing.assert_allclose(bench.decrypt(low), values**2, atol=1e-3)


def test_the_encoder_encodes_for_every_level(bench: Bench, values: Array) -> None:
    for level in (1, 2, 3):
        plaintext = bench.encoder.encode(values, level, 2.0**25)
        assert plaintext.parms_id() == level_ids(bench.context)[level]


def test_primes_are_distinct_and_as_long_as_asked() -> None:
    primes = data_primes(CHAIN)
    assert [prime.bit_length() for prime in primes] == [50, 35, 35]
    assert len(set(primes)) == 3
    assert all(prime % (2 * 8192) == 1 for prime in primes)


@pytest.mark.parametrize("degree", [4096, 8192])
def test_galois_elements_are_powers_of_three_that_wrap_around(degree: int) -> None:
    assert galois_element(CONJUGATION, degree) == 2 * degree - 1
    assert galois_element(1, degree) == 3
    assert galois_element(-1, degree) == galois_element(degree // 2 - 1, degree)
    assert galois_element(degree // 2, degree) == 1


def test_a_ciphertext_survives_its_bytes(bench: Bench, values: Array) -> None:
    data = to_bytes(bench.encrypt(values))
    again = load_ciphertext(bench.context, data)
    np.testing.assert_allclose(bench.decrypt(again), values, atol=1e-4)


def test_a_seeded_ciphertext_takes_half_the_bytes(bench: Bench, values: Array) -> None:
    plaintext = sealapi.Plaintext()
    encoder = sealapi.CKKSEncoder(bench.context)
    encoder.encode(values.tolist(), SCALE, plaintext)
    encryptor = sealapi.Encryptor(bench.context, bench.secret_key)
    seeded = to_bytes(encryptor.encrypt_symmetric(plaintext))
    whole = to_bytes(bench.encrypt(values))
    assert len(seeded) == pytest.approx(len(whole) / 2, rel=0.05)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files in /proc (Linux)")
def test_serialising_leaves_no_file_behind(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        load_galois_keys(bench.context, to_bytes(bench.generator.create_galois_keys([3])))
        with pytest.raises(MessageError):
            load_ciphertext(bench.context, b"no ciphertext")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert list(tmp_path.iterdir()) == []


def test_without_memory_files_a_private_temporary_one_serves_and_goes(
    bench: Bench, values: Array, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    again = load_ciphertext(bench.context, to_bytes(bench.encrypt(values)))
    np.testing.assert_allclose(bench.decrypt(again), values, atol=1e-4)
    assert list(tmp_path.iterdir()) == []


LOADERS = (load_ciphertext, load_relin_keys, load_galois_keys)


@pytest.mark.parametrize("load", LOADERS)
@pytest.mark.parametrize("data", [b"", b"\0", b"hello", bytes(1000), b"\xff" * 1000])
def test_bytes_that_are_nothing_of_seals_are_refused(
    bench: Bench, load: Callable[..., Any], data: bytes
) -> None:
    with pytest.raises(MessageError, match="are not a"):
        load(bench.context, data)


@pytest.mark.parametrize("share", [0.0001, 0.1, 0.5, 0.999])
def test_bytes_cut_short_are_refused(bench: Bench, values: Array, share: float) -> None:
    wholes = (to_bytes(bench.encrypt(values)), bench.relin_bytes, bench.galois_bytes[1])
    for load, data in zip(LOADERS, wholes, strict=True):
        with pytest.raises(MessageError):
            load(bench.context, data[: int(len(data) * share)])


def test_a_key_is_no_ciphertext_and_a_ciphertext_no_key(bench: Bench, values: Array) -> None:
    ciphertext = to_bytes(bench.encrypt(values))
    with pytest.raises(MessageError):
        load_ciphertext(bench.context, bench.relin_bytes)
    with pytest.raises(MessageError):
        load_relin_keys(bench.context, ciphertext)
    with pytest.raises(MessageError):
        load_galois_keys(bench.context, ciphertext)


def test_what_was_made_for_other_parameters_is_refused(bench: Bench, values: Array) -> None:
    elsewhere = make_context(Chain(8192, (50, 40, 40, 50)))
    wholes = (to_bytes(bench.encrypt(values)), bench.relin_bytes, bench.galois_bytes[1])
    for load, data in zip(LOADERS, wholes, strict=True):
        with pytest.raises(MessageError):
            load(elsewhere, data)


# The whole circuit, both roles in this process.

WHOLE_SETTINGS = (
    Settings(),
    Settings(outer_bits=32),
    Settings(poly_modulus_degree=16384, scale_bits=45),
)


@pytest.fixture(scope="module", params=WHOLE_SETTINGS, ids=str)
def roles(request: pytest.FixtureRequest, make_lab: Callable[[Settings], Any]) -> Any:
    """Return (lab, cloud) with the cloud loaded and holding its keys."""
    lab, cloud = make_lab(request.param), Cloud(Models())
    lab.answer(cloud, lab.load_request())
    for message in lab.evaluation_keys():
        lab.answer(cloud, message)
    return lab, cloud


def test_encrypted_scores_equal_the_clear_ones_within_half_a_percent(
    roles: Any, model: Network, samples: tuple[Picture, ...]
) -> None:
    lab, cloud = roles
    for picture in samples[::3]:
        request = Message("classify", {}, (lab.encrypt(picture),))
        scores = lab.decrypt(lab.answer(cloud, request).blobs[0])
        clear = model.forward(picture[None, None] / 255)[0]
        assert np.abs(np.asarray(scores) - clear).max() < 0.005 * np.abs(clear).max()
        assert np.argmax(scores) == clear.argmax()


def test_an_evaluation_key_missing_is_said_before_computing(
    make_lab: Callable[[Settings], Any], samples: tuple[Picture, ...]
) -> None:
    lab, cloud = make_lab(Settings()), Cloud(Models())
    lab.answer(cloud, lab.load_request())
    relin_keys, first_step, *_ = lab.evaluation_keys(1)
    request = Message("classify", {}, (lab.encrypt(samples[0]),))
    lab.answer(cloud, relin_keys)
    lab.answer(cloud, first_step)
    with pytest.raises(MessageError, match="lacks evaluation keys"):
        lab.answer(cloud, request)


def test_the_client_refuses_pictures_of_other_sizes(make_lab: Callable[[Settings], Any]) -> None:
    lab = make_lab(Settings())
    with pytest.raises(MessageError, match="at least 6272 bytes here, not 6264"):
        lab.encrypt(np.zeros(783, dtype=np.uint8))
