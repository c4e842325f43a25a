"""The cloud's process: holds the model and evaluation keys, and classifies what it cannot read.

It is given relinearisation and Galois keys only. Nothing it ever receives can decrypt.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from tenseal import sealapi

from engine.circuits.calibration import costs_to_json
from engine.circuits.circuit import Circuit, build_circuit, circuit_shape
from engine.circuits.execution import EncodedPlan, encode_circuit, run_stage
from engine.circuits.primitives import CALIBRATION_CHAIN, PrimitiveTimer
from engine.ckks.feasibility import choose_parameters
from engine.ckks.parameters import Settings
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    data_primes,
    galois_element,
    load_fresh,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)
from engine.errors import MessageError
from engine.networks.network import load_network
from engine.parties.attempt import Guess, words_of
from engine.parties.batch_server import BatchCloud
from engine.parties.messages import Message
from engine.parties.service import serve


class Cloud:
    """A model prepared for one set of parameters; one method for each request."""

    def __init__(self) -> None:
        self._loaded: _Loaded | None = None

    def load(self, request: Message) -> Iterator[Message]:
        """Load the model at `path` and encode its masks for the settings; old keys are dropped."""
        settings = Settings(**request.fields["settings"])
        self._loaded = _Loaded(Path(request.fields["path"]), settings)
        yield Message("loaded")

    def relin_keys(self, request: Message) -> Iterator[Message]:
        """Take the relinearisation keys."""
        loaded = self._require()
        loaded.relin_keys = load_relin_keys(loaded.context, request.blobs[0])
        yield Message("taken")

    def galois_keys(self, request: Message) -> Iterator[Message]:
        """Take the Galois keys of one rotation step."""
        loaded = self._require()
        keys, step = load_galois_keys(loaded.context, request.blobs[0]), request.fields["step"]
        degree = loaded.circuit.parameters.chain.poly_modulus_degree
        wanted = step in loaded.circuit.rotation_steps
        if not wanted or not keys.has_key(galois_element(step, degree)):
            raise MessageError(f"The keys received do not rotate by {step}, which the model needs.")
        loaded.galois_keys[step] = keys
        yield Message("taken")

    def classify(self, request: Message) -> Iterator[Message]:
        """Run the circuit, or its first leg, on the ciphertexts in the blobs.

        Each stage is reported. The result's `seconds` run from the arrival of the request to the
        serialised answer.
        """
        return self._run(0, request.blobs)

    def proceed(self, request: Message) -> Iterator[Message]:
        """Run a later leg, number `leg`, on fresh ciphertexts as `classify` runs the first."""
        leg, count = request.fields["leg"], len(self._require().circuit.legs)
        if leg not in range(1, count):
            raise MessageError(f"The model has no leg {leg} after the first: {count} in all.")
        return self._run(leg, request.blobs)

    def _run(self, index: int, blobs: tuple[bytes, ...]) -> Iterator[Message]:
        loaded = self._require()
        missing = set(loaded.circuit.rotation_steps) - set(loaded.galois_keys)
        if loaded.relin_keys is None or missing:
            raise MessageError(f"The cloud lacks evaluation keys: {len(missing)} Galois keys.")
        begin, leg = time.perf_counter(), loaded.circuit.legs[index]
        if len(blobs) != len(leg.packing.value_of_slot):
            raise MessageError(
                f"This leg takes {len(leg.packing.value_of_slot)} ciphertexts, not {len(blobs)}."
            )
        level, scale = loaded.circuit.parameters.chain.top_level, leg.packing.scale
        inputs = tuple(load_fresh(loaded.context, data, level, scale) for data in blobs)
        backend = SealBackend(loaded.context, loaded.relin_keys, loaded.galois_keys)
        yield Message("arrived", {"seconds": time.perf_counter() - begin})
        for stage in leg.stages:
            yield Message("stage_started", {"key": stage.key})
            start = time.perf_counter()
            inputs = (run_stage(stage, loaded.masks, backend, *inputs),)
            seconds = time.perf_counter() - start
            yield Message("stage_finished", {"key": stage.key, "seconds": seconds})
        data = to_bytes(inputs[0])
        yield Message("scores", {"seconds": time.perf_counter() - begin}, (data,))

    def try_to_decrypt(self, request: Message) -> Iterator[Message]:
        """Say that there is no secret key, and what a guessed one makes of the two blobs.

        The blobs are the first of a picture's ciphertexts and the encrypted scores.
        """
        loaded = self._require()
        guess = Guess(loaded.context, loaded.circuit)
        picture, result = request.blobs
        yield Message(
            "attempt",
            {
                "sentence": (
                    f"The cloud cannot decrypt: it has {len(loaded.galois_keys)} Galois keys and "
                    "a relinearisation key, but no secret key."
                ),
                "pixels": guess.pixels(picture).tolist(),
                "scores": guess.scores(result).tolist(),
            },
        )

    def unpack(self, request: Message) -> Iterator[Message]:
        """Send the numbers that the ciphertext in the blob consists of, and their primes."""
        loaded = self._require()
        primes = data_primes(loaded.circuit.parameters.chain)
        words = words_of(loaded.context, request.blobs[0])
        yield Message("coefficients", {"primes": primes}, (words,))

    def calibrate(self, request: Message) -> Iterator[Message]:
        """Measure what each primitive costs on this machine."""
        costs = PrimitiveTimer(CALIBRATION_CHAIN, secure=False).measure(runs=7)
        yield Message("costs", costs_to_json(costs))

    def _require(self) -> "_Loaded":
        if self._loaded is None:
            raise MessageError("The cloud has no model yet: load one first.")
        return self._loaded


class _Loaded:
    """A circuit with its masks encoded, and the evaluation keys that have come so far."""

    def __init__(self, path: Path, settings: Settings) -> None:
        network = load_network(path)
        chain = choose_parameters(settings, circuit_shape(network, settings.protocol)).chain
        self.circuit: Circuit = build_circuit(network, settings, data_primes(chain))
        self.context = make_context(chain)
        self.masks: dict[str, EncodedPlan[sealapi.Plaintext]] = encode_circuit(
            self.circuit, SealEncoder(self.context).encode
        )
        self.relin_keys: sealapi.RelinKeys | None = None
        self.galois_keys: dict[int, sealapi.GaloisKeys] = {}


def main() -> None:
    """Serve the cloud's requests."""
    cloud, batch_cloud = Cloud(), BatchCloud()
    serve(
        {
            "load": cloud.load,
            "relin_keys": cloud.relin_keys,
            "galois_keys": cloud.galois_keys,
            "classify": cloud.classify,
            "try_to_decrypt": cloud.try_to_decrypt,
            "unpack": cloud.unpack,
            "proceed": cloud.proceed,
            "calibrate": cloud.calibrate,
            "load_batch": batch_cloud.load,
            "batch_relin_keys": batch_cloud.relin_keys,
            "conjugation_keys": batch_cloud.conjugation_keys,
            "classify_row": batch_cloud.classify_row,
        }
    )


if __name__ == "__main__":
    main()
