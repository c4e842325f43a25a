"""What went between the window and the two processes: names and sizes, never contents.

A peer reports every message that it writes or reads; a log keeps the latest of them and writes
them down for whoever wants to check what left this side.
"""

import csv
import dataclasses
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Literal

Party = Literal["window", "client", "cloud"]
"""The window and the client (the key owner's process) are your side; the cloud is the other."""

LONGEST_LOG = 2000


@dataclass(frozen=True)
class MessageLogged:
    """One message that was sent: `at` in seconds since the epoch, sizes in bytes on the wire.

    `header_bytes` counts the framing and the JSON header, `blob_bytes` the keys or ciphertexts;
    `where` is host and port of a cloud elsewhere, empty where all are on this computer.
    """

    at: float
    sender: Party
    receiver: Party
    name: str
    header_bytes: int
    blob_bytes: int
    where: str = ""

    @property
    def crosses(self) -> bool:
        """Tell whether it crossed the trust boundary: to the cloud or from it."""
        return "cloud" in (self.sender, self.receiver)

    @property
    def total_bytes(self) -> int:
        """Return all of its bytes."""
        return self.header_bytes + self.blob_bytes


STAGES = ("stage_finished", "progress")


def of_last_run(entries: Sequence[MessageLogged]) -> Sequence[MessageLogged]:
    """Return the messages from the last picture's, or batch's, encryption on; all if none was.

    A picture that was encrypted only to look at it, and never sent, is none.
    """
    begin, encrypted, in_batch = 0, 0, False
    for place, each in enumerate(entries):
        if each.name == "encrypt":
            encrypted = place
        elif each.name in ("classify", "teach"):
            begin, in_batch = encrypted, False
        elif each.name == "encrypt_row" and not in_batch:
            begin, in_batch = place, True
        elif each.name == "decrypt_batch":
            in_batch = False
    return entries[begin:]


def folded(entries: Sequence[MessageLogged]) -> list[MessageLogged]:
    """Return the messages with every run of stage reports as one, named `stages`."""
    found: list[MessageLogged] = []
    for each in entries:
        if each.name in STAGES and found and found[-1].name == "stages":
            size = found[-1].header_bytes + each.header_bytes
            found[-1] = dataclasses.replace(found[-1], header_bytes=size)
        else:
            name = "stages" if each.name in STAGES else each.name
            found.append(dataclasses.replace(each, name=name))
    return found


OnMessage = Callable[[MessageLogged], None]


class MessageLog:
    """The latest messages, oldest first; `forgotten` counts those that are no longer kept."""

    def __init__(self, limit: int = LONGEST_LOG) -> None:
        self._entries: deque[MessageLogged] = deque(maxlen=limit)
        self._count = 0

    @property
    def entries(self) -> tuple[MessageLogged, ...]:
        """Return the messages that are kept."""
        return tuple(self._entries)

    @property
    def forgotten(self) -> int:
        """Return how many older messages are no longer kept."""
        return self._count - len(self._entries)

    def add(self, message: MessageLogged) -> None:
        """Keep one more message; the oldest goes if there is no room."""
        self._entries.append(message)
        self._count += 1


def time_of(message: MessageLogged) -> str:
    """Return when a message was sent: ISO 8601, UTC, to the millisecond."""
    return datetime.fromtimestamp(message.at, UTC).isoformat(timespec="milliseconds")


def log_as_csv(messages: Iterable[MessageLogged]) -> str:
    """Return messages as CSV with a header line."""
    text = StringIO()
    names = [field.name for field in dataclasses.fields(MessageLogged)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(message) for message in messages)
    return text.getvalue()


def log_as_json(messages: Iterable[MessageLogged]) -> str:
    """Return messages as a JSON list of objects."""
    return json.dumps([_row(message) for message in messages], indent=2) + "\n"


def _row(message: MessageLogged) -> dict[str, str | int | float]:
    return {**dataclasses.asdict(message), "at": time_of(message)}
