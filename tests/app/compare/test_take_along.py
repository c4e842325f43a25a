"""A run to take along: a page that needs nothing else, and an animated picture."""

import dataclasses
import io
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from fake_session import FakeSession
from made_runs import secret_run
from PIL import Image
from studio import Studio

from app.compare.animation import as_animation
from app.compare.page import as_page
from app.state.stored_run import StoredRun, stored_run
from engine.ckks.parameters import Settings
from engine.planning.forecast import circuit_for
from engine.planning.journey import StageInfo, journey

PICTURE = b"\x89PNG of a test"
pytestmark = pytest.mark.usefixtures("qapp")  # pictures with texts need an application


@pytest.fixture(scope="module")
def run() -> StoredRun:
    session = FakeSession(lambda event: None)
    keys = session.prepare(Settings())
    picture = np.zeros((28, 28), np.uint8)
    return stored_run(session.classify(picture), picture, keys, 1_700_000_000.0)


@pytest.fixture(scope="module")
def stages() -> tuple[StageInfo, ...]:
    return journey(circuit_for(Settings()))


class Reader(HTMLParser):
    """Collects a page's text, its tags that are open, and what it refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.refers_to: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.refers_to += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_a_page_tells_the_answer_the_journey_and_how_to_repeat_it(
    run: StoredRun, stages: tuple[StageInfo, ...]
) -> None:
    text = read(as_page(run, stages, PICTURE)).text
    for wanted in (
        "3",
        "Convolution",
        "Dense 10",
        "55 + 55 + 53 + 51 bits",
        "185 kB",
        "12 Galois keys",
        "python -m engine classify picture.png --model mnist-network1",
        "tenseal",
    ):
        assert wanted in text


def test_a_page_needs_nothing_from_elsewhere(run: StoredRun, stages: tuple[StageInfo, ...]) -> None:
    page = as_page(run, stages, PICTURE)
    reader = read(page)
    assert reader.refers_to
    assert all(each.startswith("data:image/png;base64,") for each in reader.refers_to)
    assert "script" not in page
    assert "url(" not in page


def test_names_of_classes_are_only_text_on_a_page(
    run: StoredRun, stages: tuple[StageInfo, ...]
) -> None:
    hostile = "<script>alert(1)</script>"
    classes = (*run.classes[:3], hostile, *run.classes[4:])
    page = as_page(dataclasses.replace(run, classes=classes), stages, PICTURE)
    assert hostile not in page
    assert hostile in read(page).text


def test_an_answer_that_encryption_changed_is_not_called_the_same(
    run: StoredRun, stages: tuple[StageInfo, ...]
) -> None:
    wrong = dataclasses.replace(run, clear=tuple(reversed(run.clear)))
    assert "encryption changed this answer" in read(as_page(wrong, stages, PICTURE)).text


@pytest.mark.parametrize("ending", [".png", ".gif"])
def test_an_animated_picture_shows_every_step(
    run: StoredRun, stages: tuple[StageInfo, ...], ending: str
) -> None:
    with Image.open(io.BytesIO(as_animation(run, stages, ending))) as picture:
        assert picture.size == (960, 540)
        assert getattr(picture, "n_frames", 1) > len(run.stages)


def test_a_run_whose_model_is_gone_can_still_be_taken_along(run: StoredRun) -> None:
    assert "conv" in read(as_page(run, (), PICTURE)).text
    assert as_animation(run, (), ".gif").startswith(b"GIF")


def test_a_run_without_clear_scores_says_why_and_where_it_can_be_repeated(
    run: StoredRun, stages: tuple[StageInfo, ...]
) -> None:
    text = read(as_page(secret_run(run), stages, PICTURE)).text
    assert "The model is the cloud's secret." in text
    assert "The clear network" not in text
    assert "--cloud ADDRESS" in text
    assert as_animation(secret_run(run), stages, ".png")


@pytest.mark.parametrize("name", ["run.html", "run.png", "run.gif"])
def test_the_last_run_is_saved_from_the_menu(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    action = studio.window.actions_.take_along
    assert not action.isEnabled()
    studio.draw()
    studio.classify()
    path = tmp_path / name
    monkeypatch.setattr(
        "app.compare.exports.ask_where_to_save",
        lambda _parent, _title, _name, _kinds, save: save(path),
    )
    assert action.isEnabled()
    action.trigger()
    studio.qtbot.waitUntil(lambda: path.exists() and path.stat().st_size > 1000, timeout=30_000)
