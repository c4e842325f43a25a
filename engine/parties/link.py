"""What a session needs of either side: something that is started, asked, and ended.

A child process over pipes is one (`engine.parties.peer`), a cloud on another machine another
(`engine.remote.link`); both exchange the messages of `engine.messages.framing`.
"""

import time
from collections.abc import Iterator
from typing import Protocol

import engine.errors
from engine.errors import CipherSketchError, InternalError
from engine.messages.framing import Message
from engine.messages.log import MessageLogged, Party

LONGEST_SENTENCE = 600


class Link(Protocol):
    """One side, as a session is linked to it.

    `starts` counts how often it began with nothing: whoever remembers it can tell that all it knew
    is gone. `busy` is set by whoever exchanges. `kill` and `close` may be called from any thread,
    the rest from one.
    """

    starts: int
    busy: bool

    @property
    def pid(self) -> int | None:
        """Return the id of its process if that runs on this machine."""

    def start(self) -> None:
        """Make it ready, unless it is."""

    def exchange(self, message: Message) -> Iterator[Message]:
        """Send a request and yield its answers; raise what the other side raised."""

    def kill(self) -> None:
        """Stop what it does, at once; it begins with nothing again."""

    def close(self) -> None:
        """End it."""


def logged(sender: Party, receiver: Party, message: Message, size: int) -> MessageLogged:
    """Return the entry of a message that took `size` bytes on the wire just now."""
    blob_bytes = sum(map(len, message.blobs))
    return MessageLogged(time.time(), sender, receiver, message.kind, size - blob_bytes, blob_bytes)


def error_from(answer: Message) -> CipherSketchError:
    """Return the error that the other side tells in a message named `error`."""
    text = str(answer.fields.get("message", ""))[:LONGEST_SENTENCE]
    kind = getattr(engine.errors, str(answer.fields.get("type", "")), None)
    if isinstance(kind, type) and issubclass(kind, CipherSketchError):
        return kind(text)
    return InternalError(
        f"Something unexpected went wrong in the engine ({text}).",
        str(answer.fields.get("details", "")),
    )
