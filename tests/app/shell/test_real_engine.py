"""The window over the real session: real processes, real keys, real kills."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import THREE, child_processes

from app.prove.message_meanings import MEANINGS
from app.prove.texts import COUNTED
from app.prove.view import ProveView
from app.shell.launch import make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.drawing import Drawing
from app.state.records import Phase, Tone
from engine.pictures.strokes import Stroke
from engine.remote.address import Address
from engine.session.events import Event, StageStarted
from engine.session.relay import Session

CLIENT, CLOUD = 0, 1
SECONDS = 60_000


class Sniper:
    """A session factory whose session loses one of its processes when a stage begins."""

    def __init__(self) -> None:
        self.stage = ""
        self.victim = CLIENT
        self.session: Session | None = None

    def __call__(self, on_event: Callable[[Event], None], cloud: Address | None = None) -> Session:
        def watch(event: Event) -> None:
            if isinstance(event, StageStarted) and event.key == self.stage:
                self.stage = ""
                assert self.session is not None
                os.kill(self.session.pids[self.victim], signal.SIGKILL)
            on_event(event)

        self.session = Session(watch, cloud)
        return self.session


@pytest.fixture
def sniper() -> Sniper:
    return Sniper()


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, sniper: Sniper
) -> Iterator[MainWindow]:
    window = make_window(qapp, Paths(tmp_path / "log.txt", None), sniper)
    qtbot.addWidget(window)
    window.show()
    window.program.pictures.draw(Drawing((Stroke(THREE, 0.085),)))
    yield window
    window.close()
    assert child_processes() == []


def wait_until_ready(window: MainWindow, qtbot: QtBot) -> None:
    state = window.program.state
    qtbot.waitUntil(lambda: state.has_keys and state.run.phase is Phase.IDLE, timeout=SECONDS)


def classify(window: MainWindow, qtbot: QtBot) -> None:
    state = window.program.state
    window.actions_.classify.trigger()
    qtbot.waitUntil(lambda: state.run.result is not None, timeout=SECONDS)
    assert state.run.result is not None
    assert state.run.result.prediction == state.run.result.clear_prediction == 3


def test_a_drawing_is_classified_encrypted_as_in_the_clear(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.program.start()
    wait_until_ready(window, qtbot)
    classify(window, qtbot)
    assert window.draw.answer_card.digit.text() == "3"

    window.actions_.encrypt_again.trigger()
    window.actions_.wrong_key.trigger()
    state = window.program.state
    qtbot.waitUntil(lambda: bool(state.proved.evidence.wrong_scores), timeout=SECONDS)
    assert state.proved.evidence.again is not None
    assert state.proved.evidence.again.differing > 0.99


def test_everything_that_can_be_proved_is_proved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.program.start()
    wait_until_ready(window, qtbot)
    classify(window, qtbot)
    state, actions = window.program.state, window.actions_
    actions.cloud_try.trigger()
    view = window.views.currentWidget()
    assert isinstance(view, ProveView)
    qtbot.waitUntil(lambda: state.proved.evidence.attempt is not None, timeout=SECONDS)
    view.show_proof(COUNTED)
    qtbot.waitUntil(lambda: state.proved.evidence.coefficients is not None, timeout=SECONDS)
    for action, count in ((actions.flip_bit, 1), (actions.flip_random_bit, 2)):
        action.trigger()
        qtbot.waitUntil(
            lambda count=count: len(state.proved.evidence.flips) == count, timeout=SECONDS
        )
    assert state.proved.evidence.flips[0].consequence == "refused"  # the format's first byte
    assert {each.name for each in state.proved.messages.entries} <= set(MEANINGS)
    view.log_page.export(tmp_path / "log.csv")
    qtbot.waitUntil((tmp_path / "log.csv").exists, timeout=SECONDS)
    assert state.run.message.tone is Tone.PLAIN


@pytest.mark.parametrize(
    ("stage", "victim"),
    [("encrypt", CLIENT), ("send", CLOUD), ("dense-1", CLOUD), ("decrypt", CLIENT)],
)
def test_after_a_process_is_killed_the_window_says_so_and_recovers(
    window: MainWindow, qtbot: QtBot, sniper: Sniper, stage: str, victim: int
) -> None:
    state = window.program.state
    window.program.start()
    wait_until_ready(window, qtbot)
    sniper.stage, sniper.victim = stage, victim
    window.actions_.classify.trigger()
    qtbot.waitUntil(lambda: state.run.message.tone is Tone.ERROR, timeout=SECONDS)
    assert "process" in window.draw.run_bar.message.text()

    wait_until_ready(window, qtbot)
    classify(window, qtbot)


@pytest.mark.parametrize("victim", [CLIENT, CLOUD], ids=["client", "cloud"])
def test_after_a_process_is_killed_while_keys_are_made_a_run_works(
    window: MainWindow, qtbot: QtBot, sniper: Sniper, victim: int
) -> None:
    state = window.program.state
    sniper.stage, sniper.victim = "keys", victim
    window.program.start()
    qtbot.waitUntil(
        lambda: (
            state.run.phase is Phase.IDLE
            and (state.has_keys or state.run.message.tone is Tone.ERROR)
        ),
        timeout=SECONDS,
    )

    classify(window, qtbot)


def test_after_a_real_cancel_the_next_run_works(window: MainWindow, qtbot: QtBot) -> None:
    state = window.program.state
    window.program.start()
    wait_until_ready(window, qtbot)
    window.actions_.classify.trigger()
    window.actions_.cancel.trigger()
    qtbot.waitUntil(lambda: state.run.phase in (Phase.IDLE, Phase.MAKING_KEYS), timeout=SECONDS)

    wait_until_ready(window, qtbot)
    classify(window, qtbot)


def test_closing_while_keys_are_made_leaves_nothing(window: MainWindow, qtbot: QtBot) -> None:
    window.program.start()
    qtbot.waitUntil(lambda: window.program.state.run.phase is Phase.MAKING_KEYS, timeout=SECONDS)
    window.close()

    assert child_processes() == []
