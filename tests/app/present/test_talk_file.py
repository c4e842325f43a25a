from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from studio import Studio

from app.present.story import Step
from app.present.talk_file import Talk, load_talk, save_talk
from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.pictures.strokes import Stroke

shares = st.floats(-1, 2)
strokes = st.builds(
    Stroke,
    st.lists(st.tuples(shares, shares), min_size=1, max_size=5).map(tuple),
    st.floats(0.001, 1),
    st.none() | st.tuples(*[st.integers(0, 255)] * 3),
)
TALK = Talk(Settings(scale_bits=24), (Stroke(((0.1, 0.2), (0.3, 0.4)), 0.08),), "## Draw\n\nHi.\n")


@given(st.lists(strokes, max_size=4).map(tuple), st.text(st.characters(codec="utf-8")))
def test_a_talk_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[Stroke, ...], notes: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "mine.talk"
    talk = Talk(Settings("kmnist-network2", 16384, 30, 45, "refresh"), drawn, notes)
    save_talk(talk, path)
    assert load_talk(path) == talk


@given(st.binary(max_size=200))
def test_bytes_that_are_no_talk_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.talk"
    path.write_bytes(data)
    with pytest.raises(ResultsError, match=r"bytes\.talk"):
        load_talk(path)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("model", "no-such", "needs the network 'no-such'"),
        ("poly_modulus_degree", 2048, "settings"),
        ("scale_bits", 99, "settings"),
        ("outer_bits", 5, "settings"),
        ("protocol", "other", "no talk"),
        ("strokes", [{"points": [], "width": 0.1}], "no talk"),
        ("strokes", [{"points": [[9, 9]], "width": 0.1}], "no talk"),
        ("more", 1, "no talk"),
    ],
)
def test_a_talk_that_says_what_cannot_be_is_refused_whole(
    field: str, value: object, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.talk"
    save_talk(TALK, path)
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(path.read_bytes()), field: value}))
    with pytest.raises(ResultsError, match=told):
        load_talk(path)


def test_a_talk_prepared_in_one_window_opens_as_it_was(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    window, path = studio.window, tmp_path / "mine.talk"
    studio.draw()
    window.program.choices.change(Settings(scale_bits=24))
    assert window.program.notes.set(Step.SEND, "Look up.")
    window.program.save_talk(path)
    qtbot.waitUntil(path.is_file)
    window.actions_.clear.trigger()
    window.program.choices.change(Settings(scale_bits=28))
    assert window.program.notes.set(Step.SEND, "")
    window._load_named(str(path))
    assert window.program.state.chosen.settings.scale_bits == 24
    assert len(window.program.state.drawn.history.current.strokes) == 1
    assert window.program.notes.of(Step.SEND) == "Look up."


def test_a_damaged_talk_changes_nothing_and_is_told(studio: Studio, tmp_path: Path) -> None:
    studio.draw()
    path = tmp_path / "mine.talk"
    path.write_text("{}")
    before = studio.window.program.state.drawn.history.current
    studio.window._load_named(str(path))
    assert studio.window.program.state.drawn.history.current is before
    assert "no talk" in studio.window.notices.sentence.toolTip() + studio.window.notices._sentence
