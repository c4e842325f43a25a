"""Frames of the wire: several in one message come out as they went in, and as recorded."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MessageError
from engine.remote.frames import (
    Answer,
    Bye,
    Frame,
    Got,
    Piece,
    Renew,
    decode_frame,
    encode_frame,
    encode_piece,
    joined,
    parts_of,
)
from engine.remote.recording import Recorder, read_recording

DIGEST = "ab" * 32
NUMBERS = st.integers(0, 2**53)
TEXTS = st.text(max_size=40).map(lambda text: msgspec.Raw(msgspec.json.encode({"text": text})))
FRAMES: st.SearchStrategy[Frame] = st.one_of(
    st.builds(Answer, NUMBERS, NUMBERS, st.text(max_size=20), TEXTS),
    st.builds(Got, st.just(DIGEST), st.integers(0, 1000)),
    st.builds(Bye, st.text(max_size=40)),
)


@given(st.lists(FRAMES, min_size=1, max_size=6))
def test_frames_that_go_together_arrive_one_by_one_in_their_order(frames: list[Frame]) -> None:
    data = joined([encode_frame(frame) for frame in frames])
    assert [encode_frame(decode_frame(part)) for part in parts_of(data)] == [  # type: ignore[arg-type] - no piece
        encode_frame(frame) for frame in frames
    ]


@given(st.binary(min_size=1, max_size=200))
def test_a_piece_stays_one_whatever_its_bytes_are(data: bytes) -> None:
    message = encode_piece(Piece(DIGEST, 0, data))
    assert parts_of(message) == [message]


@pytest.mark.parametrize("data", [b"J\n", b"J{}\n{}", encode_frame(Renew(1)) + b"\n"])
def test_an_empty_or_unknown_line_is_refused(data: bytes) -> None:
    with pytest.raises(MessageError, match="another form"):
        list(map(decode_frame, parts_of(data)))


def test_a_text_message_is_refused() -> None:
    with pytest.raises(MessageError, match="text message"):
        parts_of("J{}")


def test_a_recording_names_each_frame_of_a_message(tmp_path: Path) -> None:
    path = tmp_path / "wire.bin"
    recorder = Recorder(path, "cloud:8765")
    recorder.take(False, joined([encode_frame(Got(DIGEST, 3)), encode_frame(Bye("Goodnight."))]))
    recorder.close()
    assert [each.name for each in read_recording(path).messages] == ["got", "bye"]
