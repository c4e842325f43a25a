"""The cloud's part in the playground: it holds ciphertexts and computes on them step by step.

It has a relinearisation key and Galois keys, and no key that decrypts.
"""

import time
from collections.abc import Iterator

from tenseal import sealapi

from engine.ckks.seal import (
    galois_element,
    load_fresh,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)
from engine.errors import MessageError, RefusedError
from engine.messages.to_cloud import Taken
from engine.messages.to_workbench import (
    SHOWN_WORDS,
    Compute,
    KeepValues,
    OpenWorkbench,
    SendValue,
    TakeValue,
    ValueHeld,
    ValueSent,
    WorkbenchKeys,
)
from engine.parties.roles import Role
from engine.parties.workbench.evaluator import WorkbenchEvaluator
from engine.parties.workbench.numbers import known_setting
from engine.playground.operations import name_of, operands
from engine.playground.program import MOST_VALUES
from engine.playground.settings import GALOIS_STEPS


class WorkbenchCloud(Role["_Bench"]):
    """The values of the playground; one method for each request."""

    missing = "The cloud has no playground yet: open one first."

    def open(self, request: OpenWorkbench) -> Iterator[Taken]:
        """Begin without values and keys; what was there before is dropped."""
        self._held = _Bench(request.setting)
        yield Taken()

    def take_keys(self, request: WorkbenchKeys) -> Iterator[Taken]:
        """Take the evaluation keys."""
        bench = self.held
        relin_keys = load_relin_keys(bench.context, request.blobs[0])
        galois_keys = load_galois_keys(bench.context, request.blobs[1])
        degree = bench.setting.chain.poly_modulus_degree
        if not all(galois_keys.has_key(galois_element(step, degree)) for step in GALOIS_STEPS):
            raise MessageError("The keys received do not make the rotations of the playground.")
        bench.evaluator = WorkbenchEvaluator(bench.context, relin_keys, galois_keys, bench.setting)
        yield Taken()

    def take(self, request: TakeValue) -> Iterator[ValueHeld]:
        """Keep a fresh ciphertext as the next value."""
        bench, begin = self.held, time.perf_counter()
        setting = bench.setting
        value = load_fresh(bench.context, request.blobs[0], setting.chain.top_level, setting.scale)
        yield bench.keep(value, begin)

    def compute(self, request: Compute) -> Iterator[ValueHeld]:
        """Make the next value; RefusedError where SEAL refuses."""
        bench, begin = self.held, time.perf_counter()
        if bench.evaluator is None:
            raise MessageError("The cloud lacks evaluation keys for the playground.")
        values = [bench.value(place) for place in operands(request.operation)]
        try:
            made = bench.evaluator.perform(request.operation, values)
        except (RuntimeError, ValueError) as error:
            raise RefusedError(_sentence(error)) from error
        yield bench.keep(made, begin)

    def send(self, request: SendValue) -> Iterator[ValueSent]:
        """Send a value."""
        yield ValueSent((to_bytes(self.held.value(request.place)),))

    def keep_values(self, request: KeepValues) -> Iterator[Taken]:
        """Forget the later values."""
        del self.held.values[request.count :]
        yield Taken()


class _Bench:
    """A setting's context, the ciphertexts, and what computes on them once the keys have come."""

    def __init__(self, setting: str) -> None:
        self.setting = known_setting(setting)
        self.context = make_context(self.setting.chain)
        self.evaluator: WorkbenchEvaluator | None = None
        self.values: list[sealapi.Ciphertext] = []

    def value(self, place: int) -> sealapi.Ciphertext:
        """Return a value; MessageError if there is none at that place."""
        if place >= len(self.values):
            raise MessageError(f"The cloud has no value {name_of(place)}.")
        return self.values[place]

    def keep(self, value: sealapi.Ciphertext, begin: float) -> ValueHeld:
        """Keep the next value and say what it looks like."""
        if len(self.values) >= MOST_VALUES:
            raise MessageError(f"The cloud keeps {MOST_VALUES} values of the playground.")
        self.values.append(value)
        seconds, array = time.perf_counter() - begin, value.dyn_array()
        return ValueHeld(
            seconds=seconds,
            level=value.coeff_modulus_size(),
            scale=value.scale,
            size=value.size(),
            words=tuple(array[place] for place in range(SHOWN_WORDS)),
        )


def _sentence(error: Exception) -> str:
    """Return what SEAL says as a sentence of its own."""
    if "transparent" in str(error):
        return (
            "The result would hide nothing: such a ciphertext is called transparent. Take values "
            "that were encrypted apart."
        )
    return f"SEAL refuses this ({error}): undo the last steps and try another way."
