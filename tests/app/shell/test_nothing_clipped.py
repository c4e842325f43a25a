"""No text is cut off, in any view, at the smallest size and the usual one, with long texts."""

import dataclasses

import pytest
from cloud_steps import pair
from looks import clipped, clipped_cells
from made_runs import made_run
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView, QToolButton, QWidget
from studio import Studio

from app.actions.views import VIEWS
from app.cloud.panel import CloudPanel
from app.compare.view import CompareView
from app.kit.basics import label
from app.kit.overlay import Overlay
from app.present.speaker import SpeakerView
from app.present.story import Step
from app.prove.texts import PROOFS
from app.shell.shows import SPEAKER_ZOOM
from app.state.stored_run import KeySizes
from engine.ckks.parameters import Settings
from engine.data_sets.registry import CLASSES
from engine.playground.lessons import LESSONS
from engine.remote.address import Address

SIZES = {"smallest": (1120, 630), "720p": (1280, 720)}
LARGEST = (3840, 2160)
LONGEST = Settings("fashionmnist-network2", 16384, 27)
CLOTHES = CLASSES["FashionMNIST"]
RUNS = [
    made_run(
        f"long {place}",
        at=1_700_000_000.0 + place,
        settings=dataclasses.replace(LONGEST, scale_bits=27 + place),
        classes=CLOTHES,
        encrypted=tuple(-12.345 if name != "T-shirt/top" else 12.345 for name in CLOTHES),
        clear=tuple(-12.344 if name != "T-shirt/top" else 12.344 for name in CLOTHES),
        coeff_modulus_bits=(58, 58, 58, 51, 60),
        keys=KeySizes(12.34, 2_400_000, 56_000_000, 22),
        ciphertext_bytes=1_040_000,
        server_seconds=12.34,
        total_seconds=12.56,
        relative_error=0.000013,
        pinned=True,
    )
    for place in range(4)
]


def shown(studio: Studio, size: str) -> Studio:
    studio.resize(*SIZES[size])
    studio.window.program.archive._put(RUNS)
    studio.draw()
    studio.classify()
    studio.window.program.choices.change(LONGEST)
    studio.qtbot.waitUntil(studio.is_ready)
    return studio


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [view.key for view in VIEWS])
def test_every_text_fits_its_box(studio: Studio, size: str, view: str) -> None:
    shown(studio, size).window.views.show_view(view)
    studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)


@pytest.mark.parametrize("size", SIZES)
def test_four_runs_side_by_side_are_read_in_full(studio: Studio, size: str) -> None:
    shown(studio, size).window.views.show_view("compare")
    view = studio.window.views.view("compare")
    assert isinstance(view, CompareView)
    view.table.select({run.id for run in RUNS})
    assert view.panel.lines.columnCount() == 5
    studio.qtbot.waitUntil(lambda: clipped(view.panel) == [], timeout=10_000)


@pytest.mark.parametrize("size", SIZES)
def test_every_proof_fits_its_page(studio: Studio, size: str) -> None:
    shown(studio, size)
    actions = studio.window.actions_
    for action in (*actions.proving, *[actions.next_proof] * len(PROOFS)):
        action.trigger()
        studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_over_the_window_fits_it_and_hides_the_one_before(
    studio: Studio, size: str
) -> None:
    window = shown(studio, size).window
    actions, tour = window.actions_, window.program.tour
    pages: list[Overlay] = []
    for action in (actions.show_help, actions.show_lessons, actions.prepare_talk, actions.check):
        action.trigger()
        studio.qtbot.waitUntil(lambda: clipped(window) == [], timeout=10_000)
        pages = window.findChildren(Overlay)
        assert [page for page in pages if page.isVisible()] == [
            page for page in pages if page.accessibleName() == action.text()
        ]
        assert all(page.styleSheet() for page in pages)
    assert len(pages) == 4
    actions.tour.trigger()
    assert not any(page.isVisible() for page in pages)
    while tour.stop is not None:
        studio.qtbot.waitUntil(lambda: clipped(window) == [], timeout=10_000)
        tour.forward()


@pytest.mark.parametrize("size", SIZES)
def test_the_panel_of_the_cloud_fits_both_of_its_pages(studio: Studio, size: str) -> None:
    window = shown(studio, size).window
    window.actions_.cloud.trigger()
    panel = window.findChild(CloudPanel)
    assert isinstance(panel, CloudPanel)
    studio.qtbot.waitUntil(lambda: clipped(window) == [], timeout=10_000)
    panel.place.button(1).click()
    panel.address.setText("ciphersketch://nonsense")
    panel.connect_button.click()
    assert panel.message.text()
    studio.qtbot.waitUntil(lambda: clipped(window) == [], timeout=10_000)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_said_beside_a_cloud_elsewhere_fits(studio: Studio, size: str) -> None:
    shown(studio, size)
    pair(studio, Address("a-machine-with-a-long-name.example.org", 65_535, bytes(16), bytes(16)))
    studio.classify()
    for view in VIEWS:
        studio.window.views.show_view(view.key)
        studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)
    told = studio.window.program.presentation
    told.turn(on=True)
    story = studio.window.shows.presentation
    assert story is not None
    for step in Step:
        told.go_to(step)
        story.resize(*SIZES[size])
        studio.qtbot.waitUntil(lambda: clipped(story) == [], timeout=10_000)


