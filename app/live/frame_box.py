"""Where the newest frame of a live drawing waits until the engine has time for it."""

import threading
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.state.drawing import Picture
from engine.session.events import Classification


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture (28, 28) to answer; `sampled_at` is None where no pen drew it just now."""

    picture: Picture
    sampled_at: float | None


class FrameBox(QObject):
    """Holds one frame; those that the engine took are with it until it gives their answers.

    `take` and `give` are called in the engine's threads, all else in the main thread. While the
    box is not open the engine finds nothing in it. Signal: `answered(Frame, Classification)`.
    """

    answered = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: Frame | None = None
        self._taken: deque[Frame] = deque()
        self.is_open = False

    @property
    def is_empty(self) -> bool:
        """Tell whether no frame waits."""
        return self._waiting is None

    @property
    def newest(self) -> Frame | None:
        """Return the newest frame that waits or is with the engine."""
        with self._lock:
            return self._waiting or (self._taken[-1] if self._taken else None)

    def put(self, frame: Frame | None) -> bool:
        """Let a frame wait, or none; tell whether another one waited, which is gone."""
        with self._lock:
            before, self._waiting = self._waiting, frame
        return before is not None

    def take(self) -> Picture | None:
        """Return the picture that waits, if there is one and it may be taken."""
        with self._lock:
            if self._waiting is None or not self.is_open:
                return None
            frame, self._waiting = self._waiting, None
            self._taken.append(frame)
        return frame.picture

    def give(self, result: Classification) -> None:
        """Report the answer to the picture that was taken first."""
        with self._lock:
            frame = self._taken.popleft()
        self.answered.emit(frame, result)

    def forget_taken(self) -> Frame | None:
        """Return the newest frame that will get no answer, since the engine failed."""
        with self._lock:
            newest = self._taken[-1] if self._taken else None
            self._taken.clear()
        return newest
