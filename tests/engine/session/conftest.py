"""A session that works before and after each test, and a recorded one."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from listening import Listener
from recording import FLIPPED, Recording, recorded
from session_steps import classify

from engine.ckks.parameters import Settings
from engine.session.relay import Session


@pytest.fixture
def session(shared: Session, listener: Listener) -> Iterator[Session]:
    """Return a session with keys for the default settings, and check that it works afterwards."""
    listener.clear()
    shared.prepare(Settings())
    listener.clear()
    yield shared
    listener.clear()
    shared.prepare(Settings())
    picture = np.zeros((28, 28), dtype=np.uint8)
    picture[6:22, 13:15] = 255
    classify(shared, picture)
    assert len(shared.pids) == 2


@pytest.fixture(scope="module")
def record(samples: tuple[Any, ...]) -> Recording:
    """Return what a session of two classified pictures sent, every proof tried."""
    with recorded() as (session, record):
        record.ready = session.prepare(Settings())
        record.answers = [session.classify(picture) for picture in samples[:2]]
        session.encrypt(samples[2])
        session.decrypt_with_wrong_key()
        session.let_cloud_try()
        session.unpack()
        session.classify_with_flipped_bit(FLIPPED)
    return record
