"""The cloud's part in a batch: it classifies thousands of pictures that it cannot read.

Rows of pixels come one request at a time and stream through the network; of a batch only what
later rows still need is kept. The cloud is given a relinearisation and a conjugation key.
"""

import time
from collections.abc import Iterator

from tenseal import sealapi

from engine.circuits.batch.execution import BatchRun, Row
from engine.circuits.batch.seal import SealBatchBackend
from engine.circuits.batch.stages import PICTURE_SIDE, build_batch_circuit
from engine.ckks.parameters import CONJUGATION, Settings
from engine.ckks.seal import data_primes, galois_element, load_galois_keys, to_bytes
from engine.errors import MessageError
from engine.messages.to_cloud import (
    Arrived,
    BatchRelinKeys,
    ClassifyRow,
    ConjugationKeys,
    LoadBatch,
    Loaded,
    Progress,
    RowDone,
    Taken,
)
from engine.networks.layers import Network
from engine.parties.models import Models
from engine.parties.roles import LoadedModel, Role


class BatchCloud(Role["_Loaded"]):
    """A model prepared for batches; one method for each request."""

    missing = "The cloud has no model for batches yet: load one first."

    def __init__(self, models: Models) -> None:
        super().__init__()
        self._models = models

    def load(self, request: LoadBatch) -> Iterator[Loaded]:
        """Load the model for the settings; old keys are dropped."""
        network = self._models.network(request.settings.model, request.sha256)
        self._held = _Loaded(network, request.settings)
        yield Loaded()

    def relin_keys(self, request: BatchRelinKeys) -> Iterator[Taken]:
        """Take the relinearisation keys."""
        self.held.take_relin_keys(request.blobs[0])
        yield Taken()

    def conjugation_keys(self, request: ConjugationKeys) -> Iterator[Taken]:
        """Take the Galois keys of the complex conjugation."""
        loaded = self.held
        keys = load_galois_keys(loaded.context, request.blobs[0])
        if not keys.has_key(galois_element(CONJUGATION, loaded.chain.poly_modulus_degree)):
            raise MessageError("The keys received do not conjugate.")
        loaded.conjugation_keys = keys
        yield Taken()

    def classify_row(self, request: ClassifyRow) -> Iterator[Arrived | Progress | RowDone]:
        """Take the next row of pixels and report each stage's progress."""
        loaded, begin = self.held, time.perf_counter()
        if len(request.blobs) != PICTURE_SIDE:
            raise MessageError(f"A row has {PICTURE_SIDE} pixels, not {len(request.blobs)}.")
        pixels = [loaded.load_fresh(data, loaded.circuit.scale) for data in request.blobs]
        run = loaded.run_for(request.row)
        yield Arrived(time.perf_counter() - begin)
        for state in run.push(Row([pixels])):
            yield Progress(state.key, state.done, state.total, state.seconds)
        scores = run.scores if request.row == PICTURE_SIDE - 1 else []
        yield RowDone(time.perf_counter() - begin, tuple(to_bytes(each) for each in scores))


class _Loaded(LoadedModel):
    """A circuit, the evaluation keys that have come so far, and the batch that is on its way."""

    def __init__(self, network: Network, settings: Settings) -> None:
        super().__init__(build_batch_circuit(network, settings).parameters.chain)
        self.circuit = build_batch_circuit(network, settings, data_primes(self.chain))
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
