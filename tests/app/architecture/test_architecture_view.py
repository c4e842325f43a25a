"""The view of architectures: every change is planned at once, and what cannot run says why."""

import dataclasses
import json
import stat
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from studio import Studio

from app.actions.views import ARCHITECTURE
from app.architecture.drafting import FIRST, Drafting
from app.architecture.layer_row import LayerRow
from app.architecture.trainer import INSTALL, Trained, Trainer
from app.architecture.view import ArchitectureView
from app.kit.palette import PALETTES
from engine.networks.architecture import Architecture, ConvSpec, DenseSpec
from engine.networks.architecture_text import as_notation, from_notation, from_toml
from engine.studies.architectures import StudyRow
from tests.engine.studies.test_architecture_study import ROWS


@pytest.fixture
def view(idle: Studio, monkeypatch: pytest.MonkeyPatch) -> ArchitectureView:
    monkeypatch.setattr("engine.studies.architectures.read_study", lambda _folder: ROWS)
    idle.window.show()
    idle.window.views.show_view(ARCHITECTURE.key)
    found = idle.window.views.view(ARCHITECTURE.key)
    assert isinstance(found, ArchitectureView)
    settle(idle)
    return found


@pytest.fixture
def drafting(idle: Studio, view: ArchitectureView) -> Drafting:
    return idle.window.program.drafting


def settle(studio: Studio) -> None:
    studio.qtbot.waitUntil(lambda: not studio.window.program.drafting.is_planning, timeout=20_000)


def test_it_begins_with_network_1_and_what_it_costs(
    view: ArchitectureView, drafting: Drafting
) -> None:
    assert as_notation(drafting.architecture) == FIRST
    assert [row.gives().text() for row in view.editor.rows] == [
        "4\u00d78\u00d78",
        "64\u00d71\u00d71",
        "10\u00d71\u00d71",
    ]
    assert view.costs.values[2].text() == "17,298"
    assert "N = 8192" in view.costs.values[4].text()
    model = view.costs.table.model()
    assert model.rowCount() == 5
    assert model.index(0, 0).data() == "Convolution"


