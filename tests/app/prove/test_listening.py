"""The proof by listening: a recording is made, opened, read and searched in the Prove view."""

from pathlib import Path

import pytest
from cloud_steps import pair
from PySide6.QtCore import Qt
from studio import Studio

from app.actions.views import PROVE
from app.prove.recordings import needle
from app.prove.texts import WIRE
from app.prove.view import ProveView
from app.prove.wire import WirePage
from engine.remote.frames import Hello, Piece, encode_frame, encode_piece
from engine.remote.recording import Recorder


@pytest.fixture
def page(studio: Studio) -> WirePage:
    studio.window.actions_.view(PROVE.key).trigger()
    view = studio.window.views.view(PROVE.key)
    assert isinstance(view, ProveView)
    view.show_proof(WIRE)
    return view.wire_page


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.wire"
    recorder = Recorder(path, "10.0.0.9:8765", lambda: 1_700_000_000.25)
    recorder.take(True, encode_frame(Hello(1, "0.1.0")))
    recorder.take(True, encode_piece(Piece("cd" * 32, 0, b"\x00\xff" * 500)))
    recorder.close()
    return path


def test_a_recording_is_opened_and_every_byte_of_it_can_be_read(
    studio: Studio, page: WirePage, recording: Path
) -> None:
    studio.window.program.recordings.open_file(recording)
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 2)

    assert page.totals.text().startswith("lesson.wire: 1 kB to 10.0.0.9:8765, 0 B back")
    names = [page.model.data(page.model.index(row, 3), DISPLAY) for row in range(2)]
    assert names == ["hello", "piece of cdcdcdcd"]
    assert '"is":"hello"' in "".join(page.bytes.line(row)[58:] for row in range(4))
    page.table.selectRow(1)
    assert "00 ff 00 ff" in page.bytes.line(3)


def test_bytes_are_found_as_text_and_as_hex(
    studio: Studio, page: WirePage, recording: Path
) -> None:
    studio.window.program.recordings.open_file(recording)
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    page.search.setText("hello")
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.search.setText("0x00ff00ff")
    studio.qtbot.waitUntil(lambda: studio.state.wire.found == (1,))
    page.search.setText("a secret")
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert page.bytes.lines == 0
    page.search.clear()
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 2)


def test_what_crosses_is_recorded_until_it_is_stopped_and_then_shown(
    studio: Studio, page: WirePage, tmp_path: Path
) -> None:
    record = studio.window.actions_.record_wire
    assert not record.isEnabled()
    pair(studio)
    assert record.isEnabled()
    path = tmp_path / "run.wire"
    studio.window.program.recordings.record(path)
    studio.qtbot.waitUntil(lambda: studio.state.wire.target == path)
    assert record.text() == "Stop recording"
    record.trigger()
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    assert studio.state.wire.target is None
    assert page.message.text() == ""


def test_a_recording_ends_when_the_cloud_is_left(
    studio: Studio, page: WirePage, tmp_path: Path
) -> None:
    session = pair(studio)
    studio.window.program.recordings.record(tmp_path / "run.wire")
    studio.qtbot.waitUntil(lambda: studio.state.wire.target is not None)
    session.stop_recording()  # as a real session does when it is closed
    studio.window.program.clouds.use(None)
    studio.qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    assert studio.state.wire.target is None


@pytest.mark.parametrize("content", [b"", b"PNG", b"CipherSketch wire 1\n{}\n"])
def test_a_file_that_is_no_recording_is_said(
    studio: Studio, page: WirePage, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "other.wire"
    path.write_bytes(content)
    studio.window.program.recordings.open_file(path)
    studio.qtbot.waitUntil(lambda: "other.wire" in page.message.text())
    assert page.message.isVisible()
    assert studio.state.wire.recording is None


def test_hex_that_is_none_is_looked_for_as_it_is_written() -> None:
    assert needle("0xff00") == b"\xff\x00"
    assert needle("0xzz") == b"0xzz"
    assert needle("word") == b"word"


DISPLAY = Qt.ItemDataRole.DisplayRole
