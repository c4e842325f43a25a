"""A session's two processes as its parts see them: lent, and to be asked one request at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.parties.messages import Message
from engine.parties.peer import Peer

Exchange = Callable[[Peer, Message], Iterator[Message]]
"""Sends a request to a process and yields its answers."""


@dataclass(frozen=True)
class Processes:
    """The client, the cloud, and how the session that owns them exchanges messages with either."""

    client: Peer
    cloud: Peer
    exchange: Exchange

    def start(self) -> None:
        """Start those that do not run."""
        self.client.start()
        self.cloud.start()

    def client_answers(self, request: Message) -> Iterator[Message]:
        """Yield the client's answers to a request."""
        return self.exchange(self.client, request)

    def cloud_answers(self, request: Message) -> Iterator[Message]:
        """Yield the cloud's answers to a request."""
        return self.exchange(self.cloud, request)

    def ask_client(self, request: Message) -> Message:
        """Return the client's last answer."""
        *_, answer = self.client_answers(request)
        return answer

    def ask_cloud(self, request: Message) -> Message:
        """Return the cloud's last answer."""
        *_, answer = self.cloud_answers(request)
        return answer
