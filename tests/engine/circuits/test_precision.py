"""How exact a run will be, told beforehand: against SEAL itself and the published sweeps."""

import csv
import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from tenseal import sealapi

from engine.circuits.batch.stages import build_batch_circuit
from engine.circuits.clear import ClearBackend, keep_clear
from engine.circuits.execution import encode_circuit, run_stage
from engine.circuits.expected.noise import Deviations, NoisyBackend
from engine.circuits.expected.precision import (
    GOOD,
    changed_answers,
    changed_words,
    predict_batch,
    predict_precision,
)
from engine.circuits.stages import build_circuit
from engine.ckks.parameters import Chain, Settings
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    data_primes,
    galois_element,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)
from engine.errors import CipherSketchError
from engine.importing.model import measured_network
from engine.networks.layers import Conv2d, Dense, Network, Polynomial
from engine.planning.forecast import circuit_for, expected_precision, network_named
from tests.engine.small_networks import networks

RESULTS = Path(__file__).parents[3] / "assets" / "results"
FACTOR = 3


@functools.cache
def published() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in ("sweep", "poster-chain"):
        with (RESULTS / name / "sweep.csv").open() as file:
            rows += [row for row in csv.DictReader(file) if row["median_relative_error"]]
    return rows


def predicted() -> Iterator[tuple[dict[str, str], float, Network]]:
    for row in published():
        network = network_named(row["model"])
        outer = int(row["outer_bits"]) if row["outer_bits"] else None
        wanted = Settings(
            row["model"], int(row["poly_modulus_degree"]), int(row["scale_bits"]), outer
        )
        if row["mode"] == "batched":
            yield row, predict_batch(build_batch_circuit(network, wanted), network), network
        else:
            yield row, expected_precision(wanted).relative_error, network


def test_the_error_of_every_published_setting_is_told_within_a_factor_of_three() -> None:
    rows = list(predicted())
    for row, expected, _ in rows:
        measured = float(row["median_relative_error"])
        assert measured / FACTOR < expected < measured * FACTOR, row
    assert len(rows) > 100


def test_no_setting_called_good_changed_more_than_one_answer_of_a_thousand() -> None:
    called = {"good": 0, "not good": 0}
    for row, expected, network in predicted():
        if changed_answers(network, expected) > GOOD:
            called["not good"] += 1
            continue
        called["good"] += 1
        assert int(row["pictures"]) - int(row["same"]) <= 0.001 * int(row["pictures"]), row
    assert min(called.values()) > 20


@given(networks())
@settings(max_examples=20)
def test_what_is_followed_beside_its_errors_is_what_the_clear_circuit_gives(
    network: Network,
) -> None:
    try:
        circuit = build_circuit(network, Settings(poly_modulus_degree=16384, scale_bits=28))
    except CipherSketchError:
        return
    chain = circuit.parameters.chain
    noisy = NoisyBackend(chain.poly_modulus_degree, [2**bits for bits in chain.coeff_modulus_bits])
    clear = ClearBackend()
    masks, plain = (
        encode_circuit(circuit, noisy.encode),
        encode_circuit(circuit, keep_clear(chain.slots)),
    )
    packing = circuit.legs[0].packing
    picture = np.random.default_rng(1).random(network.card.input_shape)
    values = packing.pack(picture, chain.slots)
    x = tuple(noisy.encrypt(each[None], 0 * each[None], packing.scale) for each in values)
    y = tuple(values)
    for stage in circuit.stages:
        x, y = run_stage(stage, masks, noisy, x), run_stage(stage, plain, clear, y)
    for followed, exact in zip(x, y, strict=True):
        size = np.abs(exact).max() + 1
        np.testing.assert_allclose(followed.values[0] / size, exact / size, atol=1e-4)
        assert followed.error.any()


