"""One client's session in the gateway: its asks in their order, one worker, and what it answered.

It outlives a connection that is cut: what was asked goes on, and whoever comes back with the
session's name gets the answers from where it stopped reading.
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed

from engine.errors import CipherSketchError, MessageError, ProcessLostError
from engine.gateway.answers import Answers
from engine.gateway.store import Blob, Store
from engine.gateway.turns import Turns
from engine.gateway.workers import Worker, Workers
from engine.remote.frames import (
    KEPT_KINDS,
    Ask,
    BlobName,
    Frame,
    Got,
    Missing,
    Piece,
    Renew,
)

LOG = logging.getLogger("ciphersketch.cloud")
MOST_WAITING = 64
"""Asks that a client may send before the first is answered."""
BIRTH_SECONDS = 0.1
"""A client's workers do not follow one another faster."""

Send = Callable[[Frame | Piece], Awaitable[None]]
HangUp = Callable[[], Coroutine[Any, Any, None]]


class Visit:
    """A client's session; `send` and `hang_up` are its connection's, None while there is none.

    The `answers` stay until they are read.
    """

    def __init__(self, workers: Workers, turns: Turns, store: Store, seconds: float) -> None:
        self.name = secrets.token_hex(16)
        self.asked = 0
        self.used = time.monotonic()
        self.store = store
        self.answers = Answers()
        self._workers = workers
        self._turns = turns
        self._seconds = seconds
        self._generation = 0
        self._worker: Worker | None = None
        self._is_lost = False
        self._born = 0.0
        self._asks: deque[Ask] = deque()
        self._running: asyncio.Task[None] | None = None
        self._arrived = asyncio.Condition()
        self.send: Send | None = None
        self.hang_up: HangUp | None = None

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is asked."""
        return self._running is None and not self._asks

    def generation(self) -> int:
        """Return the number of the worker that asks are for: the next one, if it was lost."""
        if self._is_lost:
            self._generation, self._is_lost = self._generation + 1, False
        return self._generation

    async def take(self, frame: Frame | Piece) -> None:
        """Take a frame of the client; MessageError if it is none that may come."""
        self.used = time.monotonic()
        match frame:
            case Piece():
                held = self.store.take(frame)
                await self._send(Got(frame.digest, held))
                async with self._arrived:
                    self._arrived.notify_all()
            case Ask():
                await self._take_ask(frame)
            case Renew():
                self._renew(frame.worker)
            case _:
                raise MessageError("A frame came that only the other side sends.")

    def end(self) -> None:
        """Throw everything away, the worker first."""
        self._drop_worker()
        self._asks.clear()
        self.answers.clear()

    def watch(self, memory: int) -> None:
        """Kill a worker that somebody stopped, or that has more than `memory` bytes."""
        if self._worker is None or self.is_idle:
            return
        if self._worker.is_stopped:
            self._worker.kill("was stopped")
        elif self._worker.resident_bytes > memory:
            self._worker.kill(f"took more than its {memory >> 20} MB, where a smaller N takes less")

    async def rest(self) -> None:
        """Give the worker back; the keys stay. Whoever comes back hears what became of its asks."""
        self._drop_worker()
        self._is_lost = True
        asks, self._asks = self._asks, deque()
        for ask in asks:
            self._forget(ask)
            await self.answers.refuse(ask.number, _new_worker())

    async def say_what_is_missing(self) -> None:
        """Ask again, after a cut, for the bytes that the ask under way waits for."""
        for blob in self._lacking:
            await self._send(Missing(blob.digest, self.store.held(blob.digest)))

    # -- asks

    async def _take_ask(self, ask: Ask) -> None:
        if ask.number <= self.asked:
            return  # sent again after a cut
        if ask.number != self.asked + 1 or len(self._asks) >= MOST_WAITING:
            raise MessageError(f"Ask {ask.number} came where {self.asked + 1} was due.")
        self.asked = ask.number
        self.answers.forget(ask.ended)
        self._renew(ask.worker)
        self._asks.append(ask)
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    def _renew(self, generation: int) -> None:
        if generation > self._generation:
            self._drop_worker()
            self._generation, self._is_lost = generation, False
            self._asks.clear()
            self.answers.clear()

    def _drop_worker(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    async def _run(self) -> None:
        while self._asks:
            ask = self._asks[0]
            try:
                async for answer in self._answered(ask):
                    await self.answers.add(ask.number, *answer)
            except CipherSketchError as error:
                await self.answers.refuse(ask.number, error)
            self._forget(ask)
            self._asks.popleft()
        self._running = None
        self.used = time.monotonic()

    def _forget(self, ask: Ask) -> None:
        if ask.kind not in KEPT_KINDS:
            for blob in ask.blobs:
                self.store.drop(blob.digest)

    async def _answered(self, ask: Ask) -> AsyncIterator[tuple[str, msgspec.Raw, tuple[Blob, ...]]]:
        self.answers.check_room()
        await self._complete(ask)
        blobs = [self.store.blob(blob.digest, blob.size) for blob in ask.blobs]
        if self._is_lost or ask.worker < self._generation:
            raise _new_worker()
        if self._worker is None:
            await asyncio.sleep(self._born + BIRTH_SECONDS - time.monotonic())
            self._worker, self._born = await self._workers.take(), time.monotonic()
        try:
            async with self._turns.taken(), asyncio.timeout(self._seconds):
                await self._worker.ask(ask.kind, ask.fields, blobs)
                async for answer in self._worker.answers():
                    yield answer
        except TimeoutError as error:
            raise self._lose(
                ProcessLostError(
                    f"The cloud's worker took longer than the {self._seconds:.0f} s that one "
                    "request may take; the next run gets a new one."
                )
            ) from error
        except ProcessLostError as error:
            raise self._lose(error) from error

    def _lose(self, error: ProcessLostError) -> ProcessLostError:
        if self._worker is not None:
            self._worker.kill()
        self._worker, self._is_lost = None, True
        LOG.warning("lost the worker of %s: %s", self.name[:6], error)
        return error

    async def _complete(self, ask: Ask) -> None:
        """Wait for all bytes that an ask needs."""
        self.store.check(sum(blob.size for blob in ask.blobs))
        await self.say_what_is_missing()
        async with self._arrived:
            await self._arrived.wait_for(lambda: not self._lacking)

    @property
    def _lacking(self) -> tuple[BlobName, ...]:
        """Return the blobs that the ask under way needs and that are not whole."""
        needed = self._asks[0].blobs if self._asks else ()
        return tuple(blob for blob in needed if self.store.held(blob.digest) < blob.size)

    async def _send(self, frame: Frame) -> None:
        if self.send is not None:
            with suppress(OSError, ConnectionClosed):
                await self.send(frame)


def _new_worker() -> ProcessLostError:
    return ProcessLostError("The cloud's worker is a new one; the next run goes on with it.")
