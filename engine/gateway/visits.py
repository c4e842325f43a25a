"""Everybody's visits: found again by their names, ended when it is time."""

import asyncio
import logging
import time
from contextlib import suppress

from websockets.exceptions import ConnectionClosed

from engine.errors import MessageError
from engine.gateway.offer import Offer
from engine.gateway.store import Store
from engine.gateway.turns import Turns
from engine.gateway.visit import HangUp, Send, Visit
from engine.gateway.workers import Workers
from engine.remote.frames import Bye

LOG = logging.getLogger("ciphersketch.cloud")
CLOSE_SECONDS = 1.0


class Visits:
    """As many at once as `offer` says; their workers come from `workers`."""

    def __init__(self, offer: Offer, workers: Workers) -> None:
        self._offer = offer
        self._workers = workers
        self._turns = Turns()
        self._visits: dict[str, Visit] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def __contains__(self, visit: Visit) -> bool:
        """Tell whether a visit goes on."""
        return visit.name in self._visits

    def named(self, name: str | None) -> Visit:
        """Return the visit of that name, or a new one; MessageError if there is no room for it."""
        visit = self._visits.get(name or "")
        if visit is None:
            if len(self._visits) >= self._offer.clients:
                self._make_room()
            store = Store(self._offer.stored)
            visit = Visit(self._workers, self._turns, store, self._offer.seconds)
            self._visits[visit.name] = visit
        return visit

    def end(self, visit: Visit, why: str = "", reason: str = "") -> None:
        """Throw a visit away; the log says `why`, and its client hears the `reason`."""
        if why:
            LOG.info("left %s: %s", visit.name[:6], why)
        visit.end()
        self._visits.pop(visit.name, None)
        self.hang_up(visit, reason)

    def end_all(self, why: str, reason: str) -> None:
        """Throw every visit away."""
        for visit in tuple(self._visits.values()):
            self.end(visit, why, reason)

    def hang_up(self, visit: Visit, reason: str = "") -> None:
        """Close the connection of a visit, if there is one."""
        if visit.hang_up is not None:
            task = asyncio.create_task(_part(visit.send, visit.hang_up, reason))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def close(self) -> None:
        """Throw away what visits have; their connections are closed already."""
        for visit in self._visits.values():
            visit.end()

    async def tidy(self) -> None:
        """Look after workers that take too much and clients that ask nothing or do not come."""
        now = time.monotonic()
        for visit in tuple(self._visits.values()):
            visit.watch(self._offer.limits.memory)
            unused = now - visit.used
            if visit.is_idle and unused > self._offer.idle:
                self.end(visit, f"asked nothing for {self._offer.idle:.0f} s")
            elif visit.send is None and unused > self._offer.patience:
                await visit.rest()

    def _make_room(self) -> None:
        away = [visit for visit in self._visits.values() if visit.send is None]
        if not away:
            raise MessageError(
                f"This cloud serves {self._offer.clients} clients at once, and all are there; "
                "try again later."
            )
        self.end(min(away, key=lambda visit: visit.used), "made room for another")


async def _part(send: Send | None, hang_up: HangUp, reason: str) -> None:
    """Close a connection; say why first, if whoever is there has to know."""
    if send is not None and reason:
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await send(Bye(reason))
    await hang_up()
