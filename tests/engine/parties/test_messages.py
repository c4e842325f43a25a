"""The wire: what is written can be read, and nothing that is read can do harm."""

import io
import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import MessageError
from engine.messages import framing
from engine.messages.framing import (
    MARK,
    MAX_BLOB_BYTES,
    MAX_BLOBS,
    MAX_HEADER_BYTES,
    MAX_KIND_LENGTH,
    Message,
    encode_message,
    read_message,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
some_messages = st.builds(
    Message,
    kind=st.text(max_size=MAX_KIND_LENGTH),
    fields=st.dictionaries(st.text(), json_values, max_size=4),
    blobs=st.lists(st.binary(max_size=200), max_size=MAX_BLOBS).map(tuple),
)


class Watched(io.BytesIO):
    """A stream that remembers the largest amount it was asked for."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0, "the reader must say how much it can take"
        self.largest = max(self.largest, size)
        return super().read(size)


def framed(header: Any, *, mark: bytes = MARK, size: int | None = None) -> bytes:
    """Return the bytes of a message with any header, true or not."""
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">4sI", mark, len(data) if size is None else size) + data


def header(**changes: Any) -> dict[str, Any]:
    return {"kind": "load", "fields": {}, "blobs": []} | changes


@given(message=some_messages)
def test_what_is_written_can_be_read(message: Message) -> None:
    assert read_message(io.BytesIO(encode_message(message))) == message


@settings(max_examples=30)
@given(sent=st.lists(some_messages, max_size=4))
def test_messages_follow_each_other_without_a_gap(sent: list[Message]) -> None:
    stream = io.BytesIO(b"".join(encode_message(message) for message in sent))
    assert [read_message(stream) for _ in sent] == sent
    assert read_message(stream) is None


def test_the_end_of_the_stream_is_no_message() -> None:
    assert read_message(io.BytesIO(b"")) is None


@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_give_a_message_an_error_or_the_end(data: bytes) -> None:
    for prefix in (b"", MARK, MARK + struct.pack(">I", max(0, len(data) - 5))):
        try:
            message = read_message(io.BytesIO(prefix + data))
        except MessageError:
            continue
        assert message is None or isinstance(message, Message)


@given(value=json_values, blobs=json_values | st.lists(st.integers(-1, 3)), data=st.binary())
def test_any_json_header_gives_a_message_or_an_error(value: Any, blobs: Any, data: bytes) -> None:
    for claimed in (value, header(kind=value), header(fields=value), header(blobs=blobs)):
        try:
            message = read_message(io.BytesIO(framed(claimed) + data))
        except MessageError:
            continue
        assert isinstance(message, Message)
        assert isinstance(message.kind, str)
        assert sum(map(len, message.blobs)) <= len(data)


@given(message=some_messages, place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_one_wrong_byte_gives_a_message_or_an_error(
    message: Message, place: int, value: int
) -> None:
    data = bytearray(encode_message(message))
    data[place % len(data)] = value
    try:
        read_message(io.BytesIO(data))
    except MessageError:
        return


def test_a_message_cut_short_anywhere_is_an_error() -> None:
    data = encode_message(Message("load", {"path": "somewhere"}, (b"12345", b"", b"678")))
    for length in range(1, len(data)):
        with pytest.raises(MessageError):
            read_message(io.BytesIO(data[:length]))


@pytest.mark.parametrize(
    "data",
    [
        framed(header(), mark=b"CSK0"),
        framed(b"{"),
        framed(b""),
        framed(b"\xff\xff"),
        framed(b"[" * 100_000),
        framed(b"1" * 10_000),
        framed(b'{"kind": "a", "fields": {}, "blobs": ' + b"9" * 5000 + b"}"),
        framed([]),
        framed({"kind": "load"}),
        framed(header(kind=None)),
        framed(header(kind=["load"])),
        framed(header(fields=[])),
        framed(header(blobs={})),
        framed(header(blobs=[-1])),
        framed(header(blobs=[1.0])) + b"x",
        framed(header(blobs=[True])) + b"x",
        framed(header(blobs=["1"])) + b"x",
        framed(header(blobs=[0] * (MAX_BLOBS + 1))),
    ],
)
def test_a_malformed_message_is_an_error(data: bytes) -> None:
    with pytest.raises(MessageError):
        read_message(io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        framed(b"", size=MAX_HEADER_BYTES + 1),
        framed(b"", size=2**32 - 1),
        framed(header(blobs=[MAX_BLOB_BYTES + 1])),
        framed(header(blobs=[0, 2**63])),
        framed(header(blobs=[MAX_BLOB_BYTES // 2, MAX_BLOB_BYTES // 2 + 1])),
        framed(header(kind="a" * (MAX_KIND_LENGTH + 1))),
        framed(header(blobs=[10**30])),
    ],
)
def test_a_claim_beyond_the_limits_is_refused_before_anything_is_read_for_it(data: bytes) -> None:
    stream = Watched(data)
    with pytest.raises(MessageError, match="claims"):
        read_message(stream)
    assert stream.largest <= len(data)


def test_the_limits_themselves_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MAX_BLOB_BYTES", 100 * MAX_BLOBS)
    message = Message("k" * MAX_KIND_LENGTH, {}, (bytes(100),) * MAX_BLOBS)
    assert read_message(io.BytesIO(encode_message(message))) == message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", {1, 2}, object()])
def test_what_json_cannot_hold_cannot_be_sent(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode_message(Message("load", {"it": value}))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(number: str) -> None:
    data = b'{"kind": "a", "fields": {"x": ' + number.encode() + b'}, "blobs": []}'
    with pytest.raises(MessageError):
        read_message(io.BytesIO(framed(data)))
