"""A person's session: one process with the key, one cloud process without, one journey.

A Session relays messages between the two and reports every step as an event. Its methods block;
call them from one thread. `cancel` and `close` may be called from any thread at any time.
"""

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from engine.circuits.expected.calibration import costs_from_json, costs_path, save_costs
from engine.ckks.parameters import Settings
from engine.errors import CancelledError, InternalError, MessageError, ProcessLostError
from engine.inside.looks import TeachingRun
from engine.messages.framing import Message
from engine.messages.log import MessageLogged, OnMessage
from engine.messages.to_cloud import Calibrate
from engine.parties.link import Link
from engine.parties.peer import Peer
from engine.parties.processes import Asked, Processes
from engine.planning.outline import Outline
from engine.playground.program import Program
from engine.remote.address import Address
from engine.remote.link import CloudLink
from engine.remote.recording import Recorder
from engine.remote.state import CloudState
from engine.session.batch import Batches, Pictures
from engine.session.events import BatchResult, Classification, Encrypted, Event, KeysReady
from engine.session.inspection import Coefficients
from engine.session.models import CloudModels
from engine.session.pace import keep_pace
from engine.session.proofs import CloudAttempt, Proofs
from engine.session.single import Picture, Singles
from engine.session.streaming import Give, Stream, Take
from engine.session.tampering import FlippedBit
from engine.session.teaching import teach
from engine.session.workbench import StepOutcome, Workbench


