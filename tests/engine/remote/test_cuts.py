"""A line that is cut: the run goes on by itself, sends what is missing, and tells nothing twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from clouds import RunningCloud
from proxy import Proxy, proxied

from engine.ckks.parameters import Settings
from engine.errors import CancelledError, UnreachableError
from engine.messages.log import MessageLog
from engine.remote import line
from engine.remote.frames import PIECE_BYTES
from engine.remote.state import CloudState
from engine.session.events import Event, StageFinished, StageStarted
from engine.session.relay import Session

SLACK = 4 * PIECE_BYTES  # a piece that was cut, the handshake, and acknowledgements


class Cutter:
    """Cuts a session's line once, at a chosen moment, and mends it when the client has noticed."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.session = Session(self.hear, cloud=proxy.address)
        self.session.on_cloud = self.notice
        self.log = MessageLog()
        self.session.on_message = self.log.add
        self.events: list[Event] = []
        self.phases: list[str] = []
        self.cut_at: str | None = None

    def hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, StageStarted) and event.key == self.cut_at:
            self.cut_at = None
            self._proxy.cut()

    def cut_after(self, way: str, count: int, *more: int) -> None:
        """Cut when so many more bytes have gone `up` or `down`, and again after `more`."""
        limit = getattr(self._proxy, way) + count

        def watch() -> None:
            if getattr(self._proxy, way) > limit:
                self._proxy.watch = lambda: None
                self._proxy.cut()
                if more:
                    self.cut_after(way, *more)

        self._proxy.watch = watch

    def notice(self, state: CloudState) -> None:
        if not self.phases or self.phases[-1] != state.phase:
            self.phases.append(state.phase)
        if state.phase == "reconnecting":
            self._proxy.mend()


@pytest.fixture
def cutter(cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cutter]:
    monkeypatch.setattr(line, "PAUSE_SECONDS", 0.05)
    with proxied(cloud.address) as proxy:
        cutter = Cutter(proxy)
        with cutter.session:
            yield cutter


def finished(events: list[Event]) -> list[str]:
    return [event.key for event in events if isinstance(event, StageFinished)]


def test_keys_go_on_where_the_line_was_cut(cutter: Cutter, samples: tuple[Any, ...]) -> None:
    cutter.cut_after("up", 3_000_000)
    keys = cutter.session.prepare(Settings())
    assert cutter.session.classify(samples[4]).prediction == 4
    assert cutter._proxy.connections == 2
    sent = keys.relin_key_bytes + keys.galois_key_bytes
    assert cutter._proxy.up < 1.01 * sent + 300_000 + SLACK
    assert "reconnecting" in cutter.phases
    assert len(set(finished(cutter.events))) == len(finished(cutter.events))


def test_an_upload_that_is_cut_again_and_again_goes_on(
    cutter: Cutter, samples: tuple[Any, ...]
) -> None:
    cutter.cut_after("up", 3_100_000, *[400_000] * 5)
    cutter.session.prepare(Settings())
    assert cutter.phases.count("reconnecting") > 1  # two cuts may be noticed as one
    assert cutter.session.classify(samples[3]).prediction == 3


@pytest.mark.parametrize("stage", ["send", "conv", "dense-2"])
def test_a_run_goes_on_after_a_cut_while_the_cloud_computes(
    cutter: Cutter, samples: tuple[Any, ...], stage: str
) -> None:
    cutter.session.prepare(Settings())
    cutter.session.classify(samples[0])
    expected = finished(cutter.events)[1:]
    up = cutter._proxy.up
    cutter.events.clear()
    cutter.log = MessageLog()
    cutter.session.on_message = cutter.log.add
    cutter.cut_at = stage
    answer = cutter.session.classify(samples[5])
    assert answer.prediction == 5
    assert finished(cutter.events) == expected
    names = [entry.name for entry in cutter.log.entries if entry.receiver == "cloud"]
    assert names == ["classify"]
    assert cutter._proxy.connections == 2
    assert cutter._proxy.up - up < len(answer.ciphertext.data) + SLACK


def test_a_result_that_was_cut_comes_again(cutter: Cutter, samples: tuple[Any, ...]) -> None:
    cutter.session.prepare(Settings())
    first = cutter.session.classify(samples[0])
    cutter.events.clear()
    cutter.cut_after("down", first.result_bytes // 2)
    assert cutter.session.classify(samples[6]).prediction == 6
    assert cutter._proxy.connections == 2
    assert len(set(finished(cutter.events))) == len(finished(cutter.events))


def test_an_idle_session_connects_again_and_sends_no_key_twice(
    cutter: Cutter, samples: tuple[Any, ...]
) -> None:
    cutter.session.prepare(Settings())
    up = cutter._proxy.up
    cutter._proxy.cut()
    cutter._proxy.mend()
    cutter.session.prepare(Settings())
    assert cutter.session.classify(samples[7]).prediction == 7
    assert cutter._proxy.up - up < 500_000


def test_a_cancel_throws_the_worker_away_and_sends_no_key_twice(
    cutter: Cutter, samples: tuple[Any, ...]
) -> None:
    session, real = cutter.session, cutter.hear
    session.prepare(Settings())

    def cancel(event: Event) -> None:
        if isinstance(event, StageStarted) and event.key == "dense-1":
            session.cancel()

    session._singles._emit = cancel
    with pytest.raises(CancelledError):
        session.classify(samples[1])
    session._singles._emit = real
    up = cutter._proxy.up
    assert session.classify(samples[1]).prediction == 1
    assert cutter._proxy.up - up < 500_000
    assert cutter._proxy.connections == 1


def test_a_line_that_stays_cut_ends_the_run_with_one_sentence(
    cutter: Cutter, samples: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "PATIENCE_SECONDS", 0.2)
    cutter.session.prepare(Settings())
    monkeypatch.setattr(cutter._proxy, "mend", lambda: None)
    cutter.cut_at = "conv"
    with pytest.raises(UnreachableError, match="does not answer"):
        cutter.session.classify(samples[2])
    monkeypatch.undo()
    cutter._proxy.mend()
    assert cutter.session.classify(samples[2]).prediction == 2


def test_a_cancel_while_the_line_is_cut_is_at_once(
    cutter: Cutter, samples: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = cutter.session
    session.prepare(Settings())

    def give_up(state: CloudState) -> None:
        if state.phase == "reconnecting":
            session.cancel()

    session.on_cloud = give_up
    cutter.cut_at = "conv"
    with pytest.raises(CancelledError):
        session.classify(samples[2])
    session.on_cloud = cutter.notice
    cutter._proxy.mend()
    assert session.classify(samples[2]).prediction == 2
