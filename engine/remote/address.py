"""Pairing addresses: one line that holds where a cloud is, who it is and what lets one in.

`ciphersketch://HOST:PORT/FINGERPRINT/TOKEN`: fingerprint and token have 128 bits each, in seven
groups of four Crockford base32 symbols that can be typed; the last two symbols are a checksum, so
that a typing error is found before anything is sent.
"""

import hashlib
import re
from dataclasses import dataclass, field

from engine.errors import PairingError

SCHEME = "ciphersketch"
SECRET_BYTES = 16
LONGEST_HOST = 253
LONGEST_TEXT = 512
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_ALIKE = str.maketrans("OIL", "011")
_GROUP, _GROUPS, _CHECK_BITS = 4, 7, 12  # 7 * 4 * 5 bits = 128 + 12
_FORM = re.compile(
    rf"(?:{SCHEME}://)?(?P<host>\[[0-9a-f:.]+\]|[0-9a-z.-]+):(?P<port>[0-9]{{1,5}})"
    r"/(?P<fingerprint>[0-9a-z -]+)/(?P<token>[0-9a-z -]+)/?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Address:
    """Where a cloud listens, the first 128 bits of its certificate's SHA-256, and its token.

    The token is a secret: it is no part of the `repr`, and `where` is what may be shown.
    """

    host: str
    port: int
    fingerprint: bytes
    token: bytes = field(repr=False)

    @property
    def where(self) -> str:
        """Return host and port, for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def text(self) -> str:
        """Return the whole address, token included, to be given to whoever may come."""
        secrets = f"{_in_groups(self.fingerprint)}/{_in_groups(self.token)}"
        return f"{SCHEME}://{self.where}/{secrets}"


def parse_address(text: str) -> Address:
    """Read a pairing address, with or without its scheme; PairingError says what is wrong."""
    found = _FORM.fullmatch(text.strip()) if len(text) <= LONGEST_TEXT else None
    if found is None:
        raise PairingError(
            "This is no pairing address; it looks like "
            f"{SCHEME}://HOST:PORT/FINGERPRINT/TOKEN, as the cloud prints it at its start."
        )
    host, port = found["host"].strip("[]").lower(), int(found["port"])
    if not 0 < port < 2**16 or len(host) > LONGEST_HOST:
        raise PairingError(f"The port {port} of the pairing address is none from 1 to 65535.")
    return Address(
        host,
        port,
        _from_groups(found["fingerprint"], "fingerprint"),
        _from_groups(found["token"], "token"),
    )


def fingerprint_of(certificate: bytes) -> bytes:
    """Return what an address holds of a certificate, given as DER."""
    return hashlib.sha256(certificate).digest()[:SECRET_BYTES]


def _in_groups(secret: bytes) -> str:
    number = int.from_bytes(secret) << _CHECK_BITS | _checksum(secret)
    count = _GROUP * _GROUPS
    symbols = "".join(_SYMBOLS[number >> 5 * place & 31] for place in reversed(range(count)))
    return "-".join(symbols[place : place + _GROUP] for place in range(0, count, _GROUP))


def _from_groups(text: str, name: str) -> bytes:
    symbols = re.sub(r"[ -]", "", text).upper().translate(_ALIKE)
    if len(symbols) != _GROUP * _GROUPS:
        raise PairingError(
            f"The {name} in the pairing address has {len(symbols)} letters and digits, not "
            f"{_GROUP * _GROUPS}: compare it with what the cloud printed."
        )
    number = 0
    for symbol in symbols:
        if symbol not in _SYMBOLS:
            raise PairingError(f"The {name} in the pairing address cannot hold {symbol!r}.")
        number = number << 5 | _SYMBOLS.index(symbol)
    secret = (number >> _CHECK_BITS).to_bytes(SECRET_BYTES)
    if number & (1 << _CHECK_BITS) - 1 != _checksum(secret):
        raise PairingError(
            f"The {name} in the pairing address has a typing error: compare it with what the "
            "cloud printed."
        )
    return secret


def _checksum(secret: bytes) -> int:
    return int.from_bytes(hashlib.sha256(secret).digest()[:2]) >> 16 - _CHECK_BITS
