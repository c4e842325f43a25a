"""A talk with a projector that is plugged in, pulled out and plugged in again; the real engine."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from monitors import Server
from test_real_window import draw, mouse

from app.present.story import Step

LAPTOP, PROJECTOR = (0, 0, 1280, 720), (1280, 0, 1280, 720)
Facts = dict[str, Any]


class Talk:
    """What was told last by a window, and what a speaker does with keys and mouse."""

    def __init__(self, display: str, window: subprocess.Popen[str]) -> None:
        self._display, self._window = display, window
        self.facts: Facts = {}

    def until(self, holds: Callable[[Facts], bool]) -> Facts:
        while not (self.facts and holds(self.facts)):
            assert self._window.stdout is not None
            line = self._window.stdout.readline()
            assert line, f"the window is gone after {self.facts}"
            self.facts = json.loads(line)
        return self.facts

    def do(self, *steps: object) -> None:
        mouse(self._display, *steps)

    def draw(self, canvas: list[int]) -> None:
        draw(self._display, canvas)

    def signal_engine(self, number: signal.Signals) -> None:
        """Send a signal to the key owner and to the cloud, the window's child processes."""
        for task in Path(f"/proc/{self._window.pid}/task").glob("*/children"):
            for child in task.read_text().split():
                os.kill(int(child), number)

    def leave(self) -> None:
        self.do("key", "Escape")
        self.until(lambda facts: not facts["on"])
        assert self._window.wait() == 0

    def press(self, key: str, step: Step) -> Facts:
        self.do("key", key)
        return self.until(lambda facts: facts["step"] == step and facts["told"])


@pytest.fixture
def monitors(wide_display: str) -> Iterator[Server]:
    with Server(wide_display) as server:
        server.plug("laptop", LAPTOP, is_first=True)
        yield server


@pytest.fixture
def talk(
    wide_display: str, monitors: Server, surroundings_of: Callable[[str], dict[str, str]],
    tmp_path: Path,
) -> Iterator[Talk]:  # fmt: skip
    command = [sys.executable, str(Path(__file__).with_name("monitored_window.py")), str(tmp_path)]
    with subprocess.Popen(
        command, env=surroundings_of(wide_display), stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as window:
        try:
            yield Talk(wide_display, window)
        finally:
            window.kill()


def is_shared(facts: Facts) -> bool:
    """Tell whether the audience has the story and the speaker the notes, who has the keys too."""
    return facts["story"] == list(PROJECTOR) and bool(facts["speaker"]) and facts["keys"][1]


def is_alone(facts: Facts) -> bool:
    return facts["story"] == list(LAPTOP) and facts["speaker"] is None and facts["keys"][0]


def test_a_talk_outlives_the_projector(talk: Talk, monitors: Server) -> None:
    talk.until(lambda facts: facts["ready"])
    monitors.plug("projector", PROJECTOR)
    talk.do("key", "shift+F5")
    begun = talk.until(lambda facts: is_shared(facts) and facts["canvas"] is not None)
    assert begun["speaker"][0] < PROJECTOR[0]
    talk.draw(begun["canvas"])
    talk.press("Next", Step.ENCRYPT)
    talk.press("Next", Step.SEND)
    talk.do("mousemove", begun["canvas"][0], begun["canvas"][1])
    talk.until(lambda facts: facts["dot"])

    monitors.unplug("projector")
    alone = talk.until(is_alone)
    assert alone["step"] == Step.SEND
    assert not alone["dot"]
    talk.press("Next", Step.COMPUTE)

    monitors.plug("projector", PROJECTOR)
    assert talk.until(is_shared)["step"] == Step.COMPUTE
    talk.press("Next", Step.RETURN)
    assert talk.press("Next", Step.DECRYPT)["answer"] == "7"
    talk.do("key", "b")
    talk.until(lambda facts: facts["black"])
    talk.do("key", "period")
    talk.until(lambda facts: not facts["black"])
    talk.press("Prior", Step.RETURN)
    assert not talk.facts["recorded"]
    talk.leave()


def test_a_projector_may_come_and_go_before_and_after_a_talk(talk: Talk, monitors: Server) -> None:
    talk.until(lambda facts: facts["ready"])
    monitors.plug("projector", PROJECTOR)
    monitors.unplug("projector")
    talk.do("key", "F11")
    talk.until(is_alone)
    monitors.plug("projector", PROJECTOR)
    talk.until(is_shared)
    monitors.unplug("projector")
    monitors.plug("projector", PROJECTOR)
    talk.until(is_shared)
    monitors.unplug("projector")
    talk.until(is_alone)
    talk.leave()


def test_an_engine_that_is_lost_on_stage_is_stood_in_for_until_a_key(
    talk: Talk, monitors: Server
) -> None:
    talk.until(lambda facts: facts["ready"])
    monitors.plug("projector", PROJECTOR)
    talk.do("key", "F11")
    talk.draw(talk.until(lambda facts: is_shared(facts) and facts["canvas"])["canvas"])
    talk.signal_engine(signal.SIGSTOP)
    talk.do("key", "Next")
    talk.until(lambda facts: facts["step"] == Step.ENCRYPT and facts["running"])
    talk.signal_engine(signal.SIGKILL)
    talk.until(lambda facts: facts["recorded"] and facts["answer"] == "3" and facts["told"])
    assert talk.facts["step"] == Step.ENCRYPT
    talk.press("Next", Step.SEND)

    talk.do("key", "r")
    talk.until(lambda facts: not facts["recorded"])
    assert talk.press("6", Step.DECRYPT)["answer"] == "7"
    talk.leave()
