"""The cloud's process: holds the model and evaluation keys, and classifies what it cannot read.

It is given relinearisation and Galois keys only. Nothing it ever receives can decrypt.
"""

import math
import time
from collections.abc import Iterator

from tenseal import sealapi

from engine.circuits.execution import EncodedPlan, encode_circuit, run_stage
from engine.circuits.expected.calibration import costs_to_json
from engine.circuits.expected.primitives import CALIBRATION_CHAIN, PrimitiveTimer
from engine.circuits.stages import Circuit, build_circuit, circuit_shape
from engine.ckks.feasibility import choose_parameters
from engine.ckks.parameters import Settings
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    data_primes,
    galois_element,
    load_galois_keys,
    to_bytes,
)
from engine.errors import MessageError
from engine.messages.to_cloud import (
    Arrived,
    Attempt,
    Calibrate,
    Classify,
    Costs,
    EncryptedScores,
    GaloisKeys,
    Load,
    Loaded,
    Proceed,
    RelinKeys,
    StageDone,
    StageShown,
    Taken,
    Teach,
    TryToDecrypt,
    Unpack,
    UnpackedNumbers,
)
from engine.messages.typed import Blobs
from engine.networks.layers import Network
from engine.parties.attempt import Guess, words_of
from engine.parties.batch_cloud import BatchCloud
from engine.parties.describing import Describer
from engine.parties.models import Models
from engine.parties.roles import LoadedModel, Role
from engine.parties.service import serve
from engine.parties.workbench.cloud import WorkbenchCloud

Run = Iterator[Arrived | StageDone | StageShown | EncryptedScores]


class Cloud(Role["_Loaded"]):
    """A model prepared for one set of parameters; one method for each request."""

    missing = "The cloud has no model yet: load one first."

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models = models

    def load(self, request: Load) -> Iterator[Loaded]:
        """Load the model and encode its masks for the settings; old keys are dropped."""
        if request.settings.protocol != "one-shot":
            self._models.keep_secret(request.settings.model)
        network = self._models.network(request.settings.model, request.sha256)
        self._held = _Loaded(network, request.settings)
        yield Loaded()

    def relin_keys(self, request: RelinKeys) -> Iterator[Taken]:
        """Take the relinearisation keys."""
        self.held.take_relin_keys(request.blobs[0])
        yield Taken()

    def galois_keys(self, request: GaloisKeys) -> Iterator[Taken]:
        """Take the Galois keys of one rotation step, or of the conjugation."""
        loaded, step = self.held, request.step
        keys = load_galois_keys(loaded.context, request.blobs[0])
        wanted = step in loaded.circuit.rotation_steps
        if not wanted or not keys.has_key(galois_element(step, loaded.chain.poly_modulus_degree)):
            what = f"rotate by {step}" if step else "conjugate"
            raise MessageError(f"The keys received do not {what}, which the model needs.")
        loaded.take_galois_keys(step, keys)
        yield Taken()

    def classify(self, request: Classify) -> Run:
        """Run the circuit, or its first leg; each stage is reported."""
        return self._run(0, request.blobs)

    def proceed(self, request: Proceed) -> Run:
        """Run a later leg on fresh ciphertexts as `classify` runs the first."""
        count = len(self.held.circuit.legs)
        if request.leg not in range(1, count):
            raise MessageError(
                f"The model has no leg {request.leg} after the first: {count} in all."
            )
        return self._run(request.leg, request.blobs)

    def teach(self, request: Teach) -> Run:
        """Run a leg and show what every stage made, still encrypted."""
        self._models.keep_secret(self.held.name)
        count = len(self.held.circuit.legs)
        if request.leg >= count:
            raise MessageError(f"The model has no leg {request.leg}: {count} in all.")
        return self._run(request.leg, request.blobs, shows_stages=True)

    def _run(self, index: int, blobs: Blobs, *, shows_stages: bool = False) -> Run:
        loaded = self.held
        backend = loaded.backend()
        begin, leg = time.perf_counter(), loaded.circuit.legs[index]
        if len(blobs) != len(leg.packing.value_of_slot):
            raise MessageError(
                f"This leg takes {len(leg.packing.value_of_slot)} ciphertexts, not {len(blobs)}."
            )
        inputs = tuple(loaded.load_fresh(data, leg.packing.scale) for data in blobs)
        yield Arrived(time.perf_counter() - begin)
        for stage in leg.stages:
            start = time.perf_counter()
            inputs = run_stage(stage, loaded.masks, backend, inputs)
            yield StageDone(stage.key, time.perf_counter() - start)
            if shows_stages:
                yield StageShown(stage.key, tuple(map(to_bytes, inputs)))
        data = to_bytes(inputs[0])
        yield EncryptedScores(time.perf_counter() - begin, (data,))

    def try_to_decrypt(self, request: TryToDecrypt) -> Iterator[Attempt]:
        """Say that there is no secret key, and what a guessed one makes of the two blobs."""
        loaded = self.held
        guess = Guess(loaded.context, loaded.circuit, loaded.values)
        picture, result = request.blobs
        yield Attempt(
            f"The cloud cannot decrypt: it has {len(loaded.galois_keys)} Galois keys and "
            "a relinearisation key, but no secret key.",
            tuple(guess.pixels(picture).tolist()),
            tuple(guess.scores(result).tolist()),
        )

    def unpack(self, request: Unpack) -> Iterator[UnpackedNumbers]:
        """Send the numbers that the ciphertext in the blob consists of, and their primes."""
        loaded = self.held
        words = words_of(loaded.context, request.blobs[0])
        yield UnpackedNumbers(tuple(data_primes(loaded.chain)), (words,))

    def calibrate(self, request: Calibrate) -> Iterator[Costs]:
        """Measure what each primitive costs on this machine."""
        costs = PrimitiveTimer(CALIBRATION_CHAIN, secure=False).measure(runs=7)
        yield Costs(costs_to_json(costs))