def test_a_field_changes_the_layer_and_the_plan_follows(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    view.editor.rows[0].spins["channels"].setValue(8)
    assert drafting.architecture.layers[0] == ConvSpec(8, 7, 3)
    settle(idle)
    assert drafting.is_current
    assert view.editor.rows[0].gives().text() == "8\u00d78\u00d78"
    view.editor.rows[1].activation.setCurrentIndex(2)
    assert drafting.architecture.layers[1] == DenseSpec(64, 3)
    settle(idle)
    assert drafting.design is not None
    assert drafting.design.architecture.squares == 3


def test_layers_are_added_where_they_belong_and_taken_out(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    drafting.add(ConvSpec(6, 3))
    drafting.add(DenseSpec(32))
    assert as_notation(drafting.architecture) == "1x28x28 c4k7s3 c6k3 d64 d32 d10"
    assert len(view.editor.rows) == 5
    idle.qtbot.mouseClick(view.editor.rows[1].drop_button(), Qt.MouseButton.LeftButton)
    assert as_notation(drafting.architecture) == "1x28x28 c4k7s3 d64 d32 d10"
    drafting.remove(3)
    assert as_notation(drafting.architecture).endswith("d10")
    assert not view.editor.rows[-1].drop_button().isVisible()


def test_what_cannot_run_says_why_and_the_nearest_is_one_click_away(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    view.editor.rows[0].spins["kernel"].setValue(40)
    settle(idle)
    assert "a kernel of 1 to 28 fits" in view.costs.reason.text()
    assert view.editor.rows[0].gives().text() == "\u2013"
    idle.qtbot.mouseClick(view.costs.use, Qt.MouseButton.LeftButton)
    settle(idle)
    assert drafting.architecture.layers[0] == ConvSpec(4, 28, 3)
    assert drafting.refusal == ""
    assert not view.costs.reason.isVisible()


def test_another_data_set_changes_pictures_and_scores(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    view.editor.data_set.setCurrentIndex(view.editor.data_set.findData("PneumoniaMNIST"))
    assert drafting.architecture.layers[-1] == DenseSpec(2)
    view.editor.data_set.setCurrentIndex(view.editor.data_set.findData("CIFAR10"))
    assert drafting.architecture.input_shape == (3, 32, 32)
    settle(idle)
    assert drafting.is_current


def test_it_starts_from_any_model(idle: Studio, view: ArchitectureView, drafting: Drafting) -> None:
    place = view.editor.start.findData("cifar10-photo")
    view.editor.start.activated.emit(place)
    settle(idle)
    assert drafting.data_set == "CIFAR10"
    assert as_notation(drafting.architecture) == "3x32x32 c32k5s2 c64k4s2 d128 d10"


def test_an_architecture_is_copied_pasted_saved_and_opened(
    idle: Studio, view: ArchitectureView, drafting: Drafting, tmp_path: Path
) -> None:
    view.editor._copy()
    assert QGuiApplication.clipboard().text() == FIRST
    QGuiApplication.clipboard().setText("1x28x28 c2k5s4 d10\n")
    view.editor._paste()
    assert as_notation(drafting.architecture) == "1x28x28 c2k5s4 d10"
    path = tmp_path / "mine.toml"
    view.editor.save(path)
    assert from_toml(path.read_text()) == drafting.architecture
    drafting.use(from_notation(FIRST))
    view.editor.open_file(path)
    assert as_notation(drafting.architecture) == "1x28x28 c2k5s4 d10"
    with idle.qtbot.waitSignal(view.told) as told:
        QGuiApplication.clipboard().setText("hello")
        view.editor._paste()
    assert "TOML" in told.args[0].text
    with idle.qtbot.waitSignal(view.told):
        view.editor.open_file(tmp_path / "none.toml")
    assert as_notation(drafting.architecture) == "1x28x28 c2k5s4 d10"


def test_a_point_of_the_study_loads_its_architecture(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    place = next(index for index, row in enumerate(ROWS) if row.notation.endswith("c8k5s3 d64 d10"))
    view.study.plot.clicked.emit(place)
    assert as_notation(drafting.architecture) == "1x28x28 c8k5s3 d64 d10"
    for cost in range(view.study.cost.count()):
        view.study.cost.setCurrentIndex(cost)
        assert len(view.study.plot.points()) >= len(ROWS)
    drafting.choose_data_set("KMNIST")
    assert [point for point in view.study.plot.points() if point.index >= 0] == []


def test_planning_never_blocks_and_only_the_last_change_counts(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    for channels in range(5, 12):
        view.editor.rows[0].spins["channels"].setValue(channels)
    assert drafting.is_planning
    settle(idle)
    assert drafting.design is not None
    assert drafting.design.architecture.layers[0] == ConvSpec(11, 7, 3)


# --- training


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


def test_rows_of_other_data_sets_are_not_shown(view: ArchitectureView, drafting: Drafting) -> None:
    other: StudyRow = dataclasses.replace(ROWS[0], data_set="CIFAR10", model="x")
    view.study._rows = (*ROWS, other)
    view.study.draw()
    assert max(point.index for point in view.study.plot.points()) == len(ROWS) - 1
    assert isinstance(drafting.architecture, Architecture)


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


def test_rows_that_are_gone_leave_nothing_behind(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    for _ in range(3):
        drafting.add(DenseSpec(16))
        drafting.remove(1)
    idle.qtbot.wait(1)
    rows = view.editor.findChildren(LayerRow)
    assert len(rows) == len(drafting.architecture.layers)
    idle.window.theme.use(PALETTES["dark"])
    idle.window.theme.use(PALETTES["light"])
    idle.window.resize(1280, 720)
    idle.window.fit()
    settle(idle)
