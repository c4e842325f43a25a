"""A program of the playground: operations one after the other, and what they gave so far."""

from dataclasses import dataclass, replace

from msgspec import structs

from engine.errors import RefusedError
from engine.playground.operations import (
    Binary,
    Decrypt,
    Encrypt,
    Operation,
    WithPlain,
    name_of,
    operands,
)
from engine.playground.reasons import Reason, Refusal
from engine.playground.rules import Rules
from engine.playground.settings import SETTINGS, WorkbenchSetting
from engine.playground.values import Value

MOST_VALUES = 64
MOST_REMEDIES = 12
"""No value is so many operations away from what another one needs."""


@dataclass(frozen=True)
class Program:
    """Immutable: each step gives another one. `values` are those that the operations made."""

    setting: WorkbenchSetting = SETTINGS[0]
    slots: int = 8
    operations: tuple[Operation, ...] = ()
    values: tuple[Value, ...] = ()

    def judge(self, operation: Operation) -> Value | Refusal:
        """Return the value that an operation would give, for Decrypt the one that it shows."""
        for place in operands(operation):
            if place >= len(self.values):
                return Refusal(
                    Reason.NO_VALUE, f"There is no value {name_of(place)} yet: encrypt one first."
                )
        if isinstance(operation, Decrypt):
            return self.values[operation.x]
        if len(self.values) >= MOST_VALUES:
            return Refusal(
                Reason.NO_ROOM, f"There is room for {MOST_VALUES} values: undo some, or start over."
            )
        rules = Rules(self.setting, self.slots)
        if isinstance(operation, Encrypt):
            return rules.encrypted(operation, len(self.values))
        return rules.computed(operation, self.values)

    def perform(self, operation: Operation) -> "Program":
        """Return the program with one more step; RefusedError where it cannot be done."""
        outcome = self.judge(operation)
        if isinstance(outcome, Refusal):
            raise RefusedError(outcome.sentence)
        made = () if isinstance(operation, Decrypt) else (outcome,)
        return replace(self, operations=(*self.operations, operation), values=(*self.values, *made))

    def replayed(self, setting: WorkbenchSetting, slots: int) -> tuple["Program", Refusal | None]:
        """Return the same steps under another setting, as far as they go, and what stopped them.

        Where there are more slots zeros are added, where there are fewer numbers are left out.
        """
        program = Program(setting, slots)
        for operation in self.operations:
            fitted = _fitted(operation, slots)
            outcome = program.judge(fitted)
            if isinstance(outcome, Refusal):
                return program, outcome
            program = program.perform(fitted)
        return program, None

    def remedy(self, operation: Operation) -> tuple[Operation, ...]:
        """Return the steps that do what a refused operation was meant to; none if nothing does."""
        program, steps = self, list[Operation]()
        while len(steps) < MOST_REMEDIES:
            outcome = program.judge(operation)
            if isinstance(outcome, Value):
                return (*steps, operation)
            if outcome.instead is not None:
                operation = outcome.instead
            elif outcome.before is not None and isinstance(program.judge(outcome.before), Value):
                (place,) = operands(outcome.before)
                operation = _on(operation, place, len(program.values))
                program = program.perform(outcome.before)
                steps.append(outcome.before)
            else:
                break
        return ()


def _fitted(operation: Operation, slots: int) -> Operation:
    if isinstance(operation, Encrypt | WithPlain):
        numbers = (*operation.numbers, *(0.0,) * slots)[:slots]
        return structs.replace(operation, numbers=numbers)
    return operation


def _on(operation: Operation, old: int, new: int) -> Operation:
    """Return an operation on the value at `new` wherever it was on the one at `old`."""
    if isinstance(operation, Encrypt):
        return operation
    if isinstance(operation, Binary) and operation.y == old:
        operation = structs.replace(operation, y=new)
    return structs.replace(operation, x=new) if operation.x == old else operation
