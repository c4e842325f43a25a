"""The cloud's part in a batch: it classifies thousands of pictures that it cannot read.

Rows of pixels come one request at a time and stream through the network; of a batch only what
later rows still need is kept. The cloud is given a relinearisation and a conjugation key.
"""

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

from tenseal import sealapi

from engine.circuits.batch_circuit import build_batch_circuit
from engine.circuits.batch_execution import BatchRun, Row
from engine.circuits.batch_seal import SealBatchBackend, conjugation_element
from engine.circuits.legs import PICTURE_SIDE
from engine.ckks.parameters import Settings
from engine.ckks.seal import (
    data_primes,
    load_fresh,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)
from engine.errors import MessageError
from engine.networks.network import load_network
from engine.parties.messages import Message


class BatchCloud:
    """A model prepared for batches; one method for each request."""

    def __init__(self) -> None:
        self._loaded: _Loaded | None = None

    def load(self, request: Message) -> Iterator[Message]:
        """Load the model at `path` for the settings; old keys are dropped."""
        settings = Settings(**request.fields["settings"])
        self._loaded = _Loaded(Path(request.fields["path"]), settings)
        yield Message("loaded")

    def relin_keys(self, request: Message) -> Iterator[Message]:
        """Take the relinearisation keys."""
        loaded = self._require()
        loaded.relin_keys = load_relin_keys(loaded.context, request.blobs[0])
        yield Message("taken")

    def conjugation_keys(self, request: Message) -> Iterator[Message]:
        """Take the Galois keys of the complex conjugation."""
        loaded = self._require()
        keys = load_galois_keys(loaded.context, request.blobs[0])
        degree = loaded.circuit.parameters.chain.poly_modulus_degree
        if not keys.has_key(conjugation_element(degree)):
            raise MessageError("The keys received do not conjugate.")
        loaded.conjugation_keys = keys
        yield Message("taken")

    def classify_row(self, request: Message) -> Iterator[Message]:
        """Take the next row of pixels, one ciphertext a blob, and report each stage's progress.

        Row 0 begins a new batch. The answer to the last row has the scores, one blob a class.
        """
        loaded, begin = self._require(), time.perf_counter()
        if len(request.blobs) != PICTURE_SIDE:
            raise MessageError(f"A row has {PICTURE_SIDE} pixels, not {len(request.blobs)}.")
        pixels = [loaded.load_pixel(data) for data in request.blobs]
        run = loaded.run_for(request.fields["row"])
        yield Message("arrived", {"seconds": time.perf_counter() - begin})
        for state in run.push(Row([pixels])):
            yield Message("progress", dataclasses.asdict(state))
        scores = run.scores if request.fields["row"] == PICTURE_SIDE - 1 else []
        data = tuple(to_bytes(each) for each in scores)
        yield Message("row_finished", {"seconds": time.perf_counter() - begin}, data)

    def _require(self) -> "_Loaded":
        if self._loaded is None:
            raise MessageError("The cloud has no model for batches yet: load one first.")
        return self._loaded


class _Loaded:
    """A circuit, the evaluation keys that have come so far, and the batch that is on its way."""

    def __init__(self, path: Path, settings: Settings) -> None:
        network = load_network(path)
        chain = build_batch_circuit(network, settings).parameters.chain
        self.circuit = build_batch_circuit(network, settings, data_primes(chain))
        self.context = make_context(chain)
        self.relin_keys: sealapi.RelinKeys | None = None
        self.conjugation_keys: sealapi.GaloisKeys | None = None
        self._run: BatchRun[sealapi.Ciphertext] | None = None
        self._next_row = 0

    def run_for(self, row: int) -> BatchRun[sealapi.Ciphertext]:
        """Return the batch that `row` belongs to: a new one for row 0, else the one under way."""
        if self.relin_keys is None or self.conjugation_keys is None:
            raise MessageError("The cloud lacks evaluation keys for batches.")
        if row == 0:
            backend = SealBatchBackend(self.context, self.relin_keys, self.conjugation_keys)
            self._run, self._next_row = BatchRun(self.circuit, backend), 0
        if self._run is None or row != self._next_row or row >= PICTURE_SIDE:
            raise MessageError(f"Row {row} of the batch came where {self._next_row} was due.")
        self._next_row += 1
        return self._run

    def load_pixel(self, data: bytes) -> sealapi.Ciphertext:
        """Read a ciphertext; raise MessageError unless it is a fresh one for this model."""
        level = self.circuit.parameters.chain.top_level
        return load_fresh(self.context, data, level, self.circuit.scale)
