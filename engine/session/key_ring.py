"""The keys of one kind of run: made once for a setting, and given again to a restarted cloud.

A session has one ring for single pictures and one for batches: they send different messages, but
keep what comes of them in the same way.
"""

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.parties.messages import Message
from engine.parties.processes import Processes
from engine.resources import model_path
from engine.session.events import Event, KeysReady, StageProgress
from engine.session.tally import Tally


@dataclass(frozen=True)
class KeyRequests:
    """What makes keys: `begin` and `make` go to the client, `load` to the cloud.

    The client answers `make` with `count` messages, one evaluation key each, the relinearisation
    key first; the cloud takes each of them as it is.
    """

    begin: Message
    load: Message
    make: Message
    count: int


def load_request(kind: str, settings: Settings) -> Message:
    """Return what makes the cloud ready for a setting: where its model is, and the setting."""
    path = str(model_path(settings.model))
    return Message(kind, {"path": path, "settings": dataclasses.asdict(settings)})


@dataclass(frozen=True)
class _Keys:
    """Keys that exist: which start of the client holds the secret one, and the public messages."""

    ready: KeysReady
    start: int
    messages: tuple[Message, ...]


class KeyRing:
    """Keeps the keys of a session's two processes, which it is lent.

    `requests` tells what to send for a setting; it raises ParameterError or ModelError for one
    that cannot work, before anything is sent or forgotten.
    """

    def __init__(
        self,
        processes: Processes,
        emit: Callable[[Event], None],
        requests: Callable[[Settings], KeyRequests],
    ) -> None:
        self._processes = processes
        self._emit = emit
        self._requests = requests
        self._wanted: Settings | None = None
        self._keys: _Keys | None = None
        self._cloud_holds: tuple[int, int] | None = None  # starts of the cloud and of the client

    @property
    def wanted(self) -> Settings:
        """Return the setting prepared last, its keys made or not; MessageError if there is none."""
        if self._wanted is None:
            raise MessageError("There are no keys yet: prepare a setting first.")
        return self._wanted

    @property
    def _starts(self) -> tuple[int, int]:
        """Return how often the cloud and the client were started."""
        return self._processes.cloud.starts, self._processes.client.starts

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already.

        As long as the keys live, the same object is returned.
        """
        requests = self._requests(settings)
        self._wanted = settings
        self._processes.start()
        keys, starts = self._keys, self._starts
        if keys is None or keys.ready.settings != settings or keys.start != starts[1]:
            return self._make_keys(settings, requests)
        if self._cloud_holds != starts:
            self._load_cloud(requests)
            for message in keys.messages:
                self._processes.ask_cloud(message)
            self._cloud_holds = starts
        return keys.ready

    def _make_keys(self, settings: Settings, requests: KeyRequests) -> KeysReady:
        tally, begin = Tally(self._emit, {"keys": 0}), time.perf_counter()
        tally.start("keys")
        self._keys = None
        self._processes.ask_client(requests.begin)
        self._load_cloud(requests)
        messages: list[Message] = []
        for message in self._processes.client_answers(requests.make):
            self._processes.ask_cloud(message)
            messages.append(message)
            self._emit(StageProgress("keys", len(messages), requests.count))
        seconds = time.perf_counter() - begin
        relin_key_bytes, *galois = (len(message.blobs[0]) for message in messages)
        ready = KeysReady(settings, seconds, relin_key_bytes, sum(galois), len(galois))
        self._cloud_holds = self._starts
        self._keys = _Keys(ready, self._processes.client.starts, tuple(messages))
        tally.finish("keys", seconds, relin_key_bytes + sum(galois))
        return ready

    def _load_cloud(self, requests: KeyRequests) -> None:
        self._cloud_holds = None
        self._processes.ask_cloud(requests.load)
