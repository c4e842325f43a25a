"""A session's two processes as its parts see them: lent, and to be asked one request at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from engine.errors import InternalError, MessageError
from engine.messages.framing import Message
from engine.messages.typed import Request, Typed
from engine.parties.link import Link

Exchange = Callable[[Link, Message], Iterator[Message]]
"""Sends a request to a process and yields its answers."""

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """One of the processes, and how the session that owns it exchanges messages with it."""

    peer: Link
    exchange: Exchange

    def answers(self, request: Request[Any]) -> Iterator[Typed]:
        """Send a request and yield every answer; InternalError if one is none to it."""
        for message in self.exchange(self.peer, request.as_message()):
            try:
                yield request.read_answer(message)
            except MessageError as error:
                raise InternalError(
                    f"A process answered something else than it was asked: {error} "
                    "Start the program again."
                ) from error

    def ask(self, request: Request[T], hear: Callable[[Typed], None] = lambda answer: None) -> T:
        """Send a request and return its result; `hear` is told of the answers before it."""
        result: Typed | None = None
        for result in self.answers(request):
            if not isinstance(result, request.results):
                hear(result)
        if not isinstance(result, request.results):
            raise InternalError(
                f"A process never answered {request.kind}; start the program again."
            )
        return result  # type: ignore[return-value]  # the results are those of `T`


@dataclass(frozen=True)
class Processes:
    """The key owner and the cloud."""

    key_owner: Asked
    cloud: Asked

    def start(self) -> None:
        """Start those that do not run."""
        self.key_owner.peer.start()
        self.cloud.peer.start()
