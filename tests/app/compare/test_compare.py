from compare_steps import RUNS, shown
from PySide6.QtCore import Qt
from studio import Studio

from app.compare.columns import COLUMNS
from app.compare.view import CompareView
from app.state.records import Phase

TITLES = [column.title for column in COLUMNS]


def cell(view: CompareView, row: int, title: str) -> str:
    return str(view.table._runs.index(row, TITLES.index(title)).data())


def test_runs_stand_in_rows_newest_first(view: CompareView) -> None:
    assert shown(view) == ["2", "1", "0"]
    assert cell(view, 0, "Network") == "MNIST 2"
    assert [cell(view, row, "Scale") for row in range(3)] == ["28", "26", "24"]


def test_a_new_run_becomes_a_row(studio: Studio, view: CompareView) -> None:
    studio.draw()
    studio.classify()
    studio.window.views.show_view("compare")

    assert len(shown(view)) == 4
    assert shown(view)[0] == studio.state.past.runs[-1].id


def test_every_column_sorts_both_ways(view: CompareView) -> None:
    for place, column in enumerate(COLUMNS):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            view.table.sortByColumn(place, order)
            keys = [column.key(run) for run in view.table._runs.runs]
            assert keys == sorted(keys, reverse=order is Qt.SortOrder.DescendingOrder)  # type: ignore[type-var]


def test_the_filter_finds_runs_that_have_every_word(view: CompareView) -> None:
    for text, found in (
        ("mnist network2", ["2"]),
        ("8192", ["1", "0"]),
        ("N=8192 scale=24", ["0"]),
        ("answer=3", ["2", "1", "0"]),
        ("differ", []),
    ):
        view.filter.setText(text)
        assert shown(view) == found
        view.plots.settle()
        assert len({point.index for point in view.plots.plots[0].points()}) == len(found)


def test_an_empty_table_says_why(studio: Studio, view: CompareView) -> None:
    view.filter.setText("no such word")
    assert "No run has all" in view.table._hint.text()
    view.filter.clear()
    studio.window.program.archive.delete({run.id for run in RUNS})
    assert "No runs yet" in view.table._hint.text()


def test_a_pinned_run_stays_on_top_and_says_so(studio: Studio, view: CompareView) -> None:
    view.table.select({"0"})
    studio.window.actions_.runs.pin.trigger()
    assert shown(view) == ["0", "2", "1"]
    assert cell(view, 0, "Pin") == "\u2605 yes"
    assert studio.window.actions_.runs.pin.text() == "Unpin"
    view.table.sortByColumn(TITLES.index("Cloud"), Qt.SortOrder.DescendingOrder)
    assert shown(view)[0] == "0"
    studio.window.actions_.runs.pin.trigger()

    assert shown(view)[0] == "2"


def test_deleted_runs_come_back_selected(studio: Studio, view: CompareView) -> None:
    view.table.select({"0", "2"})
    studio.window.actions_.runs.delete.trigger()
    assert shown(view) == ["1"]
    assert view.table.selected() == []
    studio.window.actions_.runs.restore.trigger()

    assert shown(view) == ["2", "1", "0"]
    assert {run.id for run in view.table.selected()} == {"0", "2"}
    assert not studio.window.actions_.runs.restore.isEnabled()


def test_the_selection_stays_when_rows_change(studio: Studio, view: CompareView) -> None:
    view.table.select({"1"})
    view.table.sortByColumn(TITLES.index("Scale"), Qt.SortOrder.AscendingOrder)
    studio.draw()
    studio.classify()
    studio.window.views.show_view("compare")

    assert [run.id for run in view.table.selected()] == ["1"]


def test_delete_in_the_filter_deletes_a_letter_not_a_run(studio: Studio, view: CompareView) -> None:
    view.table.select({"1"})
    view.filter.setText("mnist")
    view.filter.setFocus()
    view.filter.home(False)
    studio.qtbot.keyClick(view.filter, Qt.Key.Key_Delete)

    assert view.filter.text() == "nist"
    assert len(studio.state.past.runs) == 3


def test_the_actions_are_enabled_where_they_can_do_something(
    studio: Studio, view: CompareView
) -> None:
    actions = studio.window.actions_.runs
    assert [run.id for run in view.table.selected()] == ["2"]  # the newest, at first
    view.table.select(())
    assert not actions.delete.isEnabled()
    view.table.select({"0", "1"})
    assert actions.delete.isEnabled()
    assert not actions.rerun.isEnabled()
    view.table.select({"0"})
    assert actions.rerun.isEnabled()
    studio.window.views.show_view("draw")

    assert not any(action.isEnabled() for action in actions.all())


def test_a_run_is_run_again_with_its_picture_and_settings(
    studio: Studio, view: CompareView
) -> None:
    studio.draw()
    view.table.select({"0"})
    studio.window.actions_.runs.rerun.trigger()
    studio.qtbot.waitUntil(lambda: len(studio.state.past.runs) == 4 and studio.is_ready())
    again = studio.state.past.runs[-1]

    assert (again.picture, again.settings) == (RUNS[0].picture, RUNS[0].settings)
    assert studio.window.views.currentWidget() is studio.window.draw
    studio.window.actions_.undo.trigger()
    assert studio.state.drawn.history.current.strokes


def test_during_a_run_nothing_is_run_again(studio: Studio, view: CompareView) -> None:
    view.table.select({"0"})
    studio.draw()
    studio.session.hold = "conv"
    studio.window.program.runs.classify()
    assert not studio.window.actions_.runs.rerun.isEnabled()
    studio.qtbot.waitUntil(lambda: "classify" in studio.session.calls)
    studio.session.release()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.IDLE)

    assert studio.window.actions_.runs.rerun.isEnabled()
