"""The gateway's side of its workers: some are always ready, each is one client's and then killed.

A worker is a pair of descriptors: the socket of its messages, and a handle by which it is killed
whatever has become of its process id.
"""

import asyncio
import dataclasses
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from engine import errors
from engine.errors import MessageError, ProcessLostError
from engine.gateway.limits import Limits
from engine.gateway.store import CHUNK_BYTES, Blob
from engine.messages.framing import (
    LAST_KINDS,
    PREFIX_BYTES,
    pack_header,
    parse_header,
    parse_prefix,
)

READY_SECONDS = 30.0
PAUSE_SECONDS = 1.0
BY_ITSELF = "ended, killed or beyond its time"


class Worker:
    """One process that answers one client."""

    def __init__(self, pid: int, messages: socket.socket, handle: int) -> None:
        self.pid = pid
        self._socket = messages
        self._handle = handle
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.why = BY_ITSELF

    async def open(self) -> None:
        """Make its socket ready for messages."""
        self._reader, self._writer = await asyncio.open_unix_connection(sock=self._socket)

    @property
    def is_stopped(self) -> bool:
        """Tell whether a signal stopped it (proc(5), the state)."""
        try:
            status = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return False
        return status.rpartition(")")[2].split()[0] in "tT"

    @property
    def resident_bytes(self) -> int:
        """Return how much memory it has."""
        try:
            fields = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()
        except OSError:
            return 0
        return int(fields[1]) * resource.getpagesize()

    def kill(self, why: str = BY_ITSELF) -> None:
        """End it at once; twice is as good. `why` is for its client."""
        if self._handle >= 0:
            self.why = why
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = -1
            if self._writer is not None:
                self._writer.transport.abort()
            else:
                self._socket.close()

    async def ask(self, kind: str, fields: msgspec.Raw, blobs: Sequence[Blob]) -> None:
        """Hand it a message; ProcessLostError if it is gone."""
        assert self._writer is not None
        try:
            header = {"kind": kind, "fields": fields, "blobs": [blob.size for blob in blobs]}
            self._writer.write(pack_header(msgspec.json.encode(header)))
            for blob in blobs:
                for chunk in blob.chunks():
                    self._writer.write(chunk)
                    await self._writer.drain()
            await self._writer.drain()
        except OSError as error:
            raise self._lost() from error

    async def answers(self) -> AsyncIterator[tuple[str, msgspec.Raw, tuple[Blob, ...]]]:
        """Yield its answers, the last one of kind `end` or `error`; ProcessLostError if it ends."""
        kind = ""
        while kind not in LAST_KINDS:
            kind, fields, blobs = await self._answer()
            yield kind, fields, blobs

    async def _answer(self) -> tuple[str, msgspec.Raw, tuple[Blob, ...]]:
        assert self._reader is not None
        try:
            prefix = await self._reader.readexactly(PREFIX_BYTES)
            kind, fields, sizes = parse_header(await self._reader.readexactly(parse_prefix(prefix)))
            blobs = tuple([await self._blob(size) for size in sizes])
        except (OSError, EOFError, MessageError) as error:
            raise self._lost() from error
        return kind, msgspec.Raw(json.dumps(fields).encode()), blobs

    def _lost(self) -> ProcessLostError:
        return ProcessLostError(f"The cloud's worker {self.why}; the next run gets a new one.")

    async def _blob(self, size: int) -> Blob:
        assert self._reader is not None
        blob = Blob()
        while blob.size < size:
            data = await self._reader.read(min(CHUNK_BYTES, size - blob.size))
            if not data:
                raise EOFError
            blob.append(data)
        return blob


class Workers:
    """Workers that are ready, `spare` of them or nearly so; `close` ends all that nobody took."""

    def __init__(
        self, models: Sequence[str] | None, secret: Sequence[str], limits: Limits, spare: int
    ) -> None:
        wishes = {"models": models, "secret": secret, "limits": dataclasses.asdict(limits)}
        self._wishes = json.dumps(wishes)
        self._spare = spare
        self._ready: asyncio.Queue[Worker] = asyncio.Queue()
        self._coming = self._waiting = 0
        self._nursery: asyncio.subprocess.Process | None = None
        self._socket: socket.socket | None = None
        self._replacing: asyncio.Task[None] | None = None
        self._is_closed = False

    async def start(self) -> None:
        """Start the process that workers come from, and have some ready.

        Should it end, another one takes its place. Raises OSError.
        """
        ours, theirs = socket.socketpair()
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        with theirs, ExitStack() as otherwise:
            otherwise.callback(ours.close)
            self._nursery = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "engine.gateway.nursery",
                self._wishes,
                stdin=theirs.fileno(),
                cwd=Path(errors.__file__).parents[1],
                env=os.environ | one_thread,  # a process of several threads cannot be forked
            )
            otherwise.pop_all()
        ours.setblocking(False)
        self._socket = ours
        asyncio.get_running_loop().add_reader(ours, self._receive)
        self._coming = 0
        self._order()

    async def take(self) -> Worker:
        """Return a worker that nobody has; ProcessLostError if none comes."""
        self._waiting += 1
        self._order()
        try:
            async with asyncio.timeout(READY_SECONDS):
                worker = await self._ready.get()
        except TimeoutError as error:
            raise ProcessLostError("The cloud has no worker ready; try again.") from error
        finally:
            self._waiting -= 1
        with ExitStack() as otherwise:
            otherwise.callback(worker.kill)
            await worker.open()
            otherwise.pop_all()
        return worker

    async def close(self) -> None:
        """End the workers that wait, and the process that they come from."""
        self._is_closed = True
        if self._replacing is not None:
            self._replacing.cancel()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
        self._end_waiting()
        if self._nursery is not None:
            await self._nursery.wait()

    def _end_waiting(self) -> None:
        while not self._ready.empty():
            self._ready.get_nowait().kill()

    def _order(self) -> None:
        """Let as many come as are waited for and to spare, besides those that are ready."""
        while self._socket is not None and (
            self._ready.qsize() + self._coming < self._spare + self._waiting
        ):
            try:
                self._socket.send(b"+")
            except OSError:
                return  # its end will be noticed
            self._coming += 1

    def _receive(self) -> None:
        assert self._socket is not None
        data, descriptors, _, _ = socket.recv_fds(self._socket, 4, 2)
        self._coming -= bool(data)
        if len(descriptors) == 2:
            messages = socket.socket(fileno=descriptors[0])
            messages.setblocking(False)
            self._ready.put_nowait(Worker(int.from_bytes(data), messages, descriptors[1]))
            return
        for each in descriptors:
            os.close(each)
        loop = asyncio.get_running_loop()
        if data:  # this process had no descriptor free: the worker ends, another comes later
            loop.call_later(PAUSE_SECONDS, self._order)
            return
        loop.remove_reader(self._socket)
        self._socket.close()
        self._socket = None
        self._end_waiting()
        self._replacing = asyncio.create_task(self._replace())

    async def _replace(self) -> None:
        if self._nursery is not None:
            await self._nursery.wait()
        while not self._is_closed:
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                await self.start()
            except OSError:
                continue  # this machine has too little of something just now
            return
