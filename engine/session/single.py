"""A session's single pictures: encrypt, let the cloud classify, decrypt; leg by leg.

In one shot there is one leg. With refreshes the client decrypts what a leg gave and encrypts it
again for the next: what crosses to the cloud is a fresh ciphertext every time.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.circuits.circuit import Circuit
from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.parties.messages import Message
from engine.parties.processes import Processes
from engine.session.events import Classification, Encrypted, Event, KeysReady
from engine.session.forecast import circuit_for, network_named
from engine.session.journey import LegKeys, journey, leg_keys
from engine.session.key_ring import KeyRequests, KeyRing, load_request
from engine.session.tally import Tally

Picture = npt.NDArray[np.uint8]
Blobs = tuple[bytes, ...]
Scores = tuple[float, ...]


@dataclass(frozen=True)
class LastRun:
    """A session's last run: what was sent at first, the encrypted scores, and what was in them."""

    keys: KeysReady
    sent: Blobs
    result: bytes
    scores: Scores


class SingleDesk:
    """Runs a session's single pictures on its two processes, which it is lent."""

    def __init__(self, processes: Processes, emit: Callable[[Event], None]) -> None:
        self._processes = processes
        self._emit = emit
        self._keys = KeyRing(processes, emit, _key_requests)
        self._last: LastRun | None = None

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already."""
        return self._keys.prepare(settings)

    def classify(self, picture: Picture) -> Classification:
        """Classify a picture, uint8 (28, 28), under the prepared settings."""
        _check_picture(picture)
        begin = time.perf_counter()
        ready = self._keys.prepare(self._keys.wanted)
        circuit = circuit_for(ready.settings)
        tally = Tally(self._emit, {stage.key: stage.level for stage in journey(circuit)})
        blobs, encrypted = self._encrypt(picture, circuit, tally)
        result, server_seconds = self._travel(blobs, circuit, tally)
        scores = self._decrypt(result, tally)
        self._last = LastRun(ready, blobs, result, scores)
        network = network_named(ready.settings.model)
        clear = network.forward(picture[None, None] / 255)[0]
        difference = float(np.abs(np.asarray(scores) - clear).max())
        return Classification(
            settings=ready.settings,
            classes=network.card.classes,
            encrypted=scores,
            clear=tuple(clear.tolist()),
            prediction=int(np.argmax(scores)),
            clear_prediction=int(clear.argmax()),
            largest_difference=difference,
            relative_error=difference / float(np.abs(clear).max()),
            stages=tuple(tally.finished),
            ciphertext=encrypted,
            result_bytes=len(result),
            server_seconds=server_seconds,
            total_seconds=time.perf_counter() - begin,
            result=result,
        )

    def encrypt(self, picture: Picture) -> Encrypted:
        """Encrypt a picture once more, to look at; it is sent nowhere."""
        _check_picture(picture)
        circuit = circuit_for(self._keys.prepare(self._keys.wanted).settings)
        return self._encrypt(picture, circuit, Tally(lambda event: None, defaultdict(int)))[1]

    def last_run(self) -> LastRun:
        """Return the last run of the keys that are in use; raise MessageError if there is none."""
        if self._last is None or self._keys.prepare(self._keys.wanted) is not self._last.keys:
            raise MessageError("There is no result to decrypt yet: classify a picture first.")
        return self._last

    def classify_again(self, sent: Blobs) -> Scores:
        """Classify ciphertexts, whatever they hold, under the prepared settings; no events."""
        tally = Tally(lambda event: None, defaultdict(int))
        result, _ = self._travel(sent, circuit_for(self._keys.wanted), tally)
        return self._decrypt(result, tally)

    def _encrypt(self, picture: Picture, circuit: Circuit, tally: Tally) -> tuple[Blobs, Encrypted]:
        tally.start("encrypt")
        answer = self._processes.ask_client(Message("encrypt", {}, (picture.tobytes(),)))
        encrypted = Encrypted(
            data=b"".join(answer.blobs),
            seconds=answer.fields["seconds"],
            poly_modulus_degree=circuit.parameters.chain.poly_modulus_degree,
            coeff_modulus_bits=circuit.parameters.chain.coeff_modulus_bits,
        )
        tally.finish("encrypt", encrypted.seconds)
        return answer.blobs, encrypted

    def _travel(self, blobs: Blobs, circuit: Circuit, tally: Tally) -> tuple[bytes, float]:
        """Take a picture's ciphertexts through every leg; return the result, the cloud's time."""
        server_seconds = 0.0
        for index, _ in enumerate(circuit.legs):
            names = leg_keys(circuit, index)
            result, seconds = self._compute(index, blobs, names, tally)
            server_seconds += seconds
            if names.decrypt != "decrypt":
                blobs = self._refresh(index, result, names, leg_keys(circuit, index + 1), tally)
        return result, server_seconds

    def _compute(
        self, index: int, blobs: Blobs, names: LegKeys, tally: Tally
    ) -> tuple[bytes, float]:
        """Let the cloud run a leg; return its encrypted result and the cloud's seconds."""
        request = Message("proceed", {"leg": index}, blobs)
        if index == 0:
            request = Message("classify", {}, blobs)
        tally.start(names.send)
        begin = last = time.perf_counter()
        for answer in self._processes.cloud_answers(request):
            if answer.kind == "arrived":
                tally.finish(names.send, time.perf_counter() - begin, sum(map(len, blobs)))
            elif answer.kind == "stage_started":
                tally.start(answer.fields["key"])
            elif answer.kind == "stage_finished":
                last = time.perf_counter()
                tally.finish(answer.fields["key"], answer.fields["seconds"])
        tally.start(names.receive)
        tally.finish(names.receive, time.perf_counter() - last, len(answer.blobs[0]))
        return answer.blobs[0], answer.fields["seconds"]

    def _refresh(
        self, index: int, result: bytes, names: LegKeys, following: LegKeys, tally: Tally
    ) -> Blobs:
        """Let the client decrypt the result of a leg and encrypt it for the one that follows."""
        tally.start(names.decrypt)
        for answer in self._processes.client_answers(Message("refresh", {"leg": index}, (result,))):
            if answer.kind == "decrypted":
                tally.finish(names.decrypt, answer.fields["seconds"])
                tally.start(following.encrypt)
        tally.finish(following.encrypt, answer.fields["seconds"])
        return answer.blobs

    def _decrypt(self, result: bytes, tally: Tally) -> Scores:
        tally.start("decrypt")
        request = Message("decrypt", {"wrong_key": False}, (result,))
        fields = self._processes.ask_client(request).fields
        tally.finish("decrypt", fields["seconds"])
        return tuple(fields["scores"])


