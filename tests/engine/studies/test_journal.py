"""Journals: whole lines stay, torn ones go, and nothing is mixed with other work."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ResultsError
from engine.studies.journal import Journal, read_lines

HEADER = {"model": "a", "pictures": 3}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Journal(tmp_path / "deep" / "answers.jsonl", HEADER) as journal:
        journal.append({"index": 0})
        journal.append({"index": 1})
    return tmp_path / "deep" / "answers.jsonl"


def test_entries_are_there_when_it_is_opened_again(path: Path) -> None:
    with Journal(path, HEADER) as journal:
        assert journal.entries == [{"index": 0}, {"index": 1}]
        journal.append({"index": 2})
    assert read_lines(path) == [HEADER, {"index": 0}, {"index": 1}, {"index": 2}]


@given(st.integers(1, 11))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_line_that_was_cut_off_is_dropped_and_the_next_one_is_whole(path: Path, cut: int) -> None:
    path.write_bytes(b'{"model":"a","pictures":3}\n{"index":0}\n{"index":1}\n')
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(path, HEADER) as journal:
        assert journal.entries == [{"index": 0}]
        journal.append({"index": 7})
    assert read_lines(path) == [HEADER, {"index": 0}, {"index": 7}]


def test_a_header_that_was_cut_off_begins_anew(path: Path) -> None:
    path.write_text(json.dumps(HEADER)[:9])
    with Journal(path, HEADER) as journal:
        assert journal.entries == []
    assert read_lines(path) == [HEADER]


def test_another_header_is_refused_with_the_difference(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ResultsError, match="its pictures is 3, not 4"):
        Journal(path, {**HEADER, "pictures": 4})
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", ["one line without an end", "not json\n", "[1]\n", '{"model":"a"\n{}\n']
)
def test_a_file_of_something_else_is_refused_and_left_alone(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(ResultsError, match="damaged or none of this program's"):
        Journal(path, HEADER)
    assert path.read_text() == content


def test_a_second_writer_is_refused_until_the_first_is_done(path: Path) -> None:
    with Journal(path, HEADER), pytest.raises(ResultsError, match="Another process is writing"):
        Journal(path, HEADER)
    Journal(path, HEADER).close()


def test_a_folder_that_cannot_be_made_is_one_sentence(path: Path) -> None:
    with pytest.raises(ResultsError, match="could not be written"):
        Journal(path / "below-a-file" / "answers.jsonl", HEADER)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
def test_a_full_disk_keeps_what_was_written(path: Path) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(path, HEADER) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 5, limits[1]))
        try:
            with pytest.raises(ResultsError, match="what was finished before is kept"):
                journal.append({"index": 2})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        journal.append({"index": 3})
    assert read_lines(path)[1:] == [{"index": 0}, {"index": 1}, {"index": 3}]