class _Loaded(LoadedModel):
    """A circuit with its masks encoded, and the evaluation keys that have come so far."""

    def __init__(self, network: Network, settings: Settings) -> None:
        shape = circuit_shape(network, settings.protocol)
        super().__init__(choose_parameters(settings, shape).chain)
        self.name = network.name
        self.values = math.prod(network.card.input_shape)
        self.circuit: Circuit = build_circuit(network, settings, data_primes(self.chain))
        self.masks: dict[str, EncodedPlan[sealapi.Plaintext]] = encode_circuit(
            self.circuit, SealEncoder(self.context).encode
        )
        self.galois_keys: dict[int, sealapi.GaloisKeys] = {}
        self._backend: SealBackend | None = None

    def take_relin_keys(self, data: bytes) -> None:
        """Keep the key; MessageError if the bytes are none."""
        super().take_relin_keys(data)
        self._backend = None

    def take_galois_keys(self, step: int, keys: sealapi.GaloisKeys) -> None:
        """Keep the keys of a rotation or of the conjugation."""
        self.galois_keys[step] = keys
        self._backend = None

    def backend(self) -> SealBackend:
        """Return what runs the circuit, the same for all pictures; MessageError without all keys.

        It keeps the monomial that joins pairs, which takes milliseconds to encode.
        """
        missing = set(self.circuit.rotation_steps) - set(self.galois_keys)
        if self.relin_keys is None or missing:
            raise MessageError(f"The cloud lacks evaluation keys: {len(missing)} Galois keys.")
        if self._backend is None:
            self._backend = SealBackend(self.context, self.relin_keys, self.galois_keys)
        return self._backend


def roles(models: Models) -> tuple[object, ...]:
    """Return all that a cloud does: pictures one by one and in batches, and the playground."""
    return Cloud(models), BatchCloud(models), Describer(models), WorkbenchCloud()


if __name__ == "__main__":
    serve(*roles(Models()))
