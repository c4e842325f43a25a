"""What a person tries with the last run's ciphertexts, to see that they give nothing away."""

import dataclasses
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from app.journey.runs import Runs
from app.link.requests import EncryptAgain, FlipBit, LetCloudTry, Request, Unpack, UseWrongKey
from app.state.everything import AppState
from app.state.records import Evidence

MOST_FLIPS = 200
T = TypeVar("T")


class Proofs(QObject):
    """Submits proofs, each kind once at a time, and puts what comes of them into the evidence."""

    def __init__(self, state: AppState, runs: Runs) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self._pending: set[type] = set()

    def encrypt_again(self) -> None:
        """Encrypt the classified picture once more, to compare the bytes."""
        state = self._state
        if state.run.result is not None and state.run.classified is not None:
            again = EncryptAgain(
                state.chosen.settings, state.run.classified, state.run.result.ciphertext.data
            )
            self._ask(again, lambda shown, value: dataclasses.replace(shown, again=value))

    def use_wrong_key(self) -> None:
        """Decrypt the last result with a key that does not belong to it."""
        self._ask(
            UseWrongKey(), lambda shown, value: dataclasses.replace(shown, wrong_scores=value)
        )

    def let_cloud_try(self) -> None:
        """Ask the cloud to decrypt what it was sent."""
        self._ask(LetCloudTry(), lambda shown, value: dataclasses.replace(shown, attempt=value))

    def unpack(self) -> None:
        """Have the ciphertext's numbers counted, unless they are there."""
        if self._state.proved.evidence.coefficients is None:
            self._ask(Unpack(), lambda shown, value: dataclasses.replace(shown, coefficients=value))

    def flip_bit(self, bit: int) -> None:
        """Classify the ciphertext again with one bit flipped."""
        self._ask(
            FlipBit(bit),
            lambda shown, value: dataclasses.replace(
                shown, flips=(*shown.flips, value)[-MOST_FLIPS:]
            ),
        )

    def _ask(self, request: Request[T], put: Callable[[Evidence, T], Evidence]) -> None:
        state, kind = self._state, type(request)
        if not state.can_prove or state.run.result is None or kind in self._pending:
            return
        if kind is not Unpack:  # nobody asked for that one
            state.run.say("")
        self._pending.add(kind)

        def show(value: T) -> None:
            self._pending.discard(kind)
            state.proved.set_evidence(put(state.proved.evidence, value))

        def fail(error: Exception) -> None:
            self._pending.discard(kind)
            self._runs.fail(error)

        self._runs.link.submit(request, show, fail)
