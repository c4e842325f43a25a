"""A session's playground: brings both processes to where a program is, and tells what came of it.

A program is given whole each time. What is already done of it is kept; after an undo later values
are forgotten, and after a lost process all is done again.
"""

from dataclasses import dataclass

from engine.errors import InternalError
from engine.messages.to_workbench import (
    BeginWorkbench,
    Compute,
    DecryptNumbers,
    EncryptNumbers,
    KeepValues,
    MakeWorkbenchKeys,
    OpenWorkbench,
    SendValue,
    TakeValue,
    ValueHeld,
)
from engine.parties.processes import Processes
from engine.playground.operations import Decrypt, Encrypt, Operation
from engine.playground.program import Program
from engine.playground.settings import WorkbenchSetting
from engine.playground.values import Value


@dataclass(frozen=True)
class Computed:
    """A new value in the cloud: the time it took there, and the first of its coefficients.

    A fresh one's time is that of its encryption.
    """

    seconds: float
    words: tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """What decryption gave, one number a visible slot."""

    seconds: float
    numbers: tuple[float, ...]


StepOutcome = Computed | Shown


class Workbench:
    """Runs programs of the playground on a session's two processes, which it is lent."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._open: tuple[WorkbenchSetting, int, int] | None = None
        self._done: list[tuple[Operation, StepOutcome]] = []

    def run(self, program: Program) -> tuple[StepOutcome, ...]:
        """Perform what is not done yet of a program; return the outcome of each of its steps.

        Raises RefusedError where only SEAL could tell that a step cannot be done.
        """
        self._open_for(program.setting)
        self._go_back(program.operations)
        values = iter(program.values)
        for place, operation in enumerate(program.operations):
            value = None if isinstance(operation, Decrypt) else next(values)
            if place == len(self._done):
                self._done.append((operation, self._perform(operation, value, program)))
        return tuple(outcome for _, outcome in self._done)

    def _open_for(self, setting: WorkbenchSetting) -> None:
        """Make keys, unless both processes still have those of this setting."""
        self._processes.start()
        key_owner, cloud = self._processes.key_owner, self._processes.cloud
        wanted = setting, key_owner.peer.starts, cloud.peer.starts
        if self._open == wanted:
            return
        self._open, self._done = None, []
        key_owner.ask(BeginWorkbench(setting.key))
        cloud.ask(OpenWorkbench(setting.key))
        keys = key_owner.ask(MakeWorkbenchKeys())
        cloud.ask(keys)
        self._open = wanted

    def _go_back(self, operations: tuple[Operation, ...]) -> None:
        """Forget what was done but is not how the program begins."""
        same = 0
        for (done, _), wanted in zip(self._done, operations, strict=False):
            if done != wanted:
                break
            same += 1
        if same < len(self._done):
            del self._done[same:]
            count = sum(isinstance(outcome, Computed) for _, outcome in self._done)
            self._processes.cloud.ask(KeepValues(count))

    def _perform(self, operation: Operation, value: Value | None, program: Program) -> StepOutcome:
        key_owner, cloud = self._processes.key_owner, self._processes.cloud
        if isinstance(operation, Decrypt):
            shown = program.values[operation.x]
            sent = cloud.ask(SendValue(operation.x))
            request = DecryptNumbers(
                program.slots, shown.level, shown.scale, shown.size, sent.blobs
            )
            numbers = key_owner.ask(request)
            return Shown(numbers.seconds, numbers.numbers)
        assert value is not None
        if isinstance(operation, Encrypt):
            fresh = key_owner.ask(EncryptNumbers(operation.numbers))
            held = cloud.ask(TakeValue(fresh.blobs))
            return Computed(fresh.seconds, _confirmed(held, value).words)
        held = cloud.ask(Compute(operation))
        return Computed(held.seconds, _confirmed(held, value).words)


def _confirmed(held: ValueHeld, value: Value) -> ValueHeld:
    """Return what the cloud has, once it is what the rules say."""
    found, wanted = (held.level, held.scale, held.size), (value.level, value.scale, value.size)
    if found != wanted:
        raise InternalError(f"The cloud's value is {found}, not {wanted}; start the program again.")
    return held
