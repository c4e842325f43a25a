"""`ciphersketch-cloud` as whoever runs it sees it: one line out, private files, a quiet log."""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from clouds import RunningCloud, running_cloud
from raw import greeted

from engine.ckks.parameters import Settings
from engine.errors import PairingError, UnreachableError
from engine.gateway.limits import LEAST_MEMORY
from engine.remote.address import parse_address
from engine.resources import ROOT
from engine.session.relay import Session

MODEL = ("--models", "mnist-network1")


def loaded(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_listening_process_loads_neither_qt_nor_seal_nor_numpy(well: RunningCloud) -> None:
    for name in ("Qt6", "PySide6", "tenseal", "numpy", "_sealapi"):
        assert name not in loaded(well.process.pid)
    with Session(cloud=well.address) as session:
        session.prepare(Settings())  # by then a worker is there, and so all that it is made from
        assert "_sealapi" in loaded(well.nursery)
        for pid in (well.nursery, *well.workers):
            assert "Qt6" not in loaded(pid)


def test_certificate_key_and_token_are_their_owners_and_stay(tmp_path: Path) -> None:
    with running_cloud(tmp_path, *MODEL) as cloud:
        first = cloud.address
        for name in ("certificate.pem", "key.pem", "token"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    with running_cloud(tmp_path, *MODEL) as cloud:
        assert cloud.address.fingerprint == first.fingerprint
        assert cloud.address.token == first.token
        assert first.token.hex() not in cloud.log
    with running_cloud(tmp_path, *MODEL, "--renew-token") as cloud:
        assert cloud.address.fingerprint == first.fingerprint
        assert cloud.address.token != first.token
        old = parse_address(first.text.replace(f":{first.port}/", f":{cloud.address.port}/"))
        with pytest.raises(PairingError), greeted(old):
            pass


def test_a_revoked_token_lets_nobody_start(tmp_path: Path) -> None:
    with running_cloud(tmp_path, *MODEL):
        pass
    assert run("cloud", "--identity", str(tmp_path), "--revoke-token").returncode == 0
    done = run("cloud", "--identity", str(tmp_path), "--port", "0")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--renew-token" in done.stderr


def test_a_model_that_is_not_there_is_said_before_anything_listens(tmp_path: Path) -> None:
    done = run("cloud", "--identity", str(tmp_path), "--port", "0", "--models", "nothing")
    assert done.returncode == 2
    assert "no model named 'nothing'" in done.stderr


def test_a_port_that_is_taken_is_said(well: RunningCloud, tmp_path: Path) -> None:
    port = str(well.address.port)
    done = run("cloud", "--identity", str(tmp_path), "--host", "127.0.0.1", "--port", port, *MODEL)
    assert done.returncode == 2
    assert done.stderr.endswith("choose another --port.\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_said(tmp_path: Path, host: str) -> None:
    done = run("cloud", "--identity", str(tmp_path), "--host", host, "--port", "0", *MODEL)
    assert done.returncode == 2
    assert done.stderr.endswith("choose another --host.\n")
    assert host in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_that_is_not_offered_is_refused_with_what_is(tmp_path: Path) -> None:
    done = run("cloud", "--identity", str(tmp_path), *MODEL, "--secret", "mnist-network2")
    assert done.returncode == 2
    assert "--secret names 'mnist-network2'" in done.stderr
    assert done.stderr.endswith("it offers: mnist-network1.\n")


@pytest.mark.parametrize(
    ("option", "value", "bounds"),
    [
        ("--port", "99999", "from 0 to 65535"),
        ("--port", "-5", "from 0 to 65535"),
        ("--memory", "1", "from 128 to"),
        ("--memory", "99999999999999", "from 128 to"),
        ("--processor-seconds", "0", "from 1 to"),
    ],
)
def test_a_number_out_of_bounds_is_refused_with_them(
    tmp_path: Path, option: str, value: str, bounds: str
) -> None:
    done = run("cloud", "--identity", str(tmp_path), option, value)
    assert done.returncode == 2
    assert f"argument {option}: '{value}' is not a number {bounds}" in done.stderr
    assert not any(tmp_path.iterdir())


def test_a_worker_lives_with_the_least_memory(tmp_path: Path, samples: tuple[Any, ...]) -> None:
    with (
        running_cloud(tmp_path, *MODEL, "--memory", str(LEAST_MEMORY >> 20)) as cloud,
        Session(cloud=cloud.address) as session,
    ):
        session.prepare(Settings())
        assert session.classify(samples[7]).prediction == 7


def test_more_clients_than_there_is_room_for_are_told(tmp_path: Path) -> None:
    with (
        running_cloud(tmp_path, *MODEL, "--clients", "1") as cloud,
        greeted(cloud.address),
        Session(cloud=cloud.address) as session,
        pytest.raises(UnreachableError, match="try again later"),
    ):
        session.start()


def test_the_command_line_classifies_on_it_and_keys_for_wireshark_are_written(
    well: RunningCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample, keys = ROOT / "assets" / "samples" / "3-pen.png", tmp_path / "tls-keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    monkeypatch.setenv("CIPHERSKETCH_CLOUD", well.address.text)
    done = run("classify", str(sample))
    assert done.stdout.startswith("prediction  3"), done.stderr
    assert "CLIENT_TRAFFIC_SECRET_0" in keys.read_text()


def test_the_log_has_one_line_an_event_and_nothing_of_what_was_sent(
    well: RunningCloud, samples: tuple[Any, ...]
) -> None:
    with Session(cloud=well.address) as session:
        session.prepare(Settings())
        session.classify(samples[1])
    assert well.address.token.hex() not in well.log
    assert well.address.text not in well.log
    for line in well.log.splitlines():
        assert line.split()[2] in {"connected", "left", "lost", "refused", "dropped", "less"}, line


def test_the_program_has_a_name_of_its_own() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts["ciphersketch-cloud"] == "engine.commands.cloud:main"
    assert os.name == "posix"
