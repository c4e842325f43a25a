"""Files that are whole or not there, and that one process at a time may write."""

import sys
from pathlib import Path

import pytest

from engine.errors import ResultsError
from engine.files import HeldFile, write_whole


def test_a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "page.md"
    for text in ("first\n", "zweite Fassung, größer\n"):
        write_whole(path, text)
        assert path.read_bytes() == text.encode()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    path, limits = tmp_path / "page.md", resource.getrlimit(resource.RLIMIT_FSIZE)
    write_whole(path, "old")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match="large"):
            write_whole(path, "new" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_below_a_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_whole(tmp_path / "file" / "page.md", "text")


def test_a_file_is_held_until_it_is_let_go(tmp_path: Path) -> None:
    with (
        HeldFile(tmp_path / "held"),
        pytest.raises(ResultsError, match=r"Another process is writing .*held"),
    ):
        HeldFile(tmp_path / "held")
    HeldFile(tmp_path / "held").close()
