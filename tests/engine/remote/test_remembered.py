"""Remembered clouds: kept for their owner only, and the keyring's where there is one."""

import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.errors import PairingError, ResultsError
from engine.remote import remembered as module
from engine.remote.address import Address
from engine.remote.remembered import forget, remember, remembered, remembered_at

FIRST = Address("192.168.1.5", 8765, b"\x01" * 16, b"\x02" * 16)
SECOND = Address("::1", 8765, b"\x03" * 16, b"\x04" * 16)


class FakeKeyring:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.errors = SimpleNamespace(KeyringError=RuntimeError)

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_keyring", lambda: None)
    return tmp_path / "config" / "clouds.json"


def test_clouds_are_remembered_the_latest_first_and_forgotten(path: Path) -> None:
    assert remembered(path) == ()
    remember(FIRST, path)
    remember(SECOND, path)
    assert remembered(path) == (SECOND, FIRST)
    assert remembered_at("[::1]:8765", path) == SECOND
    renewed = Address(FIRST.host, FIRST.port, FIRST.fingerprint, b"\x05" * 16)
    remember(renewed, path)
    assert remembered(path) == (renewed, SECOND)
    forget(SECOND.where, path)
    assert remembered(path) == (renewed,)
    with pytest.raises(PairingError, match=r"192\.168\.1\.5:8765"):
        remembered_at("[::1]:8765", path)


def test_nobody_else_may_read_the_file(path: Path) -> None:
    remember(FIRST, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_token_in_the_keyring_is_not_in_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = FakeKeyring()
    monkeypatch.setattr(module, "_keyring", lambda: keyring)
    remember(FIRST, path)
    assert FIRST.token.hex() not in path.read_text()
    assert remembered(path) == (FIRST,)
    forget(FIRST.where, path)
    assert not keyring.kept
    assert remembered(path) == ()


def test_a_keyring_that_is_locked_costs_only_its_own_clouds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(FIRST, path)
    keyring = FakeKeyring()
    monkeypatch.setattr(module, "_keyring", lambda: keyring)
    remember(SECOND, path)
    keyring.kept.clear()
    assert remembered(path) == (FIRST,)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"host": ""}]', "[" * 100_000])
def test_a_damaged_file_is_said_and_not_overwritten(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ResultsError, match="move it away"):
        remember(FIRST, path)
    assert path.read_text() == text
