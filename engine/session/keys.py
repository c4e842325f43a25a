"""The keys of one kind of run: made once for a setting, and given again to a restarted cloud.

A session keeps some for single pictures and some for batches: they send different messages, but
keep what comes of them in the same way.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.messages.to_cloud import EvaluationKeys, Load
from engine.messages.to_key_owner import Begin, BeginBatch, MakeBatchKeys, MakeKeys
from engine.parties.processes import Processes
from engine.session.events import Event, KeysReady, StageProgress
from engine.session.stages import Stages


@dataclass(frozen=True)
class KeyRequests:
    """What makes keys: `begin` and `make` go to the key owner, `load` to the cloud.

    The key owner answers `make` with `count` evaluation keys, the relinearisation key first; the
    cloud takes each of them as it is.
    """

    begin: Begin | BeginBatch
    load: type[Load]
    make: MakeKeys | MakeBatchKeys
    count: int


@dataclass(frozen=True)
class _Keys:
    """Keys that exist: which start of the key owner holds the secret one, and the public ones."""

    ready: KeysReady
    start: int
    public: tuple[EvaluationKeys, ...]


class SessionKeys:
    """Keeps the keys of a session's two processes, which it is lent.

    `requests` tells what to send for a setting; it raises ParameterError or ModelError for one
    that cannot work, before anything is sent or forgotten. `sha256` gives the hash of a model's
    file.
    """

    def __init__(
        self,
        processes: Processes,
        emit: Callable[[Event], None],
        requests: Callable[[Settings], KeyRequests],
        sha256: Callable[[str], str],
    ) -> None:
        self._processes = processes
        self._emit = emit
        self._requests = requests
        self._sha256 = sha256
        self._wanted: Settings | None = None
        self._keys: _Keys | None = None
        self._cloud_holds: tuple[int, int] | None = None  # starts of the cloud and of the key owner

    @property
    def wanted(self) -> Settings:
        """Return the setting prepared last, its keys made or not; MessageError if there is none."""
        if self._wanted is None:
            raise MessageError("There are no keys yet: prepare a setting first.")
        return self._wanted

    @property
    def _starts(self) -> tuple[int, int]:
        """Return how often the cloud and the key owner were started."""
        return self._processes.cloud.peer.starts, self._processes.key_owner.peer.starts

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
            self._load_cloud(settings, requests)
            for key in keys.public:
                self._processes.cloud.ask(key)
            self._cloud_holds = starts
        return keys.ready

    def _make_keys(self, settings: Settings, requests: KeyRequests) -> KeysReady:
        stages = Stages(self._emit, {"keys": 0})
        stages.start("keys")
        self._keys = None
        asked = time.perf_counter()
        self._load_cloud(settings, requests)  # it may refuse: then no secret key is made
        loaded = time.perf_counter() - asked
        self._processes.key_owner.ask(requests.begin)
        begin = time.perf_counter() - loaded  # what the process takes to start does not count
        public: list[EvaluationKeys] = []
        for key in self._processes.key_owner.answers(requests.make):
            assert isinstance(key, EvaluationKeys)
            self._processes.cloud.ask(key)
            public.append(key)
            self._emit(StageProgress("keys", len(public), requests.count))
        seconds = time.perf_counter() - begin
        relin_key_bytes, *galois = (len(key.blobs[0]) for key in public)
        ready = KeysReady(settings, seconds, relin_key_bytes, sum(galois), len(galois))
        self._cloud_holds = self._starts
        self._keys = _Keys(ready, self._processes.key_owner.peer.starts, tuple(public))
        stages.finish("keys", seconds, relin_key_bytes + sum(galois))
        return ready

    def _load_cloud(self, settings: Settings, requests: KeyRequests) -> None:
        self._cloud_holds = None
        self._processes.cloud.ask(requests.load(self._sha256(settings.model), settings))
