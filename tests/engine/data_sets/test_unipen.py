"""UNIPEN files of digits: read with their writers, and anything else refused in a sentence."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data_sets import unipen
from engine.data_sets.pen_digits import Pose, drawn, drawn_samples
from engine.data_sets.unipen import load_pen_digits, parse_pen_digits
from engine.errors import DatasetError

TEXT = b""".INCLUDE dene.doc
.LEXICON "0" "1"
.SEGMENT DIGIT    0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
 267  333
 267  300
.PEN_UP
.DT 100
.PEN_DOWN
 10 20
.PEN_UP
.SEGMENT DIGIT 1 ? "1"
.PEN_DOWN
 5 5
 5 400
.PEN_UP
"""


def test_digits_come_with_label_writer_and_lines_y_downwards() -> None:
    eight, one = parse_pen_digits(TEXT, "two.tra")
    assert (eight.label, eight.writer) == (8, 12)
    assert [line.tolist() for line in eight.lines] == [[[267, -333], [267, -300]], [[10, -20]]]
    assert (one.label, one.writer) == (1, -1)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_may_be_packed(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "digits.tra"
    path.write_bytes(gzip.compress(TEXT) if packed else TEXT)
    assert len(load_pen_digits(path)) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no strokes",
        b"\xff\xfe",
        TEXT.replace(b'"8"', b'"x"'),
        TEXT.replace(b'"8"', b'"12"'),
        TEXT.replace(b"267  333", b"267"),
        TEXT.replace(b"267  333", b"nan 3"),
        TEXT.replace(b"267  333", b"1e300 3"),
    ],
)
def test_what_is_no_file_of_digits_is_refused(data: bytes) -> None:
    with pytest.raises(DatasetError, match=r"digits.tra .*pendigits-orig.tra"):
        parse_pen_digits(data, "digits.tra")


@given(data=st.binary(max_size=200) | st.text(alphabet='.PENDOWUSGMT 01\n"', max_size=300))
def test_any_text_is_digits_or_an_error_of_ours(data: bytes | str) -> None:
    text = data if isinstance(data, bytes) else b'.SEGMENT DIGIT 0 ? "1"\n' + data.encode()
    try:
        digits = parse_pen_digits(text, "any")
    except DatasetError:
        return
    assert all(0 <= digit.label <= 9 and digit.lines for digit in digits)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unipen, "MAX_FILE_BYTES", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(DatasetError, match="smaller file"):
        load_pen_digits(path)


def test_a_cut_or_missing_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(TEXT)[:-20])
    with pytest.raises(DatasetError, match="not a whole gzip file"):
        load_pen_digits(path)
    with pytest.raises(DatasetError, match="cannot be read"):
        load_pen_digits(tmp_path / "nowhere")


def test_a_pose_says_where_and_how_large_a_digit_is() -> None:
    digit, _ = parse_pen_digits(TEXT, "two")
    pose = Pose(size=0.3, place=(0.2, 0.7), turn=10, slant=-5, brush=0.1)
    points = np.concatenate([np.array(stroke.points) for stroke in drawn(digit, pose)])
    assert np.ptp(points, axis=0).max() == pytest.approx(0.3, abs=1e-5)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    assert middle == pytest.approx([0.2, 0.7], abs=1e-5)


def test_digits_drawn_anywhere_are_the_same_each_time() -> None:
    digits = parse_pen_digits(TEXT, "two")
    one, other = (
        drawn_samples(digits, Pose(size=0.2), "mass", "two", anywhere=True) for _ in range(2)
    )
    assert one.sha256 == other.sha256
    assert one.labels is not None
    assert one.labels.tolist() == [8, 1]
