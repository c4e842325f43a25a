"""The box in which the newest frame waits."""

import dataclasses

import numpy as np
import pytest
from fake_session import FakeSession
from PySide6.QtCore import QObject

from app.live.frame_box import Frame, FrameBox
from engine.ckks.parameters import Settings
from engine.session.events import Classification


@pytest.fixture
def box(qapp: QObject) -> FrameBox:
    box = FrameBox(qapp)
    box.is_open = True
    return box


def frame(level: int) -> Frame:
    return Frame(np.full((28, 28), level, np.uint8), 0.0)


@pytest.fixture(scope="module")
def answer() -> Classification:
    session = FakeSession(lambda event: None)
    session.prepare(Settings())
    return session.classify(frame(0).picture)


def test_only_the_newest_frame_can_be_taken(box: FrameBox) -> None:
    first, second = frame(1), frame(2)
    assert not box.put(first)
    assert box.put(second)
    assert box.take() is second.picture
    assert box.take() is None


def test_nothing_can_be_taken_from_a_closed_box(box: FrameBox) -> None:
    box.put(frame(1))
    box.is_open = False
    assert box.take() is None
    assert not box.is_empty


def test_answers_belong_to_the_frames_in_the_order_they_were_taken(
    box: FrameBox, answer: Classification
) -> None:
    shown: list[tuple[Frame, Classification]] = []
    box.answered.connect(lambda one, result: shown.append((one, result)))
    frames = [frame(1), frame(2)]
    for each in frames:
        box.put(each)
        box.take()
    later = dataclasses.replace(answer, prediction=7)
    box.give(answer)
    box.give(later)
    assert [one for one, _ in shown] == frames
    assert [result for _, result in shown] == [answer, later]


def test_of_frames_that_get_no_answer_the_newest_is_told(box: FrameBox) -> None:
    assert box.forget_taken() is None
    second = frame(2)
    for each in (frame(1), second):
        box.put(each)
        box.take()
    assert box.newest is second
    assert box.forget_taken() is second
    assert box.newest is None
