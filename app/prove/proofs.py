"""What a person tries with the last run's ciphertexts, to see that they give nothing away."""

import dataclasses

from PySide6.QtCore import QObject

from app.link.records import Evidence
from app.link.worker import EngineLink, Outcome, Task
from app.state import AppState

FIELDS = {
    Task.ENCRYPT_AGAIN: "again",
    Task.WRONG_KEY: "wrong_scores",
    Task.CLOUD_TRY: "attempt",
    Task.UNPACK: "coefficients",
}
"""Where the outcome of each proof belongs; flipped bits are collected instead."""
TASKS = (*FIELDS, Task.FLIP_BIT)
MOST_FLIPS = 200


class Proofs(QObject):
    """Submits proofs, each kind once at a time, and puts what comes of them into the evidence."""

    def __init__(self, state: AppState, link: EngineLink) -> None:
        super().__init__(state)
        self._state = state
        self._link = link
        self._pending: set[Task] = set()

    def encrypt_again(self) -> None:
        """Encrypt the classified picture once more, to compare the bytes."""
        self._ask(Task.ENCRYPT_AGAIN)

    def use_wrong_key(self) -> None:
        """Decrypt the last result with a key that does not belong to it."""
        self._ask(Task.WRONG_KEY)

    def let_cloud_try(self) -> None:
        """Ask the cloud to decrypt what it was sent."""
        self._ask(Task.CLOUD_TRY)

    def unpack(self) -> None:
        """Have the ciphertext's numbers counted, unless they are there."""
        if self._state.evidence.coefficients is None:
            self._ask(Task.UNPACK)

    def flip_bit(self, bit: int) -> None:
        """Classify the ciphertext again with one bit flipped."""
        self._ask(Task.FLIP_BIT, bit)

    def _ask(self, task: Task, bit: int = 0) -> None:
        state = self._state
        if not state.can_prove or state.result is None or task in self._pending:
            return
        if task is not Task.UNPACK:  # nobody asked for that one
            state.say("")
        reference = state.result.ciphertext.data
        self._link.submit(task, state.settings, state.classified, reference, bit)
        self._pending.add(task)

    def take(self, outcome: Outcome) -> None:
        """Show what came of a proof."""
        self._pending.discard(outcome.job.task)
        if outcome.job.task in TASKS and outcome.error is None:
            self._state.set_evidence(_with(self._state.evidence, outcome))


def _with(evidence: Evidence, outcome: Outcome) -> Evidence:
    if outcome.job.task is Task.FLIP_BIT:
        flips = (*evidence.flips, outcome.value)[-MOST_FLIPS:]
        return dataclasses.replace(evidence, flips=flips)
    return dataclasses.replace(evidence, **{FIELDS[outcome.job.task]: outcome.value})
