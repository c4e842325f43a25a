"""Notices that the engine has fallen silent: a process that hangs says nothing, for ever."""

from PySide6.QtCore import QObject, QTimer, Slot

from app.link.worker import EngineLink
from app.state.everything import AppState
from engine.planning.forecast import Forecast
from engine.remote.state import CloudState

TIMES = 4
LEAST_SECONDS, UNKNOWN_SECONDS = 5.0, 30.0


class Patience(QObject):
    """Sets `state.run.is_silent` once nothing has come of a request for long, and takes it back.

    Long is a few times what the whole run or the keys should take, and never less than seconds.
    """

    def __init__(self, state: AppState, link: EngineLink) -> None:
        super().__init__(link)
        self._state = state
        self._link = link
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(lambda: state.run.set_silent(True))
        self._is_away = False  # while a cloud is tried to be reached, its link knows the limit
        link.stirred.connect(self._wait)
        link.cloud_changed.connect(self._follow_cloud)

    @property
    def limit(self) -> float:
        """Return after how many seconds of silence something must be wrong."""
        forecast = self._state.chosen.forecast
        if not isinstance(forecast, Forecast):
            return UNKNOWN_SECONDS
        expected = (forecast.key_seconds, self._state.expected_seconds)
        known = [seconds for seconds in expected if seconds is not None]
        if self._state.cloud.where:  # what was expected is of this computer, and without a network
            known.append(UNKNOWN_SECONDS / TIMES)
        return max(LEAST_SECONDS, TIMES * max(known)) if known else UNKNOWN_SECONDS

    @Slot(object)
    def _follow_cloud(self, connection: CloudState) -> None:
        self._is_away = connection.phase in ("connecting", "reconnecting", "lost")
        self._wait()

    @Slot()
    def _wait(self) -> None:
        self._state.run.set_silent(False)
        if self._link.is_waiting and not self._is_away:
            self._timer.start(round(1000 * self.limit))
        else:
            self._timer.stop()
