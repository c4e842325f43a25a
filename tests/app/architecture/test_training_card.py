"""Training what was drafted: its curve, its end, its faults, and networks that are adapted."""

import json
import stat
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from studio import Studio

from app.architecture.drafting import FIRST
from app.architecture.trainer import INSTALL, Trained, Trainer
from app.architecture.view import ArchitectureView
from engine.networks.architecture_text import from_notation


def fake_python(folder: Path, lines: list[str], *, waits: bool = False, code: int = 0) -> str:
    """Write a program that stands in for the interpreter: it says these lines."""
    path = folder / "python"
    end = {"model": "mnist-x", "accuracy": 91.0, "test_pictures": 5, "stopped": True}
    last = folder / "last"
    last.write_text(json.dumps(end) + "\n")
    trap = [f"trap 'cat {last}; exit 0' TERM"] if waits else []
    loop = ["while :; do sleep 0.05; done"] if waits else []
    script = ["#!/bin/sh", *trap, *(f"echo '{line}'" for line in lines), *loop]
    path.write_text("\n".join([*script, f"exit {code}", ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


STEPS = ['{"step": 5, "steps": 10}', '{"loss": 0.4, "accuracy": 97.5}', "a warning", "{}"]


def test_a_training_shows_its_curve_and_ends_with_a_model(
    idle: Studio, view: ArchitectureView, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = '{"model": "mnist-x", "accuracy": 98.9, "test_pictures": 10000, "stopped": false}'
    monkeypatch.setattr("sys.executable", fake_python(tmp_path, [*STEPS, done]))
    monkeypatch.setattr(Trainer, "is_possible", staticmethod(lambda: True))
    chosen: list[Trained] = []
    monkeypatch.setattr(idle.window.program.networks, "choose", chosen.append)
    view.training._show()
    idle.qtbot.mouseClick(view.training.start, Qt.MouseButton.LeftButton)
    with idle.qtbot.waitSignal(view.trained, timeout=10_000) as trained:
        pass
    assert trained.args[0] == Trained("mnist-x", 98.9, 10000, is_stopped=False)
    assert chosen == ["mnist-x"]
    assert len(view.training.curve.points()) == 1
    assert "98.90 % of the test pictures" in view.training._sentence.text()


def test_a_training_that_is_stopped_keeps_what_there_is(
    idle: Studio, view: ArchitectureView, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", fake_python(tmp_path, STEPS, waits=True))
    monkeypatch.setattr(Trainer, "is_possible", staticmethod(lambda: True))
    monkeypatch.setattr(idle.window.program.networks, "choose", lambda _model: None)
    trainer = idle.window.program.trainer
    trainer.start(from_notation(FIRST), "MNIST", 3)
    idle.qtbot.waitUntil(lambda: bool(trainer.epochs), timeout=10_000)
    assert view.training.stop.isVisible()
    assert "left" in view.training._sentence.text()
    idle.qtbot.mouseClick(view.training.stop, Qt.MouseButton.LeftButton)
    with idle.qtbot.waitSignal(view.trained, timeout=10_000):
        pass
    assert "stopped early" in view.training._sentence.text()


def test_a_training_that_fails_says_its_last_sentence(
    idle: Studio, view: ArchitectureView, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = fake_python(tmp_path, [], code=1)
    Path(program).write_text(
        "#!/bin/sh\necho first >&2\necho 'There are no pictures.' >&2\nexit 1\n"
    )
    monkeypatch.setattr("sys.executable", program)
    trainer = idle.window.program.trainer
    trainer.start(from_notation(FIRST), "MNIST", 3)
    idle.qtbot.waitUntil(lambda: not trainer.is_running, timeout=10_000)
    assert trainer.fault == "There are no pictures."
    monkeypatch.setattr(Trainer, "is_possible", staticmethod(lambda: True))
    view.training._show()
    assert view.training._sentence.text() == "There are no pictures."
    monkeypatch.setattr("sys.executable", str(tmp_path / "missing"))
    trainer.start(from_notation(FIRST), "MNIST", 3)
    idle.qtbot.waitUntil(lambda: not trainer.is_running, timeout=10_000)
    assert "could not be started" in trainer.fault


def test_without_the_extra_the_card_says_what_to_install(
    view: ArchitectureView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "is_possible", staticmethod(lambda: False))
    view.training._show()
    assert view.training._sentence.text() == INSTALL
    assert not view.training.start.isEnabled()


def test_closing_the_window_ends_a_training(
    idle: Studio, view: ArchitectureView, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", fake_python(tmp_path, STEPS, waits=True))
    trainer = idle.window.program.trainer
    trainer.start(from_notation(FIRST), "MNIST", 3)
    idle.qtbot.waitUntil(lambda: bool(trainer.epochs), timeout=10_000)
    trainer.close()
    assert not trainer.is_running


def test_a_network_with_relu_is_adapted_from_the_same_card(
    idle: Studio, view: ArchitectureView, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = '{"model": "mnist-lenet", "accuracy": 99.1, "test_pictures": 10000, "stopped": false}'
    program = fake_python(tmp_path, [*STEPS, done])
    Path(program).write_text(Path(program).read_text() + f'echo "$@" > {tmp_path}/asked\n')
    Path(program).write_text(Path(program).read_text().replace("exit 0\n", "", 1))
    monkeypatch.setattr("sys.executable", program)
    monkeypatch.setattr(Trainer, "is_possible", staticmethod(lambda: True))
    monkeypatch.setattr(idle.window.program.networks, "choose", lambda _model: None)
    view.editor.open_file(tmp_path / "LeNet.onnx")
    assert view.training.start.text() == "Adapt on MNIST"
    assert view.training.start.isEnabled()
    with idle.qtbot.waitSignal(view.trained, timeout=10_000):
        idle.qtbot.mouseClick(view.training.start, Qt.MouseButton.LeftButton)
    asked = (tmp_path / "asked").read_text()
    assert "adapt" in asked
    assert "--name mnist-lenet" in asked
    view.editor.rows[0].spins["channels"].setValue(5)
    assert view.training.start.text() == "Train on MNIST"
