"""What a person does with clouds: pair with one, choose another, forget one; and who tries again.

A cloud is taken into use only once it is connected, so that nothing is lost to one that does not
answer. One that stops answering is tried again by itself, and then the run that it cut short.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Slot

from app.journey.runs import Runs
from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from app.link.requests import Connect
from app.state.everything import AppState
from app.state.records import Tone
from engine.errors import CancelledError, PairingError
from engine.remote.address import Address, parse_address
from engine.remote.remembered import forget, remember, remembered
from engine.remote.state import CloudState

LOOK_MS = 500
"""How often the connection is looked at: its round trip, and whether it is still there."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a lost connection is tried again: twice as many each time."""


@dataclass(frozen=True)
class CloudStore:
    """Where addresses are kept; all of it may block, or ask the person for the keyring."""

    read: Callable[[], tuple[Address, ...]] = remembered
    add: Callable[[Address], None] = remember
    remove: Callable[[str], None] = forget


class Clouds(QObject):
    """Keeps `state.cloud` in step with what a person chose and with what the connection does.

    Attribute `last_where`: the cloud elsewhere that was used last, also at an earlier time; empty
    for this computer.
    """

    def __init__(
        self,
        state: AppState,
        runs: Runs,
        report: Callable[[Exception], None],
        store: CloudStore | None = None,
    ) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self._report = report
        self._store = store or CloudStore()
        self._background = Background(self)  # its own: a keyring may wait for its owner
        self.last_where = ""
        self._is_trying = False
        self._pause = FIRST_PAUSE
        self._changes = itertools.count()
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_at_connection)
        runs.link.cloud_changed.connect(self._take_connection)

    def start(self) -> None:
        """Read the remembered addresses, and use the one of last time, if it is one of them."""
        self._state.cloud.set_wanted(self.last_where)
        self._keep(lambda: None, self._use_last)

    def pair(self, text: str) -> None:
        """Use the cloud of a pairing address that was typed or pasted."""
        try:
            address = parse_address(text)
        except PairingError as error:
            self._state.cloud.say(str(error), Tone.ERROR)
            return
        self.use(address)

    def use(self, address: Address | None) -> None:
        """Use a cloud elsewhere, or with None this computer; what runs now is cancelled."""
        cloud = self._state.cloud
        cloud.say("")
        self._runs.leave()
        cloud.set_wanted("" if address is None else address.where)
        self._runs.link.use_cloud(
            address, lambda connection: self._begin(address, connection), self._refuse
        )

    def use_remembered(self, where: str) -> bool:
        """Use a remembered cloud; return whether it is one."""
        for address in self._state.cloud.remembered:
            if address.where == where:
                self.use(address)
                return True
        return False

    def forget(self, where: str) -> None:
        """Remember a cloud no longer; one that is in use stays in use."""
        self._keep(lambda: self._store.remove(where))

    def stop_connecting(self) -> None:
        """Stop trying to reach another cloud; the one before stays in use."""
        if self._state.cloud.wanted:
            self._runs.link.cancel()

    def close(self) -> None:
        """End the thread of the store."""
        self._look.stop()
        self._background.close()

    # --- using

    def _use_last(self) -> None:
        self._state.cloud.set_wanted("")
        if not self.use_remembered(self.last_where):
            self._runs.make_keys()

    def _begin(self, address: Address | None, connection: CloudState | None) -> None:
        self._pause = FIRST_PAUSE
        self.last_where = "" if address is None else address.where
        self._state.cloud.use(address, connection)
        self._runs.begin_anew()
        if address is None:
            self._look.stop()
        else:
            self._look.start()
            self._keep(lambda: self._store.add(address))

    def _refuse(self, error: Exception) -> None:
        self._state.cloud.set_wanted("")
        if isinstance(error, CancelledError):
            self._state.cloud.say("Stopped. Nothing was sent.")
        else:
            self._complain(error)
        self._runs.make_keys()

    def _complain(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self._state.cloud.say(sentence_of(error), Tone.ERROR)

    def _keep(self, change: Callable[[], None], then: Callable[[], None] = lambda: None) -> None:
        """Change what is remembered, and show it as it is then."""

        def work() -> tuple[Address, ...]:
            change()
            return self._store.read()

        def show(addresses: tuple[Address, ...]) -> None:
            self._state.cloud.set_remembered(addresses)
            then()

        def fail(error: Exception) -> None:
            self._complain(error)
            then()

        name = f"change {next(self._changes)}"  # each counts: none overtakes another
        self._background.run(name, work, show, fail)

    # --- trying again

    @Slot(object)
    def _take_connection(self, connection: CloudState) -> None:
        self._state.cloud.set_connection(connection)
        if connection.phase == "connected" and not self._look.isActive():
            self._look.start()

    def _look_at_connection(self) -> None:
        cloud = self._state.cloud
        cloud.set_connection(self._runs.link.cloud_state)
        if not cloud.is_lost or self._is_trying or cloud.wanted or self._runs.link.is_waiting:
            return
        left = self._pause if cloud.retry_seconds is None else cloud.retry_seconds
        left -= LOOK_MS / 1000
        cloud.set_retry(left)
        if left <= 0:
            self.try_again()

    def try_again(self) -> None:
        """Try now to reach the cloud that was lost."""
        self._is_trying = True
        self._runs.link.submit(Connect(), self._return, self._stay_lost)

    def _return(self, connection: CloudState | None) -> None:
        self._is_trying, self._pause = False, FIRST_PAUSE
        self._state.cloud.set_retry(None)
        self._state.cloud.set_connection(connection)
        self._runs.resume()

    def _stay_lost(self, error: Exception) -> None:
        self._is_trying = False
        cloud = self._state.cloud
        if isinstance(error, PairingError):
            self._look.stop()
            cloud.set_retry(None)
            self._complain(error)
        else:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            cloud.set_retry(self._pause)