class Session:
    """Owns the two processes and the keys that they hold; leaving its `with` block ends them.

    With `cloud`, the pairing address of a cloud on another machine, that takes the place of the
    process here; else, if it `keeps_pace`, forecasts follow what single pictures take. `on_event`
    is called in the calling thread, before the method that causes it returns; so are `on_message`,
    an attribute to be replaced, for every message to and from the processes, and `on_cloud`,
    whenever the connection to a cloud elsewhere changes.
    """

    def __init__(
        self,
        on_event: Callable[[Event], None] = lambda event: None,
        cloud: Address | None = None,
        *,
        keeps_pace: bool = False,
    ) -> None:
        self.on_message: OnMessage = lambda message: None
        self.on_cloud: Callable[[CloudState], None] = lambda state: None
        self._key_owner: Link = Peer("key_owner", self._log)
        self._cloud: Link = (
            Peer("cloud", self._log)
            if cloud is None
            else CloudLink(cloud, self._log, self._tell_of_cloud, self._record)
        )
        self._recorder: Recorder | None = None
        self._keeps_pace = keeps_pace and cloud is None
        self._cancelled = False
        self._turns: dict[Link, threading.Lock] = {
            self._key_owner: threading.Lock(),
            self._cloud: threading.Lock(),
        }
        self._processes = Processes(
            Asked(self._key_owner, self._exchange), Asked(self._cloud, self._exchange)
        )
        self._models = CloudModels(self._processes, self._offered)
        self._singles = Singles(self._processes, on_event, self._models)
        self._batches = Batches(self._processes, on_event)
        self._workbench = Workbench(self._processes)
        self._proofs = Proofs(self._processes, self._singles.classify_again)

    @property
    def cloud_state(self) -> CloudState | None:
        """Return how things stand with a cloud elsewhere, from any thread; None for one here."""
        return self._cloud.state if isinstance(self._cloud, CloudLink) else None

    def record(self, path: Path) -> None:
        """Write what crosses to and from a cloud elsewhere into `path`, from now to the end.

        `engine.remote.recording.read_recording` reads it. Raises ResultsError if the file cannot be
        written, MessageError for a cloud on this machine.
        """
        if not isinstance(self._cloud, CloudLink):
            raise MessageError(
                "The cloud is a process of this machine, so nothing crosses a network: choose a "
                "cloud on another machine to record it."
            )
        self.stop_recording()
        self._recorder = Recorder(path, self._cloud.address.where)

    def stop_recording(self) -> str:
        """End the recording, if there is one; return what went wrong with it, or nothing."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return ""
        recorder.close()
        return recorder.problem

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of the running processes, the key owner's first."""
        return tuple(pid for pid in (self._key_owner.pid, self._cloud.pid) if pid is not None)

    def start(self) -> None:
        """Start both processes, so that they are there when they are needed."""
        self._processes.start()

    def describe(self, model: str) -> Outline:
        """Return what a client must know of a model that only a cloud elsewhere has.

        Its `settings` are the only ones that the cloud runs it with. Raises ModelError if it has
        none of that name, ParameterError for parameters that this side refuses.
        """
        with self._cancellable():
            return self._models.described(model)

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already.

        Raises ParameterError, ModelError, CancelledError or ProcessLostError.
        """
        with self._cancellable():
            return self._singles.prepare(settings)

    def classify(self, picture: Picture) -> Classification:
        """Classify a picture, encrypted and clear, under the prepared settings.

        It is uint8 of the network's input shape, (28, 28) for one that reads drawings.

        Raises MessageError before `prepare`, CancelledError or ProcessLostError; after either of
        the last two the next call works again, with new keys if the old ones were lost.
        """
        with self._cancellable():
            result = self._singles.classify(picture)
        if self._keeps_pace:
            keep_pace(result, costs_path(), _today())
        return result

    def stream(self, take: Take, give: Give) -> None:
        """Classify pictures as `take` gives them until it gives None, and `give` each answer.

        The next is encrypted while the cloud works on the one before, and both are called in a
        thread of their own. Raises what `classify` raises.
        """
        with self._cancellable():
            Stream(self._singles, take, give).run()

    def prepare_batch(self, settings: Settings) -> KeysReady:
        """Make keys to classify batches under `settings`, as `prepare` does for one picture."""
        with self._cancellable():
            return self._batches.prepare(settings)

    def classify_batch(self, pictures: Pictures) -> BatchResult:
        """Classify pictures, uint8 (n, 28, 28), encrypted, n at most N of the prepared settings.

        The time is the same for one picture as for N. Raises what `classify` raises, and
        recovers as it does; the batch that was lost or cancelled is to be given again.
        """
        with self._cancellable():
            return self._batches.classify(pictures)

    def encrypt(self, picture: Picture) -> Encrypted:
        """Encrypt a picture once more, to look at; it is sent nowhere."""
        with self._cancellable():
            return self._singles.encrypt(picture)

    def decrypt_with_wrong_key(self) -> tuple[float, ...]:
        """Decrypt the last result with a new secret key that has nothing to do with it."""
        with self._cancellable():
            return self._proofs.use_wrong_key(self._singles.last_run())

    def let_cloud_try(self) -> CloudAttempt:
        """Let the cloud try to read the last picture and its scores."""
        with self._cancellable():
            return self._proofs.let_cloud_try(self._singles.last_run())

    def unpack(self) -> Coefficients:
        """Return the numbers that the cloud finds in the last picture's ciphertext."""
        with self._cancellable():
            return self._proofs.unpack(self._singles.last_run())

    def classify_with_flipped_bit(self, bit: int) -> FlippedBit:
        """Classify the last picture's ciphertext again, with one bit flipped on its way.

        Raises MessageError before any run, and for a bit that the ciphertext does not have.
        """
        with self._cancellable():
            last = self._singles.last_run()
            flipped = self._proofs.flip(last, bit)
            self._check_cancelled()
            self._singles.prepare(last.keys.settings)  # again at work, should it have been lost
            return flipped

    def teach(self, picture: Picture) -> TeachingRun:
        """Classify a picture and look into every stage, which a real cloud would not show."""
        with self._cancellable():
            return teach(self._processes, self._singles, picture)

    def run_program(self, program: Program) -> tuple[StepOutcome, ...]:
        """Perform a program of the playground, of which only what is new is done.

        Raises RefusedError where only SEAL could tell that a step cannot be done.
        """
        with self._cancellable():
            return self._workbench.run(program)

    def calibrate(self) -> None:
        """Measure what the primitives cost on this machine, for all later forecasts."""
        with self._cancellable():
            self._cloud.start()
            answer = self._processes.cloud.ask(Calibrate())
            with suppress(OSError):  # without a cache folder, forecasts go without times
                costs = replace(costs_from_json(answer.costs), day=_today())
                save_costs(costs, costs_path())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def cancel(self) -> None:
        """Stop what is running: its call raises CancelledError. Does nothing when idle."""
        self._cancelled = True
        for peer in (self._key_owner, self._cloud):
            if peer.busy:
                peer.kill()

    def restart(self) -> None:
        """Kill both processes, busy or not: one that hangs may. They start again when needed."""
        self._cancelled = True
        for peer in (self._key_owner, self._cloud):
            peer.kill()

    def close(self) -> None:
        """End both processes; whatever runs is cancelled."""
        self.cancel()
        self._key_owner.close()
        self._cloud.close()
        self.stop_recording()

    @contextmanager
    def _cancellable(self) -> Iterator[None]:
        self._cancelled = False
        try:
            yield
        except ProcessLostError as error:
            if self._cancelled:
                raise CancelledError("The run was cancelled.") from error
            raise
        except (LookupError, TypeError, ValueError) as error:
            # Fields are checked on arrival; what the bytes in blobs stand for shows itself here.
            raise InternalError(
                f"A process answered something else than it was asked ({type(error).__name__}); "
                "start the program again.",
                "".join(traceback.format_tb(error.__traceback__)),
            ) from error

    def _exchange(self, peer: Link, message: Message) -> Iterator[Message]:
        with self._turns[peer]:
            peer.busy = True  # before the flag is read; `cancel` sets the flag before it reads this
            try:
                self._check_cancelled()
                for answer in peer.exchange(message):
                    self._check_cancelled()
                    yield answer
            finally:
                peer.busy = False

    def _check_cancelled(self) -> None:
        if self._cancelled:
            raise CancelledError("The run was cancelled.")

    def _offered(self) -> dict[str, str]:
        state = self.cloud_state
        return dict(state.models) if state is not None else {}

    def _log(self, message: MessageLogged) -> None:
        state = self.cloud_state if message.crosses else None
        self.on_message(message if state is None else replace(message, where=state.where))

    def _record(self, outward: bool, data: bytes) -> None:
        if (recorder := self._recorder) is not None:
            recorder.take(outward, data)

    def _tell_of_cloud(self, state: CloudState) -> None:
        self.on_cloud(state)


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()
