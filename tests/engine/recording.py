"""What a session sends to the cloud, recorded to the last byte, and the secrets it must not hold.

The client's roles run inside the test, which therefore knows the secret keys and all that was
decrypted; the cloud is the real process, and its standard input is recorded.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pytest
from asking import answers

from engine.messages.framing import Message, encode_message, read_message
from engine.messages.log import MessageLog, OnMessage
from engine.parties import batch_key_owner, key_owner
from engine.parties.batch_key_owner import BatchKeyOwner
from engine.parties.key_owner import KeyOwner
from engine.parties.peer import Peer, Role
from engine.parties.service import handlers_of
from engine.parties.workbench.key_owner import WorkbenchKeyOwner
from engine.session.events import Classification, KeysReady
from engine.session.relay import Session

Words = npt.NDArray[np.uint64]
FLIPPED = 48  # of a byte that nobody reads, so that scores come back


class RecordedInput:
    """A process's standard input that keeps a copy of all that is written."""

    def __init__(self, stream: IO[bytes], copy: bytearray) -> None:
        self._stream, self._copy = stream, copy

    def write(self, data: bytes) -> int:
        self._copy += data
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()


class RecordedPeer(Peer):
    """The real cloud, recorded."""

    def __init__(self, role: Role, on_message: OnMessage) -> None:
        super().__init__(role, on_message)
        self.sent = bytearray()

    def start(self) -> None:
        starts = self.starts
        super().start()
        if self.starts > starts:
            assert self._process is not None
            assert self._process.stdin is not None
            self._process.stdin = RecordedInput(self._process.stdin, self.sent)  # type: ignore[assignment]


class ClientInside:
    """The client's roles in this process, with the face of a peer."""

    def __init__(self) -> None:
        self.starts, self.busy, self.pid = 0, False, None
        self.owner, self.batch_owner = KeyOwner(), BatchKeyOwner()
        self.workbench_owner = WorkbenchKeyOwner()
        self.answers: list[Message] = []

    def start(self) -> None:
        self.starts = 1

    def exchange(self, message: Message) -> Iterator[Message]:
        for answer in answers(self._role(message.kind), message):
            self.answers.append(answer)
            yield parsed(encode_message(answer))

    def kill(self) -> None:
        pass

    def close(self) -> None:
        pass

    def _role(self, kind: str) -> object:
        roles = self.owner, self.batch_owner, self.workbench_owner
        return next(role for role in roles if kind in handlers_of(role))


class Recording:
    """A session's record: what went to the cloud, what the client answered and what it read.

    `decrypted` are the slots or values of everything that was decrypted, in order.
    """

    ready: KeysReady

    def __init__(self, cloud: RecordedPeer, inside: ClientInside, log: MessageLog) -> None:
        self._cloud, self.client, self.log = cloud, inside, log
        self.answers: list[Classification] = []
        self.decrypted: list[npt.NDArray[Any]] = []

    @functools.cached_property
    def sent(self) -> bytes:
        """Return all bytes that went to the cloud; ask when the session has ended."""
        return bytes(self._cloud.sent)

    @functools.cached_property
    def messages(self) -> list[Message]:
        """Return all messages that went to the cloud; ask when the session has ended."""
        stream, found = BytesIO(self.sent), list[Message]()
        while (message := read_message(stream)) is not None:
            found.append(message)
        return found

    @property
    def all_blobs(self) -> list[bytes]:
        return [blob for message in self.messages for blob in message.blobs]

    def blobs(self, kind: str) -> list[bytes]:
        return [message.blobs[0] for message in self.messages if message.kind == kind]

    @property
    def owned(self) -> Any:
        """Return the keys for single pictures and what they belong to."""
        return self.client.owner.held


@contextmanager
def recorded() -> Iterator[tuple[Session, Recording]]:
    """Yield a session and its record."""
    inside, log = ClientInside(), MessageLog()
    cloud = RecordedPeer("cloud", log.add)
    recording = Recording(cloud, inside, log)

    def peer(role: Role, on_message: OnMessage) -> Any:
        return inside if role == "key_owner" else cloud

    def watched(decrypt: Any) -> Any:
        def decrypt_and_remember(*arguments: Any) -> Any:
            values = decrypt(*arguments)
            recording.decrypted.append(values)
            return values

        return decrypt_and_remember

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.session.relay.Peer", peer)
        patch.setattr(key_owner._Owned, "decrypt_values", watched(key_owner._Owned.decrypt_values))
        owned = batch_key_owner._Owned
        patch.setattr(owned, "decrypt_slots", watched(owned.decrypt_slots))
        with Session() as session:
            yield session, recording


def parsed(data: bytes) -> Message:
    message = read_message(BytesIO(data))
    assert message is not None
    return message


def words_of(plain_or_cipher: Any) -> Words:
    """Return the coefficients of an object of SEAL's, as it holds them in memory."""
    array = plain_or_cipher.dyn_array()
    return np.fromiter((array[i] for i in range(array.size())), dtype=np.uint64)


def hidden_in(data: bytes, words: Words) -> int:
    """Count the secret's coefficients found in `data` as 64-bit words, at any offset."""
    telling = np.unique(words[words > 2**32])
    found = 0
    for offset in range(8):
        usable = (len(data) - offset) // 8 * 8
        values = np.frombuffer(data[offset : offset + usable], dtype="<u8")
        found += int(np.isin(values, telling).sum())
    return found
