"""What tests of sessions do over and over."""

import threading
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.ckks.parameters import Settings
from engine.session.events import Classification
from engine.session.relay import Session

Picture = npt.NDArray[np.uint8]

SECONDS_BEFORE_GIVING_UP = 20.0

SMALLER = Settings(scale_bits=24)  # other keys, as quick to make


def classify(session: Session, picture: Picture) -> Classification:
    """Classify and check the answer; relative errors are judged in their own test."""
    answer = session.classify(picture)
    assert answer.prediction == answer.clear_prediction
    return answer


def elsewhere(act: Callable[[], object]) -> None:
    """Do something in another thread, and wait for it to be done."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(SECONDS_BEFORE_GIVING_UP)
    assert not thread.is_alive()
