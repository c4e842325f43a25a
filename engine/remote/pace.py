"""How much may be on its way at once: enough to fill the line, with a cancel not far behind.

Every piece is acknowledged. As long as that takes a short while, more may be on the way; where it
takes longer, bytes only wait somewhere in between, and less will do.
"""

import time
from collections import deque
from collections.abc import Callable

from engine.remote.frames import PIECE_BYTES

LEAST_BYTES, MOST_BYTES = 2 * PIECE_BYTES, 1 << 23
WAITING_SECONDS = 0.15
"""An acknowledgement may take so much longer than the quickest one did."""


class Pace:
    """Pieces on their way, `bytes` in all; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pieces: deque[tuple[int, float]] = deque()
        self._quickest = float("inf")
        self.most = 4 * PIECE_BYTES
        self.bytes = 0

    @property
    def is_full(self) -> bool:
        """Tell whether an acknowledgement is to be waited for before the next piece goes."""
        return self.bytes >= self.most

    def sent(self, size: int) -> None:
        """Count a piece that goes."""
        self._pieces.append((size, self._clock()))
        self.bytes += size

    def acknowledged(self) -> None:
        """Count that the oldest piece arrived; nothing for one from before a cut."""
        if not self._pieces:
            return
        size, begin = self._pieces.popleft()
        took = self._clock() - begin
        self._quickest = min(self._quickest, took)
        self.bytes -= size
        step = PIECE_BYTES if took < self._quickest + WAITING_SECONDS else -PIECE_BYTES
        self.most = min(max(self.most + step, LEAST_BYTES), MOST_BYTES)
