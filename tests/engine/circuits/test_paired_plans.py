"""Plans whose slots hold two values: right on plain slots and on SEAL, and counted as they run."""

from collections import Counter

import numpy as np
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from tenseal import sealapi

from engine.arrays import Array
from engine.circuits.diagonals import PackingError
from engine.circuits.execution import encode_circuit, run_stage
from engine.circuits.expected.cost import PRIMITIVES, count_stages
from engine.circuits.stages import Circuit, LinearStage, SquareStage, build_circuit
from engine.ckks.parameters import CONJUGATION, Settings
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    data_primes,
    galois_element,
    load_ciphertext,
    load_galois_keys,
    load_relin_keys,
)
from engine.errors import ParameterError
from engine.networks.layers import Network
from engine.parties.roles import OwnedKeys
from engine.planning.forecast import circuit_for, network_named
from tests.engine.paired import WANTED, paired_circuit, wide_network
from tests.engine.plain_slots import clear_scores
from tests.engine.small_networks import networks


def partings(circuit: Circuit) -> list[str]:
    return [stage.parting for stage in circuit.stages if isinstance(stage, SquareStage)]


def is_paired(circuit: Circuit) -> bool:
    plans = [stage.plan for stage in circuit.stages if isinstance(stage, LinearStage)]
    return any(plan.is_complex for plan in plans)


@settings(max_examples=30)
@given(network=networks(), seed=st.integers(0, 2**32 - 1))
def test_on_plain_slots_a_paired_plan_equals_the_network(network: Network, seed: int) -> None:
    try:
        circuit = paired_circuit(network)
    except (ParameterError, PackingError):
        assume(False)
    event(f"pairs: {is_paired(circuit)}")
    picture = np.random.default_rng(seed).random(network.card.input_shape)
    found = clear_scores(circuit, picture)
    expected = network.forward(picture[None])[0]
    scale = 1 + np.abs(expected).max()
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-7)


class CountingSeal(SealBackend):
    """Notes every primitive at its level; a conjugation counts as what it costs, a rotation."""

    def __init__(self, *keys: object) -> None:
        super().__init__(*keys)  # type: ignore[arg-type]  # passed on as they come
        self.counts: Counter[tuple[str, int]] = Counter()

    def __getattribute__(self, name: str) -> object:
        known = {"conjugate": "rotate", "sum": "add", "subtract": "add", "turn": "multiply_plain"}
        found = super().__getattribute__(name)
        primitive = known.get(name, name)
        if primitive not in PRIMITIVES:
            return found

        def counted(x: sealapi.Ciphertext, *others: object) -> object:
            self.counts[primitive, x.coeff_modulus_size()] += 1
            return found(x, *others)

        return counted


def test_seal_gives_the_network_s_answers_and_does_what_was_counted() -> None:
    network = wide_network()
    chain = paired_circuit(network).parameters.chain
    circuit = paired_circuit(network, data_primes(chain))
    assert {"real", "both"} <= set(partings(circuit))
    assert circuit.rotation_steps[0] == CONJUGATION
    owner, (leg,) = OwnedKeys(chain), circuit.legs
    galois = {
        step: load_galois_keys(
            owner.context, owner.galois_keys(galois_element(step, chain.poly_modulus_degree))
        )
        for step in circuit.rotation_steps
    }
    masks = encode_circuit(circuit, SealEncoder(owner.context).encode)
    backend = CountingSeal(
        owner.context, load_relin_keys(owner.context, owner.relin_keys()), galois
    )
    picture = np.random.default_rng(2).random(network.card.input_shape)
    encoder, x = sealapi.CKKSEncoder(owner.context), ()
    for slots in leg.packing.pack(picture, chain.slots):
        plaintext = sealapi.Plaintext()
        encoder.encode(slots.tolist(), leg.packing.scale, plaintext)
        x = (*x, load_ciphertext(owner.context, owner.encrypt(plaintext)))
    for stage, counts in zip(leg.stages, count_stages(circuit).values(), strict=True):
        backend.counts.clear()
        x = run_stage(stage, masks, backend, x)
        assert backend.counts == counts, stage.key
    plaintext = sealapi.Plaintext()
    sealapi.Decryptor(owner.context, owner.secret_key).decrypt(x[0], plaintext)
    found = leg.packing.unpack(np.asarray(encoder.decode_complex(plaintext)))
    expected: Array = network.forward(picture[None])[0]
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_pairs_are_taken_where_they_pay_only() -> None:
    photo = circuit_for(Settings("cifar10-photo", 16384, 27))
    assert partings(photo) == ["real", "both", "real"]
    assert any(photo.legs[0].packing.result_imaginary)
    for name, wanted in (
        ("mnist-network1", Settings()),
        ("mnist-network2", WANTED),
        ("mnist-network2", Settings(poly_modulus_degree=16384, scale_bits=20)),
    ):
        circuit = build_circuit(network_named(name), wanted)
        assert not is_paired(circuit)
        assert CONJUGATION not in circuit.rotation_steps
