import dataclasses
import gzip
from pathlib import Path

import numpy as np
import pytest
from fake_session import FakeSession

from app.link.recorded_lesson import lesson_named
from app.link.recording import (
    SHOWN_LESSON,
    RecordedSession,
    Recording,
    load_recording,
    record,
    save_recording,
    session_of,
)
from app.measure.screenshots import make_screenshots
from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.playground.operations import Encrypt
from engine.playground.program import Program
from engine.resources import assets_dir
from engine.session.events import Event, StageFinished

PACKED_OBJECT, PACKED_LIST = (gzip.compress(each, mtime=0) for each in (b"{}", b"[1]"))

PICTURE = np.zeros((28, 28), np.uint8)
SETTINGS = (Settings(scale_bits=24), Settings())


@pytest.fixture
def recording() -> Recording:
    return record(FakeSession, SETTINGS, PICTURE)


def test_a_recording_is_read_as_it_was_written(recording: Recording, tmp_path: Path) -> None:
    save_recording(recording, tmp_path / "runs.json.gz")
    assert load_recording(tmp_path / "runs.json.gz") == recording


def test_a_recording_keeps_the_bytes_of_its_last_ciphertext_and_the_size_of_the_others(
    recording: Recording,
) -> None:
    first, last = (run.result.ciphertext.data for run in recording.runs)
    assert not any(first)
    assert len(first) == len(last)
    assert any(last)


@pytest.mark.parametrize("content", [b"", b"no gzip", PACKED_OBJECT, PACKED_LIST])
def test_a_damaged_recording_is_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "runs.json.gz"
    path.write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        load_recording(path)


def test_a_played_session_answers_as_the_recorded_one_did(recording: Recording) -> None:
    events: list[Event] = []
    session = session_of(recording)(events.append)
    for run in recording.runs:
        assert session.prepare(run.keys.settings) == run.keys
        assert session.classify(PICTURE) == run.result
        finished = [each for each in events if isinstance(each, StageFinished)]
        assert tuple(finished) == run.result.stages
        events.clear()


def test_a_played_lesson_gives_what_its_steps_gave(recording: Recording) -> None:
    session = session_of(recording)(lambda event: None)
    whole = lesson_named(SHOWN_LESSON).program()
    assert session.run_program(whole) == recording.lesson.outcomes
    begun = dataclasses.replace(whole, operations=whole.operations[:2], values=whole.values[:2])
    assert session.run_program(begun) == recording.lesson.outcomes[:2]
    with pytest.raises(MessageError, match="recording"):
        session.run_program(Program(whole.setting).perform(Encrypt((1.0,) * 8)))


def test_a_played_session_refuses_what_was_not_recorded(recording: Recording) -> None:
    session = RecordedSession(recording, lambda event: None)
    with pytest.raises(MessageError, match="no keys"):
        session.classify(PICTURE)
    with pytest.raises(MessageError, match="recording"):
        session.prepare(dataclasses.replace(SETTINGS[0], scale_bits=30))
    for ask in (
        lambda: session.encrypt(PICTURE),
        session.decrypt_with_wrong_key,
        session.let_cloud_try,
        session.unpack,
        lambda: session.classify_with_flipped_bit(1),
    ):
        with pytest.raises(MessageError, match="recording"):
            ask()


def test_the_screenshots_are_the_same_pixels_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_DATA", "")  # the command sets it
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        assert make_screenshots(folder, anew=False, themes=["dark"]) == 0
    names = sorted(path.name for path in first.iterdir())
    assert len(names) == 9
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_the_recording_that_comes_along_can_be_read() -> None:
    runs = load_recording(assets_dir() / "recording.json.gz").runs
    assert {run.result.settings.protocol for run in runs} == {"one-shot", "refresh"}
