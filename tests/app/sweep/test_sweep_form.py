import dataclasses

import pytest
from fake_sweep import FakeSweep
from looks import clipped
from PySide6.QtCore import Qt
from studio import Studio
from sweep_steps import SMALL, choose

from app.state.poster_graphs import PRESETS
from app.sweep.choice import SweepChoice, choice_of, poster_models
from app.sweep.figures import ACCURACY, TIME
from app.sweep.form.grid import COLUMNS, ROWS
from app.sweep.running import SweepPhase, Sweeps
from app.sweep.view import SweepView


def test_what_cannot_work_is_marked_with_its_reason(idle: Studio, view: SweepView) -> None:
    choose(idle, SMALL)
    grid = view.setup.grid
    works, fails = ((ROWS.index(8192), COLUMNS.index(bits)) for bits in (24, 40))

    assert grid.share_that_works(works) == 1
    assert grid.reasons(works) == []
    assert grid.share_that_works(fails) == 0
    assert "128-bit secure only up to" in grid.describe(fails)
    assert "2 of 3 points can work" in view.setup._summary.text()
    model = view.table.model()
    assert model.index(2, 3).data() == "refused"
    assert "secure" in model.index(2, 3).data(Qt.ItemDataRole.ToolTipRole)


def test_a_cell_for_some_networks_only_is_marked_as_such(idle: Studio, view: SweepView) -> None:
    choose(idle, dataclasses.replace(SMALL, models=("mnist-network1", "mnist-network2")))
    cell = ROWS.index(8192), COLUMNS.index(24)

    assert view.setup.grid.share_that_works(cell) == 0.5
    assert "MNIST, network 2" in view.setup.grid.describe(cell)


def test_headings_and_cells_of_the_grid_change_the_choice(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, SMALL)
    grid = view.setup.grid
    column, row = COLUMNS.index(30), ROWS.index(16384)
    for cell in ((-1, column), (row, -1)):
        place = grid.place_of(cell).center().toPoint()
        idle.qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    assert sweeps.choice.scales == (20, 24, 30, 40)
    assert sweeps.choice.degrees == (8192, 16384)

    grid.toggle((row, COLUMNS.index(20)))
    assert sweeps.choice.scales == (24, 30, 40)
    grid.toggle((ROWS.index(32768), COLUMNS.index(22)))
    assert sweeps.choice.scales == (22, 24, 30, 40)
    assert sweeps.choice.degrees == (8192, 16384, 32768)


def test_the_grid_is_used_with_the_keyboard(idle: Studio, view: SweepView, sweeps: Sweeps) -> None:
    choose(idle, SMALL)
    grid = view.setup.grid
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Space):
        idle.qtbot.keyClick(grid, key)

    assert sweeps.choice.scales == (20, 24, 25, 40)
    assert "Bit scale 25" in grid.accessibleDescription()


def test_a_click_chooses_one_of_the_poster_s_graphs(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    for preset, action in zip(PRESETS, idle.window.actions_.sweep.presets, strict=True):
        action.trigger()
        shown = [kind for kind, plot in view.plots.plots.items() if not plot.isHidden()]

        assert sweeps.choice == choice_of(preset, poster_models())
        assert shown == [TIME if preset.measure == "time" else ACCURACY]


def test_protocol_and_chain_are_chosen_for_every_point(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, dataclasses.replace(SMALL, degrees=(8192, 16384)))
    view.setup.way.protocol.button(1).click()
    with idle.qtbot.waitSignal(sweeps.limits_changed):
        view.setup.way.chain.button(1).click()
    view.plots.draw()
    settings = [point.settings for point in sweeps.points]

    assert {each.protocol for each in settings} == {"refresh"}
    assert {(each.poly_modulus_degree, each.outer_bits) for each in settings} == {
        (8192, 32),
        (16384, 45),
    }
    assert view.plots.way.text() == "Refresh, poster's chain"
    too_few = ROWS.index(8192), COLUMNS.index(19)
    assert "leaves a prime of 19 bits" in view.setup.grid.describe(too_few)


def test_what_a_protocol_makes_possible_is_marked_so(idle: Studio, view: SweepView) -> None:
    choose(idle, dataclasses.replace(SMALL, models=("mnist-network2",)))
    cell = ROWS.index(8192), COLUMNS.index(26)
    assert view.setup.grid.share_that_works(cell) == 0

    with idle.qtbot.waitSignal(idle.window.program.sweeps.limits_changed):
        idle.window.actions_.sweep.next_protocol.trigger()
    assert view.setup.grid.share_that_works(cell) == 1


def test_batches_and_refreshes_exclude_each_other(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, SMALL)
    view.setup.way.protocol.button(1).click()
    view.setup._choose_mode(1)
    assert (sweeps.choice.mode, sweeps.choice.protocol) == ("batched", "one-shot")

    idle.window.actions_.sweep.next_protocol.trigger()
    assert (sweeps.choice.mode, sweeps.choice.protocol) == ("single", "refresh")
    idle.window.actions_.sweep.next_chain.trigger()
    assert sweeps.choice.chain == "poster"


def test_nothing_chosen_cannot_be_started(idle: Studio, view: SweepView, sweeps: Sweeps) -> None:
    choose(idle, SMALL)
    sweeps.choose(dataclasses.replace(SMALL, models=()))

    assert not view.bar.start.isEnabled()
    assert "at least one network" in view.setup._summary.text()


def test_missing_pictures_are_said_before_anything_starts(
    idle: Studio,
    view: SweepView,
    sweeps: Sweeps,
    runs: list[FakeSweep],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.sweep.running.is_missing", lambda name, split: True)
    sweeps.choose(dataclasses.replace(SweepChoice(), pictures=500))
    assert not view.bar.get.isHidden()
    view.bar.start.click()
    assert runs == []
    assert sweeps.phase is SweepPhase.IDLE
    assert "missing" in view.bar.message.text()
    assert clipped(view) == []
    view.bar.get.click()
    assert idle.window.views.shown_key == "data"
