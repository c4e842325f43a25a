"""Downloads from a server in this very process: whole files or none, and one sentence why."""

import dataclasses
import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from engine.data_sets.downloads import DownloadProgress, download
from engine.data_sets.loading import load_split
from engine.data_sets.registry import DATA_SETS, EVERY_SET, idx_releases
from engine.errors import CancelledError, DatasetError

NAMES = tuple(
    f"{split}-{kind}-ubyte.gz"
    for split in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
)


def idx(values: bytes, *shape: int) -> bytes:
    header = bytes((0, 0, 8, len(shape))) + b"".join(each.to_bytes(4, "big") for each in shape)
    return gzip.compress(header + values, mtime=0)


class Publisher(ThreadingHTTPServer):
    """Serves `files`; sends only the first bytes of those in `cut`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        noise = np.random.default_rng(3).integers(0, 256, 200 * 784, np.uint8).tobytes()
        contents = [idx(noise, 200, 28, 28), idx(bytes(200), 200)] * 2
        self.files = dict(zip(NAMES, contents, strict=True))
        self.cut: set[str] = set()
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Answer(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        name = self.path[1:]
        self.server.asked.append(name)
        if name not in self.server.files:
            self.send_error(404)
            return
        content = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if name in self.server.cut else content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        pass


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with Publisher() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        sums = [
            hashlib.md5(content, usedforsecurity=False).hexdigest()
            for content in server.files.values()
        ]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        known = dataclasses.replace(
            DATA_SETS["MNIST"],
            mirrors=(server.url,),
            releases=idx_releases((sums[0], sums[1]), (sums[2], sums[3])),
        )
        monkeypatch.setitem(EVERY_SET, "MNIST", known)
        monkeypatch.setitem(DATA_SETS, "MNIST", known)
        yield server
        server.shutdown()
        thread.join()


def fetch_from(monkeypatch: pytest.MonkeyPatch, *mirrors: str) -> None:
    known = dataclasses.replace(EVERY_SET["MNIST"], mirrors=mirrors)
    monkeypatch.setitem(EVERY_SET, "MNIST", known)


def names_in(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


def test_all_four_files_come_with_progress_and_can_be_read(
    publisher: Publisher, tmp_path: Path
) -> None:
    told: list[DownloadProgress] = []
    assert download("MNIST", tmp_path, told.append) == tmp_path / "MNIST" / "raw"
    assert names_in(tmp_path) == set(NAMES)
    assert len(load_split("MNIST", "test", tmp_path)) == 200
    size = len(publisher.files[NAMES[0]])
    of_first = [each for each in told if each.file == NAMES[0]]
    assert [each.total for each in of_first] == [size] * len(of_first)
    assert len({each.done for each in of_first}) > 1
    assert told[-1] == DownloadProgress(
        NAMES[3], len(publisher.files[NAMES[3]]), len(publisher.files[NAMES[3]]), 4, 4
    )


def test_only_what_is_missing_or_damaged_is_fetched_again(
    publisher: Publisher, tmp_path: Path
) -> None:
    folder = download("MNIST", tmp_path)
    publisher.asked.clear()
    (folder / NAMES[1]).unlink()
    (folder / NAMES[2]).write_bytes(b"damaged")
    download("MNIST", tmp_path)
    assert publisher.asked == [NAMES[1], NAMES[2]]
    assert len(load_split("MNIST", "test", tmp_path)) == 200


def test_a_cancelled_download_keeps_whole_files_and_leaves_no_other(
    publisher: Publisher, tmp_path: Path
) -> None:
    told: list[DownloadProgress] = []
    with pytest.raises(CancelledError):
        download(
            "MNIST",
            tmp_path,
            told.append,
            lambda: bool(told) and told[-1].files_done == 2 and told[-1].done > 0,
        )
    assert names_in(tmp_path) == set(NAMES[:2])
    assert publisher.asked == list(NAMES[:3])


def test_a_connection_that_is_cut_off_leaves_nothing(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cut.add(NAMES[0])
    with pytest.raises(DatasetError, match=r"the connection to 127.0.0.1 was cut off"):
        download("MNIST", tmp_path)
    assert names_in(tmp_path) == set()


def test_a_file_that_is_not_the_official_one_is_not_kept(
    publisher: Publisher, tmp_path: Path
) -> None:
    publisher.files[NAMES[0]] += b"more"
    with pytest.raises(DatasetError, match="a file that is not the official one"):
        download("MNIST", tmp_path)
    assert names_in(tmp_path) == set()


def test_the_next_mirror_is_tried_and_its_reason_told(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_from(monkeypatch, publisher.url + "gone/", publisher.url)
    download("MNIST", tmp_path)
    assert names_in(tmp_path) == set(NAMES)
    fetch_from(monkeypatch, publisher.url + "gone/")
    with pytest.raises(DatasetError, match=r"127.0.0.1 answers 404"):
        download("MNIST", tmp_path / "other")


def test_without_a_network_the_command_says_so_in_one_sentence(
    publisher: Publisher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["download", "MNIST", "--data", str(tmp_path)]) == 0
    assert "all files are in" in capsys.readouterr().out
    fetch_from(monkeypatch, "http://127.0.0.1:9/")
    assert main(["download", "MNIST", "--data", str(tmp_path / "new")]) == 2
    error = capsys.readouterr().err
    assert "there is no connection to 127.0.0.1" in error
    assert error.count("\n") == 1
    assert publisher.asked == list(NAMES)


def test_a_folder_that_cannot_be_written_is_one_sentence(
    publisher: Publisher, tmp_path: Path
) -> None:
    (tmp_path / "MNIST").write_text("a file in the way")
    with pytest.raises(DatasetError, match="cannot be written"):
        download("MNIST", tmp_path)
    assert publisher.asked == []


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="'CIFAR'; there are: MNIST, KMNIST"):
        download("CIFAR", tmp_path)


def test_every_data_set_has_a_mirror() -> None:
    assert all(data_set.mirrors and data_set.licence for data_set in EVERY_SET.values())