class Measured:
    """SEAL's own errors, at scale 1: what each operation adds to a slot's real part."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.context = chain, make_context(chain)
        self.generator = sealapi.KeyGenerator(self.context)
        secret_key = self.generator.secret_key()
        self.encryptor = sealapi.Encryptor(self.context, secret_key)
        self.decryptor = sealapi.Decryptor(self.context, secret_key)
        self.decoder = sealapi.CKKSEncoder(self.context)
        element = galois_element(1, chain.poly_modulus_degree)
        self.backend = SealBackend(
            self.context,
            load_relin_keys(self.context, to_bytes(self.generator.create_relin_keys())),
            {
                1: load_galois_keys(
                    self.context, to_bytes(self.generator.create_galois_keys([element]))
                )
            },
        )

    def encrypted(self, values: np.ndarray, scale: float) -> sealapi.Ciphertext:
        plaintext = SealEncoder(self.context).encode(values, self.chain.top_level, scale)
        ciphertext = sealapi.Ciphertext(self.context)
        self.encryptor.encrypt_symmetric(plaintext, ciphertext)
        return ciphertext

    def slots(self, ciphertext: sealapi.Ciphertext) -> np.ndarray:
        plaintext = sealapi.Plaintext()
        self.decryptor.decrypt(ciphertext, plaintext)
        return np.asarray(self.decoder.decode_double(plaintext))


@pytest.mark.parametrize("chain", [Chain(8192, (55, 55, 53, 51)), Chain(8192, (50, 40, 40, 60))])
def test_an_encryption_a_rotation_and_a_rescale_disturb_as_much_as_in_seal(chain: Chain) -> None:
    bench, scale = Measured(chain), 2.0**40
    primes = (*data_primes(chain), 2 ** chain.coeff_modulus_bits[-1])
    expected = Deviations(chain.poly_modulus_degree, primes)
    values = np.random.default_rng(1).uniform(-1, 1, chain.slots)
    fresh = bench.slots(bench.encrypted(values, scale))
    assert np.std(fresh - values) * scale == pytest.approx(expected.fresh, rel=0.2)

    ciphertext = bench.encrypted(values, scale)
    before = bench.slots(ciphertext)
    turned = bench.slots(bench.backend.rotate(ciphertext, 1)) - np.roll(before, -1)
    spread = expected.key_switch(chain.top_level)
    assert np.std(turned / spread) * scale == pytest.approx(1, rel=0.3)

    dropped = bench.slots(bench.backend.rescale(ciphertext)) - before
    smaller = scale / primes[chain.top_level - 1]
    assert np.std(dropped) * smaller == pytest.approx(expected.rescaled[2], rel=0.3)


def test_bits_right_are_told_after_every_stage() -> None:
    for name, degree in (("mnist-network2", 16384), ("cifar10-photo", 16384)):
        wanted = Settings(name, degree, 27)
        found = expected_precision(wanted)
        assert [key for key, _ in found.stage_bits] == [
            stage.key for stage in circuit_for(wanted).stages
        ]
        assert found.stage_bits[-1][1] == pytest.approx(-np.log2(found.relative_error), abs=1e-6)


def test_the_same_circuit_is_always_told_the_same() -> None:
    circuit, network = circuit_for(Settings()), network_named("mnist-network1")
    assert predict_precision(circuit, network) == predict_precision(circuit, network)


def test_what_an_error_means_is_said_in_words() -> None:
    network = network_named("mnist-network1")
    assert changed_words(changed_answers(network, 0.001)) == "same answers"
    assert changed_words(changed_answers(network, 0.1)) == "3 in 1,000 change"
    assert changed_words(changed_answers(network, 0.9)) == "answers lost"


def test_noise_counts_too_where_nobody_knows_what_a_network_reads() -> None:
    """Which half is bright: the scores of noise are much smaller than those of blobs."""
    halves = np.zeros((2, 1, 16, 16))
    halves[0, :, :8], halves[1, :, 8:] = 1, 1
    layers = (
        Conv2d(halves, np.full(2, -64.0), 1),
        Polynomial(np.array([[0.0] * 2, [0.0] * 2, [1.0] * 2]), np.ones(2)),
        Dense(np.eye(2), np.zeros(2)),
    )
    network = measured_network(layers, (1, 16, 16), "halves")
    circuit = build_circuit(network, Settings("halves", 8192, 24))
    alone = predict_precision(circuit, network).relative_error
    assert predict_precision(circuit, network, reads_noise=True).relative_error > 3 * alone
