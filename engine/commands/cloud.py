"""`python -m engine cloud`, or `ciphersketch-cloud`: a cloud for other machines."""

import argparse
import asyncio
import errno
import logging
import signal
import socket
import ssl
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import segno

from engine.commands.arguments import positive, within
from engine.errors import CipherSketchError, ModelError, ResultsError
from engine.gateway.identity import Identity, identity_in, usual_folder
from engine.gateway.limits import LEAST_MEMORY, Limits
from engine.gateway.offer import Offer
from engine.gateway.server import Gateway
from engine.resources import offered_names

HELP = "be the cloud for other machines: prints the address that lets them in"
PORT = 8765
DIAL_SECONDS = 5.0
PORT_ERRORS = (errno.EADDRINUSE, errno.EACCES)
EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is meant to be reached from other machines


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    offer, limits = Offer(), Limits()
    parser.add_argument(
        "--host", default=EVERYWHERE, help="listen at this address only (default: every one)"
    )
    parser.add_argument(
        "--port",
        type=within(0, 2**16 - 1),
        default=PORT,
        help=f"default {PORT}; 0: any free one",
    )
    parser.add_argument(
        "--public-host", metavar="HOST", help="how others reach this machine (default: found out)"
    )
    parser.add_argument("--models", nargs="+", metavar="MODEL", help="offer only these")
    parser.add_argument(
        "--secret",
        nargs="+",
        default=(),
        metavar="MODEL",
        help="let nobody look into these: no teaching runs, no refreshes",
    )
    parser.add_argument(
        "--clients", type=positive, default=offer.clients, help=f"at once (default {offer.clients})"
    )
    parser.add_argument(
        "--memory",
        type=within(LEAST_MEMORY >> 20),
        default=limits.memory >> 20,
        metavar="MB",
        help=f"of each client's worker (default {limits.memory >> 20})",
    )
    parser.add_argument(
        "--processor-seconds",
        type=within(1),
        default=limits.processor_seconds,
        metavar="SECONDS",
        help=f"of each client's worker, in its whole life (default {limits.processor_seconds})",
    )
    parser.add_argument(
        "--seconds",
        type=positive,
        default=int(offer.seconds),
        help=f"for one request (default {offer.seconds:.0f})",
    )
    parser.add_argument(
        "--idle",
        type=positive,
        default=int(offer.idle),
        metavar="SECONDS",
        help=f"keep the keys of a client that asks nothing (default {offer.idle:.0f})",
    )
    parser.add_argument(
        "--patience",
        type=positive,
        default=int(offer.patience),
        metavar="SECONDS",
        help=f"keep the worker of a client whose line was cut (default {offer.patience:.0f})",
    )
    parser.add_argument(
        "--identity", type=Path, metavar="DIR", help="where certificate and token are kept"
    )
    token = parser.add_mutually_exclusive_group()
    token.add_argument("--renew-token", action="store_true", help="let only the new address in")
    token.add_argument("--revoke-token", action="store_true", help="let nobody in, and end")


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    if sys.platform != "linux":
        raise ResultsError(
            "A cloud for other machines needs Linux, whose limits keep its workers apart; "
            f"this is {sys.platform}."
        )
    _check_secret(options.secret, options.models)
    identity = identity_in(options.identity or usual_folder())
    if options.revoke_token:
        identity.revoke_token()
        print(
            f"The token in {identity.folder} is revoked: nobody comes in until --renew-token, and "
            "whoever is in leaves."
        )
        return 0
    if options.renew_token:
        identity.renew_token()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # it would log hostile bytes
    offer = Offer(
        models=options.models,
        secret=tuple(options.secret),
        clients=options.clients,
        limits=Limits(options.memory << 20, options.processor_seconds),
        seconds=options.seconds,
        patience=options.patience,
        idle=options.idle,
    )
    asyncio.run(_serve(identity, offer, options))
    return 0


def _check_secret(secret: Sequence[str], models: Sequence[str] | None) -> None:
    offered = offered_names(models)
    for name in secret:
        if name not in offered:
            raise ModelError(
                f"--secret names {name!r}, which this cloud does not offer; it offers: "
                f"{', '.join(offered) or 'none'}."
            )


async def _serve(identity: Identity, offer: Offer, options: argparse.Namespace) -> None:
    gateway, stopped = Gateway(identity, offer), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        port = await gateway.start(options.host, options.port)
    except OSError as error:
        await gateway.stop()
        if options.renew_token and _is_running(identity, options.host, options.port):
            print(
                f"The cloud at port {options.port} lets in this address only, from now on.",
                file=sys.stderr,
            )
            _announce(_address(identity, options, options.port))
            return
        other = "--port" if error.errno in PORT_ERRORS else "--host"
        raise ResultsError(
            f"The cloud cannot listen at {options.host}:{options.port} "
            f"({error.strerror or error}): choose another {other}."
        ) from error
    _announce(_address(identity, options, port))
    try:
        await stopped.wait()
    finally:
        await gateway.stop()


def _is_running(identity: Identity, host: str, port: int) -> bool:
    """Tell whether who listens there is this very cloud."""
    with suppress(OSError):
        found = ssl.get_server_certificate((host, port), timeout=DIAL_SECONDS)
        return ssl.PEM_cert_to_DER_cert(found) == identity.certificate()
    return False


def _address(identity: Identity, options: argparse.Namespace, port: int) -> str:
    return identity.address(options.public_host or _own_host(options.host), port).text


def _announce(address: str) -> None:
    print(address, flush=True)
    if sys.stdout.isatty():
        segno.make(address.upper(), error="l").terminal(compact=True)


def _own_host(host: str) -> str:
    """Return the address under which others reach this machine, as far as it can tell."""
    if host not in (EVERYWHERE, "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def main(arguments: Sequence[str] | None = None, program: str = "ciphersketch-cloud") -> int:
    """Be `program`, as a person calls it."""
    parser = argparse.ArgumentParser(prog=program, description=HELP)
    add_options(parser)
    try:
        return run(parser.parse_args(arguments))
    except CipherSketchError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