def begin_request(circuit: Circuit) -> Message:
    """Return what makes a client ready for a circuit: parameters, and the packing of each leg."""
    packings = [leg.packing for leg in circuit.legs]
    fields = {
        "poly_modulus_degree": circuit.parameters.chain.poly_modulus_degree,
        "coeff_modulus_bits": circuit.parameters.chain.coeff_modulus_bits,
        "legs": [
            {
                "ciphertexts": len(packing.value_of_slot),
                "scale": packing.scale,
                "result_slots": packing.result_slots,
                "result_size": packing.result_size,
                "result_level": packing.result_level,
                "result_scale": packing.result_scale,
            }
            for packing in packings
        ],
    }
    blobs = tuple(packing.value_of_slot.astype("<i8").tobytes() for packing in packings)
    return Message("begin", fields, blobs)


def _key_requests(settings: Settings) -> KeyRequests:
    circuit = circuit_for(settings)
    steps = circuit.rotation_steps
    return KeyRequests(
        begin=begin_request(circuit),
        load=load_request("load", settings),
        make=Message("make_keys", {"steps": steps}),
        count=len(steps) + 1,
    )


def _check_picture(picture: Picture) -> None:
    if picture.shape != (28, 28) or picture.dtype != np.uint8:
        raise MessageError(
            f"A picture is uint8 (28, 28), not {picture.dtype} {picture.shape}: prepare it first."
        )
