"""Pictures one after the other: the next is encrypted while the cloud works on the one before.

Two threads take turns, so that the key owner and the cloud are both at work. In one shot a picture
is taken as late as it can be encrypted in time, so that it is the newest. With refreshes the cloud
computes a leg of one picture while the key owner refreshes the other.
"""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from engine.session.events import Classification
from engine.session.single import Picture, Sent, Singles

Take = Callable[[], Picture | None]
"""Returns the next picture, None if there is none."""

Give = Callable[[Classification], None]

TOGETHER = 2
EARLY = 2.0
"""A picture is taken so many times its encryption's duration before the cloud will be free."""


AGAIN_SECONDS = 0.002
"""While the cloud works, whether there is a new picture is asked again after so long."""


class Stream:
    """Classifies pictures under prepared keys until there is none left.

    `take` and `give` are called in threads of its own, one at a time; answers are given in the
    order of their pictures.
    """

    def __init__(self, singles: Singles, take: Take, give: Give) -> None:
        self._singles = singles
        self._take = take
        self._give = give
        self._ready = singles.prepared()
        self._numbers = itertools.count(1)
        self._taking = threading.Lock()
        self._giving = threading.Condition()
        self._is_over = threading.Event()
        self._given = 0
        self._cloud = _Cloud()

    def run(self) -> None:
        """Classify until nothing is left; raise what `Session.classify` raises."""
        with ThreadPoolExecutor(TOGETHER, "stream") as threads:
            for each in [threads.submit(self._classify) for _ in range(TOGETHER)]:
                each.result()

    def _classify(self) -> None:
        try:
            while (begun := self._begin()) is not None:
                number, sent = begun
                result, seconds = self._singles.travel(sent)
                self._cloud.end(seconds)
                self._give_in_turn(number, self._singles.finish(sent, result, seconds))
        finally:
            with self._giving:
                self._is_over.set()
                self._giving.notify_all()

    def _give_in_turn(self, number: int, answer: Classification) -> None:
        """Give an answer after that of the picture before, unless that one failed."""
        with self._giving:
            self._giving.wait_for(lambda: self._given == number - 1 or self._is_over.is_set())
            if self._given == number - 1:
                self._given = number
                self._give(answer)
                self._giving.notify_all()

    def _begin(self) -> tuple[int, Sent] | None:
        """Take a picture when the cloud will soon be free, and encrypt it."""
        with self._taking:
            picture = self._take_in_time()
            if picture is None:
                return None
            begin = time.perf_counter()
            sent = self._singles.begin(picture, self._ready)
            self._cloud.begin(time.perf_counter() - begin)
            return next(self._numbers), sent

    def _take_in_time(self) -> Picture | None:
        """Return the next picture; None if there is none when nothing is under way any more."""
        waits = self._ready.settings.protocol == "one-shot"
        while not self._is_over.wait(self._cloud.seconds_until_needed() if waits else 0):
            is_working = self._cloud.is_working
            if (picture := self._take()) is not None or not is_working:
                return picture
            self._is_over.wait(AGAIN_SECONDS)
        return None


class _Cloud:
    """When the cloud will be free, expected from how long the picture before took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures = 0
        self._free_at = 0.0
        self._encrypting = 0.0
        self._seconds = 0.0

    @property
    def is_working(self) -> bool:
        """Tell whether a picture is under way."""
        return self._pictures > 0

    def seconds_until_needed(self) -> float:
        """Return in how long a picture must be taken so that the cloud need not wait for it."""
        return max(0.0, self._free_at - EARLY * self._encrypting - time.perf_counter())

    def begin(self, encrypting: float) -> None:
        """Note that a picture was encrypted, in so many seconds, and is sent."""
        with self._lock:
            if not self._pictures:
                self._free_at = time.perf_counter() + self._seconds
            self._pictures += 1
            self._encrypting = encrypting

    def end(self, seconds: float) -> None:
        """Note that the cloud has computed a result for so long; it goes on with what waits."""
        with self._lock:
            self._pictures -= 1
            self._seconds = seconds
            self._free_at = time.perf_counter() + (seconds if self._pictures else 0.0)