@pytest.mark.parametrize("size", SIZES)
def test_the_speakers_view_fits_at_every_step(studio: Studio, size: str) -> None:
    window = shown(studio, size).window
    program, told = window.program, window.program.presentation
    told.turn(on=True)
    story = window.shows.presentation
    assert story is not None
    speaker = SpeakerView(told, program.notes, story, program.stand_in, program.state, window)
    speaker.theme.scale_to(SPEAKER_ZOOM * window.theme.scale)
    speaker.setParent(window, Qt.WindowType.Widget)  # no second screen is needed to measure it
    speaker.resize(*SIZES[size])
    speaker.show()
    for step in Step:
        told.go_to(step)
        studio.qtbot.waitUntil(lambda: clipped(speaker) == [], timeout=10_000)
    speaker.hide()
    told.turn(on=False)


@pytest.mark.parametrize("view", ["compare", "sweep", "architecture"])
def test_rows_are_as_high_after_a_larger_screen_as_before(studio: Studio, view: str) -> None:
    shown(studio, "720p").window.views.show_view(view)
    tables = [each for each in studio.window.findChildren(QTableView) if each.isVisible()]

    def sizes() -> list[tuple[int, int]]:
        clipped(studio.window)  # lays everything out
        return [
            (each.verticalHeader().defaultSectionSize(), each.horizontalHeader().sectionSize(0))
            for each in tables
        ]

    before = sizes()
    for size in (LARGEST, SIZES["720p"]):
        studio.resize(*size)
        assert (sizes() == before) is (size != LARGEST)


@pytest.mark.parametrize("size", SIZES)
def test_the_tools_of_compare_fit_beside_four_runs(studio: Studio, size: str) -> None:
    view = shown(studio, size).window.views.view("compare")
    assert isinstance(view, CompareView)
    studio.window.views.show_view("compare")
    view.table.select({run.id for run in RUNS})
    studio.qtbot.waitUntil(lambda: clipped(view) == [], timeout=10_000)
    assert view.filter.width() > view.filter.height() * 3
    assert all(
        button.width() >= button.sizeHint().width()
        for button in view.findChildren(QToolButton)
        if button.isVisible() and button.property("kind") == "tool"
    )


@pytest.mark.parametrize("size", SIZES)
def test_the_longest_lesson_fits_the_playground(studio: Studio, size: str) -> None:
    window = shown(studio, size).window
    window.views.show_view("playground")
    bench = window.program.workbench
    for lesson in LESSONS:
        bench.start_lesson(lesson)
        for _ in lesson.steps:
            bench.take_next_step()
            assert clipped(window) == []
        studio.qtbot.waitUntil(lambda: not bench.is_working)


@pytest.mark.parametrize("size", SIZES)
def test_the_way_out_of_a_refused_setting_fits_its_card(studio: Studio, size: str) -> None:
    shown(studio, size)
    studio.window.program.choices.change(dataclasses.replace(LONGEST, poly_modulus_degree=4096))
    studio.qtbot.waitUntil(lambda: studio.state.chosen.is_refused)
    studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)


def test_a_text_that_does_not_fit_is_found(studio: Studio) -> None:
    room = QWidget(studio.window.draw)
    room.resize(400, 200)
    narrow, low = label("much too long for its box"), label("of three lines " * 3, wrap=True)
    for each, size in ((narrow, (40, 20)), (low, (100, 12))):
        each.setParent(room)
        each.setFixedSize(*size)
    room.show()
    assert {entry[0] for entry in clipped(room)} == {narrow.text(), low.text()}  # type: ignore[index]
    narrow.setFixedSize(narrow.sizeHint())
    low.setFixedSize(100, low.heightForWidth(100))
    assert clipped(room) == []


def test_a_cell_that_does_not_fit_is_found(studio: Studio) -> None:
    shown(studio, "720p").window.views.show_view("compare")
    table = studio.window.views.view("compare").findChild(QTableView)
    assert isinstance(table, QTableView)
    studio.qtbot.waitUntil(lambda: clipped_cells(table) == [])
    table.setColumnWidth(2, 30)
    assert clipped_cells(table)
    assert not [each for each in clipped(studio.window.draw) if isinstance(each, QLabel)]
