"""How long each operation of the playground takes, from asking a session to its answer."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from engine.playground.operations import (
    Add,
    AddPlain,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
)
from engine.playground.program import Program
from engine.playground.settings import SETTINGS
from engine.session.relay import Session

NUMBERS = (0.5, -1.0, 1.5, 0.25, -0.75, 1.0, 0.125, -0.5)
STEPS: tuple[Operation, ...] = (
    Encrypt(NUMBERS), Encrypt(NUMBERS), Add(0, 1), Subtract(0, 1), AddPlain(0, NUMBERS),
    MultiplyPlain(0, NUMBERS), Rotate(0, 1), Rotate(0, 3), Multiply(0, 1), Relinearize(8),
    Rescale(9), SetScale(10), ModSwitch(0), Decrypt(11),
)  # fmt: skip
"""Every operation where it costs most: as long as all primes are there."""


@dataclass(frozen=True)
class OperationTimes:
    """An operation's times in milliseconds, under one setting of the playground."""

    setting: str
    operation: str
    median_ms: float
    worst_ms: float


def run_playground(runs: int, show: Callable[[OperationTimes], None]) -> None:
    """Take all steps `runs` times under each setting; the first time, unmeasured, warms up."""
    with Session() as session:
        for setting in SETTINGS:
            times: dict[str, list[float]] = defaultdict(list)
            for run in range(runs + 1):
                program = Program(setting)
                session.run_program(program)
                for step in STEPS:
                    program, begin = program.perform(step), time.perf_counter()
                    session.run_program(program)
                    if run:
                        times[_name(step)].append(1000 * (time.perf_counter() - begin))
            for name, found in times.items():
                show(OperationTimes(setting.key, name, statistics.median(found), max(found)))


def _name(step: Operation) -> str:
    """Return an operation's name; a rotation that takes two key switches has its step as well."""
    return f"Rotate by {step.step}" if isinstance(step, Rotate) else type(step).__name__
