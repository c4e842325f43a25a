"""Who may come in: whoever has the token.

Wrong ones are counted by address, so that somebody who tries does not fill the log; a right one is
let in whatever came before it.
"""

import hmac
import time
from collections import deque
from collections.abc import Callable

REMEMBERED_SECONDS = 60.0
MOST_WRONG = 20
"""So many wrong tokens of one address in that time are answered one by one."""
MOST_ADDRESSES = 10_000


class Doors:
    """Knows the token, and who failed of late; `clock` gives seconds."""

    def __init__(self, token: bytes, clock: Callable[[], float] = time.monotonic) -> None:
        self._expected: bytes | None = None
        self.change(token)
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def change(self, token: bytes | None) -> bool:
        """Open for this token only, or for nobody; tell whether it is another than before."""
        before = self._expected
        self._expected = None if token is None else f"Bearer {token.hex()}".encode()
        return self._expected != before

    def opens_for(self, said: str) -> bool:
        """Tell whether what a client said is the token; it takes the same time for any other."""
        return self._expected is not None and hmac.compare_digest(said.encode(), self._expected)

    def is_trying(self, host: str) -> bool:
        """Count a wrong token of an address; tell whether there have been too many."""
        now = self._clock()
        failed = self._failed.setdefault(host, deque(maxlen=MOST_WRONG + 1))
        failed.append(now)
        while failed[0] < now - REMEMBERED_SECONDS:
            failed.popleft()
        if len(self._failed) > MOST_ADDRESSES:
            del self._failed[next(iter(self._failed))]
        return len(failed) > MOST_WRONG
