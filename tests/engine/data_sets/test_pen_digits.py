"""UCI's pen digits: official strokes only, split by writer, fetched in the form UCI has them."""

import contextlib
import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data_sets import lzw, pen_digits
from engine.data_sets.pen_digits import FILES, by_writer, load_pens, sum_of
from engine.data_sets.registry import PEN_DIGITS
from engine.data_sets.unipen import PenDigit, load_pen_digits
from engine.errors import DatasetError


@pytest.fixture
def official(official_root: Path) -> Path:
    path = official_root / PEN_DIGITS.folder / FILES[1]
    if not path.exists():
        pytest.skip(f"the pen digits are not in {official_root}")
    return path


def compressed(data: bytes) -> bytes:
    """Return a .Z file without any repetition found: a code for each byte, widths as they grow."""
    bits, entries, codes = 9, 257, []
    groups: list[tuple[int, list[int]]] = []
    for place, value in enumerate(data):
        codes.append(value)
        entries += place > 0
        if entries == 1 << bits and bits < 16:
            groups.append((bits, codes))
            bits, codes = bits + 1, []
    groups.append((bits, codes))
    packed = b"\x1f\x9d\x90"
    for width, values in groups:
        number = sum(value << place * width for place, value in enumerate(values))
        whole = -(-len(values) // 8) * width  # bytes of whole groups of eight codes
        used = -(-len(values) * width // 8)
        packed += number.to_bytes(used if values is groups[-1][1] else whole, "little")
    return packed


@given(st.binary(max_size=3000))
def test_unpacking_gives_back_what_was_packed(data: bytes) -> None:
    assert lzw.unpack(compressed(data), "x.Z", len(data)) == data


def test_repetitions_are_unpacked() -> None:
    # As compress(1) writes it: "a", "b", then twice the code 257, which is "ab".
    assert lzw.unpack(bytes.fromhex("1f9d9061c4040c08"), "x.Z", 100) == b"ababab"


@given(st.binary(max_size=400))
def test_any_bytes_are_unpacked_or_refused_within_the_limit(data: bytes) -> None:
    unpacked = b""
    with contextlib.suppress(DatasetError):
        unpacked = lzw.unpack(lzw.MAGIC + data, "x.Z", 10_000)
    assert len(unpacked) <= 10_000


def test_what_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(DatasetError, match="over 99 bytes"):
        lzw.unpack(compressed(bytes(100)), "x.Z", 99)


def test_no_writer_is_on_two_sides(official: Path) -> None:
    pens = load_pens(official.parents[1])
    writers = [{digit.writer for digit in side} for side in (pens.known, pens.kept, pens.held_out)]
    assert [len(each) for each in writers] == [22, 2, 6]
    assert len(set.union(*writers)) == 30
    assert len(pens.known) + len(pens.kept) + len(pens.held_out) == 7494


def test_the_same_strokes_packed_otherwise_are_official(official: Path, tmp_path: Path) -> None:
    folder = tmp_path / PEN_DIGITS.folder
    folder.mkdir()
    text = gzip.decompress(official.read_bytes()).replace(b"\n", b"\r\n")
    (folder / FILES[0]).write_bytes(gzip.compress(text))
    assert sum_of(load_pen_digits(folder / FILES[0])) == pen_digits.OFFICIAL_SHA256
    assert len(load_pens(tmp_path).held_out) == len(load_pens(official.parents[1]).held_out)


def test_other_strokes_are_refused(official: Path, tmp_path: Path) -> None:
    (tmp_path / PEN_DIGITS.folder).mkdir()
    shutil.copy(official, tmp_path / PEN_DIGITS.folder / FILES[1])
    with gzip.open(tmp_path / PEN_DIGITS.folder / FILES[1], "ab") as file:
        file.write(b'.SEGMENT DIGIT 0 ? "8"\n.PEN_DOWN\n 1 1\n.PEN_UP\n')
    with pytest.raises(DatasetError, match="not the official ones"):
        load_pens(tmp_path)


def test_missing_strokes_are_told_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=str(tmp_path / PEN_DIGITS.folder)):
        load_pens(tmp_path)


def test_every_digit_has_one_side() -> None:
    line = np.zeros((2, 2), np.float32)
    digits = [PenDigit(1, writer, (line,)) for writer in range(-1, 31)]
    pens = by_writer(digits)
    assert len(pens.known) + len(pens.kept) + len(pens.held_out) == len(digits)
