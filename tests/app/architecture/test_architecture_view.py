"""The view of architectures: every change is planned at once, and what cannot run says why."""

import dataclasses
from pathlib import Path

from architecture_steps import settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from studio import Studio

from app.architecture.drafting import FIRST, Drafting
from app.architecture.layer_row import LayerRow
from app.architecture.view import ArchitectureView
from app.kit.palette import PALETTES
from engine.networks.architecture import Architecture, ConvSpec, DenseSpec
from engine.networks.architecture_text import as_notation, from_notation, from_toml
from engine.studies.architectures import StudyRow
from tests.engine.studies.test_architecture_study import ROWS


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
    assert as_notation(drafting.architecture) == "3x32x32 c32k5s2 c64k4s2 d256 d10"


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


def test_rows_of_other_data_sets_are_not_shown(view: ArchitectureView, drafting: Drafting) -> None:
    other: StudyRow = dataclasses.replace(ROWS[0], data_set="CIFAR10", model="x")
    view.study._rows = (*ROWS, other)
    view.study.draw()
    assert max(point.index for point in view.study.plot.points()) == len(ROWS) - 1
    assert isinstance(drafting.architecture, Architecture)


def test_rows_that_are_gone_leave_nothing_behind(
    idle: Studio, view: ArchitectureView, drafting: Drafting
) -> None:
    for _ in range(3):
        drafting.add(DenseSpec(16))
        drafting.remove(1)
    idle.qtbot.wait(1)
    rows = view.editor.findChildren(LayerRow)
    assert len(rows) == len(drafting.architecture.layers)
    idle.use(PALETTES["dark"])
    idle.use(PALETTES["light"])
    idle.resize(1280, 720)
    settle(idle)
