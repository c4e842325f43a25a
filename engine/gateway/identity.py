"""Who a cloud is: a certificate of its own and a token, made once, readable by their owner only."""

import secrets
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import platformdirs

from engine.errors import ResultsError
from engine.files import write_private
from engine.remote.address import SECRET_BYTES, Address, fingerprint_of

VALID = timedelta(days=3650)
CERTIFICATE, KEY, TOKEN = "certificate.pem", "key.pem", "token"


@dataclass(frozen=True)
class Identity:
    """The files of one cloud, in a folder of its own."""

    folder: Path

    def address(self, host: str, port: int) -> Address:
        """Return the pairing address of this cloud where it can be reached under `host`."""
        return Address(host, port, fingerprint_of(self.certificate()), self.token())

    def certificate(self) -> bytes:
        """Return the certificate, in DER."""
        return ssl.PEM_cert_to_DER_cert((self.folder / CERTIFICATE).read_text())

    def token(self) -> bytes:
        """Return what lets clients in; raise ResultsError if it was revoked or is damaged."""
        path = self.folder / TOKEN
        try:
            token = bytes.fromhex(path.read_text())
        except FileNotFoundError:
            raise ResultsError(
                "The token was revoked, so nobody could come in: make a new one with --renew-token."
            ) from None
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"The file {path} holds no token ({error}): move it away."
            ) from error
        if len(token) != SECRET_BYTES:
            raise ResultsError(f"The file {path} holds no token: move it away.")
        return token

    def current_token(self) -> bytes | None:
        """Return what lets clients in just now, None if nothing does; raise OSError."""
        try:
            token = bytes.fromhex((self.folder / TOKEN).read_text())
        except (FileNotFoundError, PermissionError, ValueError):
            return None
        return token if len(token) == SECRET_BYTES else None

    def context(self) -> ssl.SSLContext:
        """Return what TLS needs to be this cloud; SSLKEYLOGFILE is honoured."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # A ticket would reach clients in one thread while another sends its first words: OpenSSL
        # loses those now and then (measured, one in a hundred).
        context.num_tickets = 0
        context.load_cert_chain(self.folder / CERTIFICATE, self.folder / KEY)
        return context

    def renew_token(self) -> None:
        """Make another token; whoever has the old one stays out, and leaves a running cloud."""
        write_private(self.folder / TOKEN, secrets.token_bytes(SECRET_BYTES).hex().encode())

    def revoke_token(self) -> None:
        """Let nobody in any more; whoever is in leaves."""
        with suppress(FileNotFoundError):
            (self.folder / TOKEN).unlink()


def usual_folder() -> Path:
    """Return where a cloud keeps who it is unless another place is asked for."""
    return platformdirs.user_config_path("ciphersketch", appauthor=False) / "cloud"


def identity_in(folder: Path) -> Identity:
    """Return the cloud of a folder, made now if it is new; ResultsError if it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        identity = Identity(folder)
        if not (folder / CERTIFICATE).exists():
            certificate, key = _self_signed()
            write_private(folder / KEY, key)
            identity.renew_token()
            write_private(folder / CERTIFICATE, certificate)
    except OSError as error:
        raise ResultsError(
            f"The folder {folder} cannot hold the cloud's certificate ({error.strerror}): "
            "name another with --identity."
        ) from error
    return identity


def _self_signed() -> tuple[bytes, bytes]:
    # They take a while to load, and only the very first start needs them.
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CipherSketch cloud")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), secret
