"""Keys and ciphertexts that somebody changed: a refusal or noise, and the next run is right."""

import os
import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from clouds import RunningCloud, resident_bytes

from engine.ckks.parameters import Settings
from engine.errors import MessageError, ModelError, ProcessLostError
from engine.messages.framing import Message
from engine.remote.link import CloudLink

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))
RNG = random.Random(31)
OTHER = Settings(poly_modulus_degree=16384)


class Intruder:
    """A client with real keys that sends what it likes, and starts over what it brought down."""

    def __init__(self, cloud: RunningCloud, lab: Any, picture: Any) -> None:
        self.link = CloudLink(cloud.address)
        self.link.start()
        self.lab, self.picture = lab, picture
        self.keys = lab.evaluation_keys()
        self.classify = Message("classify", {}, (lab.encrypt(picture),))
        self.refused = self.lost = 0
        self._ready = -1

    def ask(self, message: Message) -> Message:
        return list(self.link.exchange(message))[-1]

    def prepare(self) -> None:
        if self._ready != self.link.starts:
            for message in (self.lab.load_request(), *self.keys):
                self.ask(message)
            self._ready = self.link.starts

    def attack(self, message: Message) -> None:
        self.prepare()
        try:
            self.ask(message)
        except ProcessLostError:
            self.lost += 1
        except (MessageError, ModelError):
            self.refused += 1

    def answer(self) -> int:
        """Return what the honest picture is classified as, with honest keys."""
        self.prepare()
        for key in self.keys:
            self.ask(key)
        return int(np.argmax(self.lab.decrypt(self.ask(self.classify).blobs[0])))


@pytest.fixture(scope="module")
def intruder(
    cloud: RunningCloud, make_lab: Callable[[Settings], Any], samples: tuple[Any, ...]
) -> Iterator[Intruder]:
    intruder = Intruder(cloud, make_lab(Settings()), samples[3])
    yield intruder
    intruder.link.close()


def flipped(data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(RNG.choice([1, 1, 8])):
        changed[RNG.randrange(len(changed))] ^= 1 << RNG.randrange(8)
    return bytes(changed)


def flipped_header(data: bytes) -> bytes:
    return flipped(data[:64]) + data[64:]


def truncated(data: bytes) -> bytes:
    return data[: RNG.randrange(len(data))] or b"\0"


def claiming(data: bytes) -> bytes:
    """Claim any size in SEAL's header: bytes 8 to 16."""
    size = RNG.choice([0, 1, 2**31, 2**40, 2**63, len(data) * 1000])
    return data[:8] + struct.pack("<Q", size) + data[16:]


def noise(data: bytes) -> bytes:
    return RNG.randbytes(RNG.randrange(1, 5000))


def with_noise(data: bytes) -> bytes:
    return data[:16] + RNG.randbytes(len(data) - 16)


MUTATIONS = [flipped, flipped_header, truncated, claiming, noise, with_noise]


def test_changed_bytes_are_refused_or_noise_and_the_next_run_is_right(
    well: RunningCloud, intruder: Intruder
) -> None:
    for number in range(EXAMPLES):
        target = RNG.choice([intruder.classify, intruder.keys[0], RNG.choice(intruder.keys[1:])])
        data = MUTATIONS[number % len(MUTATIONS)](target.blobs[0])
        intruder.attack(Message(target.kind, target.fields, (data,)))
    assert intruder.refused + intruder.lost > EXAMPLES // 2
    assert intruder.answer() == 3
    assert resident_bytes(well.process.pid) < 300 << 20


def test_swapped_bytes_and_other_parameters_are_refused(
    well: RunningCloud, intruder: Intruder, make_lab: Callable[[Settings], Any]
) -> None:
    other = make_lab(OTHER)
    theirs = [
        *other.evaluation_keys(1),
        Message("classify", {}, (other.encrypt(intruder.picture),)),
    ]
    own = [*intruder.keys[:2], intruder.classify]
    before = intruder.refused
    for kind in own:
        for blob in (*(each.blobs[0] for each in theirs), *(each.blobs[0] for each in own)):
            if blob is not kind.blobs[0]:
                intruder.attack(Message(kind.kind, kind.fields, (blob,)))
    assert intruder.refused == before + 15
    assert intruder.answer() == 3


@pytest.mark.parametrize(
    "message",
    [
        Message("classify", {}, ()),
        Message("classify", {}, (b"x",) * 32),
        Message("classify", {"leg": 3}, (b"x",)),
        Message("galois_keys", {"step": 2**60}, (b"x",)),
        Message("load", {"sha256": "0" * 64, "settings": {}}),
        Message("load", {"path": "/etc/passwd"}),
        Message("no such thing"),
        Message("end"),
    ],
    ids=lambda message: f"{message.kind} {sorted(message.fields)} {len(message.blobs)}",
)
def test_messages_of_another_form_are_refused(
    well: RunningCloud, intruder: Intruder, message: Message
) -> None:
    refused = intruder.refused
    intruder.attack(message)
    assert intruder.refused == refused + 1
    assert intruder.answer() == 3
