"""Clouds that a person has paired with: one file that only its owner may read.

Tokens lie in the system's keyring where there is one (extra `keyring`), else in the same file.
"""

import contextlib
import functools
from pathlib import Path
from types import ModuleType
from typing import Annotated

import msgspec
import platformdirs

from engine.errors import PairingError, ResultsError
from engine.files import write_private
from engine.remote.address import LONGEST_HOST, SECRET_BYTES, Address

SERVICE = "CipherSketch cloud"
LONGEST_FILE = 1 << 20

_Secret = Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{2 * SECRET_BYTES}}}$")]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_HOST)]
    port: Annotated[int, msgspec.Meta(ge=1, lt=2**16)]
    fingerprint: _Secret
    token: _Secret | None  # None: it is in the keyring

    @property
    def where(self) -> str:
        return Address(self.host, self.port, b"", b"").where


def remembered_path() -> Path:
    """Return the file of the remembered clouds; it may not exist."""
    return platformdirs.user_config_path("ciphersketch", appauthor=False) / "clouds.json"


def remembered(path: Path | None = None) -> tuple[Address, ...]:
    """Return the remembered clouds, the latest first; ResultsError if the file is damaged.

    One whose token the keyring does not give is left out.
    """
    found = []
    for entry in _read(path or remembered_path()):
        token = entry.token or _from_keyring(entry.where)
        if token is not None:
            secret = bytes.fromhex(entry.fingerprint), bytes.fromhex(token)
            found.append(Address(entry.host, entry.port, *secret))
    return tuple(found)


def remember(address: Address, path: Path | None = None) -> None:
    """Keep a cloud, in place of another at the same host and port; raise ResultsError."""
    path = path or remembered_path()
    others = [entry for entry in _read(path) if entry.where != address.where]
    token = None if _to_keyring(address) else address.token.hex()
    entry = _Entry(address.host, address.port, address.fingerprint.hex(), token)
    _write(path, [entry, *others])


def forget(where: str, path: Path | None = None) -> None:
    """Keep the cloud at host and port `where` no longer; raise ResultsError."""
    path = path or remembered_path()
    _write(path, [entry for entry in _read(path) if entry.where != where])
    if (keyring := _keyring()) is not None:
        with contextlib.suppress(keyring.errors.KeyringError):
            keyring.delete_password(SERVICE, where)


def remembered_at(where: str, path: Path | None = None) -> Address:
    """Return the remembered cloud at `where`; PairingError, naming those there are, if none is."""
    known = {address.where: address for address in remembered(path)}
    if where not in known:
        raise PairingError(
            f"No cloud at {where} is remembered (there are: {', '.join(known) or 'none'}); "
            "give its whole pairing address once."
        )
    return known[where]


def _read(path: Path) -> list[_Entry]:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(LONGEST_FILE), type=list[_Entry])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise ResultsError(
            f"The file of remembered clouds {path} cannot be read ({error}); move it away."
        ) from error


def _write(path: Path, entries: list[_Entry]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, msgspec.json.encode(entries))
    except OSError as error:
        raise ResultsError(
            f"The cloud could not be remembered in {path} ({error.strerror})."
        ) from error


@functools.cache
def _keyring() -> ModuleType | None:
    try:
        import keyring.backends.fail  # noqa: PLC0415 - an optional extra
    except ImportError:
        return None
    is_there = not isinstance(keyring.get_keyring(), keyring.backends.fail.Keyring)
    return keyring if is_there else None


def _from_keyring(where: str) -> str | None:
    if (keyring := _keyring()) is None:
        return None
    try:
        token: str | None = keyring.get_password(SERVICE, where)
    except keyring.errors.KeyringError:  # locked, or the person said no
        return None
    return token


def _to_keyring(address: Address) -> bool:
    if (keyring := _keyring()) is None:
        return False
    try:
        keyring.set_password(SERVICE, address.where, address.token.hex())
    except keyring.errors.KeyringError:
        return False
    return True
