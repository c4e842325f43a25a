"""What is cancelled on its way, up or down: the session goes on with the next run."""

from typing import Any

import pytest
from clouds import RunningCloud
from proxy import proxied

from engine.ckks.parameters import Settings
from engine.errors import CancelledError
from engine.session.relay import Session

SLOW = 1_000_000.0
SOME = 900_000
"""In the middle of a key."""
PART = 100_000
"""In the middle of a ciphertext's numbers."""


def test_after_a_cancel_in_the_middle_of_a_key_the_next_picture_is_classified(
    cloud: RunningCloud, samples: tuple[Any, ...]
) -> None:
    with proxied(cloud.address, rate=SLOW) as proxy, Session(cloud=proxy.address) as session:

        def cancel() -> None:
            if proxy.up > SOME:
                session.cancel()

        proxy.watch = cancel
        with pytest.raises(CancelledError):
            session.prepare(Settings())
        proxy.watch, proxy._rate = lambda: None, float("inf")
        session.prepare(Settings())
        assert session.classify(samples[3]).prediction == 3


def test_what_was_still_on_its_way_down_does_not_disturb_the_next_run(
    cloud: RunningCloud, samples: tuple[Any, ...]
) -> None:
    with proxied(cloud.address) as proxy, Session(cloud=proxy.address) as session:
        session.prepare(Settings())
        session.classify(samples[3])
        begin, proxy._rate = proxy.down, SLOW

        def cancel() -> None:
            if proxy.down > begin + PART:
                proxy.watch = lambda: None
                session.cancel()

        proxy.watch = cancel
        with pytest.raises(CancelledError):
            session.unpack()
        connections = proxy.connections
        session.prepare(Settings())
        assert session.classify(samples[4]).prediction == 4
        assert proxy.connections == connections
