"""The window and a real cloud: another program, reached over TLS."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from clouds import RunningCloud, running_cloud
from proxy import proxied
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import THREE

from app.journey.run_bar import LINE_CUT
from app.shell.launch import make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.drawing import Drawing
from app.state.records import Phase, Tone
from engine.pictures.strokes import Stroke
from engine.remote.frames import PROTOCOL

SECONDS = 60_000


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[RunningCloud]:
    with running_cloud(tmp_path / "cloud") as cloud:
        yield cloud


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, cloud: RunningCloud
) -> Iterator[MainWindow]:
    window = make_window(qapp, Paths(tmp_path / "log.txt", None))
    qtbot.addWidget(window)
    window.show()
    window.program.start()
    window.program.pictures.draw(Drawing((Stroke(THREE, 0.085),)))
    state = window.program.state
    qtbot.waitUntil(lambda: state.has_keys and state.run.phase is Phase.IDLE, timeout=SECONDS)
    yield window
    window.close()


def test_a_drawing_is_classified_by_the_cloud_and_its_messages_are_listed(
    window: MainWindow, cloud: RunningCloud, qtbot: QtBot
) -> None:
    state = window.program.state
    window.program.clouds.pair(cloud.address.text)
    wait_for_keys(window, qtbot)
    window.actions_.classify.trigger()
    qtbot.waitUntil(lambda: state.run.result is not None, timeout=SECONDS)

    assert state.run.result is not None
    assert state.run.result.prediction == state.run.result.clear_prediction == 3
    sent = [each for each in state.proved.messages.entries if each.name == "classify"]
    assert len(sent) == 1
    assert sent[0].blob_bytes == len(state.run.result.ciphertext.data)
    assert state.cloud.connection is not None
    assert state.cloud.connection.protocol == PROTOCOL


def wait_for_keys(window: MainWindow, qtbot: QtBot) -> None:
    state = window.program.state
    qtbot.waitUntil(
        lambda: bool(state.cloud.where) and state.has_keys and state.run.phase is Phase.IDLE,
        timeout=SECONDS,
    )


def test_a_line_that_is_cut_in_the_middle_of_a_run_costs_nothing_but_time(
    window: MainWindow, cloud: RunningCloud, qtbot: QtBot
) -> None:
    state = window.program.state
    shown: list[int] = []
    with proxied(cloud.address) as proxy:
        window.program.clouds.pair(proxy.address.text)
        wait_for_keys(window, qtbot)
        state.run.result_changed.connect(lambda: shown.append(1))
        proxy.watch = proxy.cut  # with the next bytes
        window.actions_.classify.trigger()
        qtbot.waitUntil(lambda: state.cloud.is_away, timeout=SECONDS)
        assert window.draw.run_bar.message.text() == LINE_CUT
        proxy.watch = lambda: None
        proxy.mend()
        qtbot.waitUntil(lambda: state.run.phase is Phase.IDLE, timeout=SECONDS)
        assert len(shown) == len(state.past.runs) == 1
        assert state.run.result is not None
        assert state.run.result.prediction == 3
        window.program.clouds.use(None)
        qtbot.waitUntil(lambda: not state.cloud.where, timeout=SECONDS)


def test_live_drawings_are_answered_by_the_cloud(
    window: MainWindow, cloud: RunningCloud, qtbot: QtBot
) -> None:
    state = window.program.state
    window.program.clouds.pair(cloud.address.text)
    wait_for_keys(window, qtbot)
    window.actions_.live.setChecked(True)
    qtbot.waitUntil(lambda: state.live.figures.answers > 0, timeout=SECONDS)
    assert state.run.where == cloud.address.where
    window.actions_.live.setChecked(False)


def test_a_wrong_token_is_said_and_this_computer_stays_the_cloud(
    window: MainWindow, cloud: RunningCloud, qtbot: QtBot
) -> None:
    state = window.program.state
    keys = state.run.keys
    wrong = dataclasses.replace(cloud.address, token=bytes(16))
    window.program.clouds.pair(wrong.text)
    qtbot.waitUntil(lambda: state.cloud.message.tone is Tone.ERROR, timeout=SECONDS)

    assert "ask for the new pairing address" in state.cloud.message.text
    assert state.cloud.where == ""
    assert state.run.keys is keys
