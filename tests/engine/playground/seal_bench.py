"""Both sides of the playground in the tests' own process, without messages: fast enough for many.

`step` takes one operation under the rules and on SEAL, and checks that both agree.
"""

import functools

import numpy as np
from tenseal import sealapi

from engine.arrays import Array
from engine.ckks.seal import galois_element, make_context
from engine.parties.workbench.evaluator import WorkbenchEvaluator
from engine.parties.workbench.numbers import encode
from engine.playground.operations import Encrypt, InTheCloud, Operation, operands
from engine.playground.program import Program
from engine.playground.reasons import Reason, Refusal
from engine.playground.settings import GALOIS_STEPS, WorkbenchSetting, setting_named

DONE_BY_SEAL = {Reason.LOST, Reason.FAR_SCALE}
"""What SEAL does without a word, and the rules refuse all the same."""


class SealBench:
    """A secret key and evaluation keys of one setting."""

    def __init__(self, setting: WorkbenchSetting) -> None:
        self.setting = setting
        self.context = make_context(setting.chain)
        generator = sealapi.KeyGenerator(self.context)
        relin_keys, galois_keys = sealapi.RelinKeys(), sealapi.GaloisKeys()
        generator.create_relin_keys(relin_keys)
        degree = setting.chain.poly_modulus_degree
        elements = [galois_element(step, degree) for step in GALOIS_STEPS]
        generator.create_galois_keys(elements, galois_keys)
        secret_key = generator.secret_key()
        self._encryptor = sealapi.Encryptor(self.context, secret_key)
        self._decryptor = sealapi.Decryptor(self.context, secret_key)
        self._encoder = sealapi.CKKSEncoder(self.context)
        self._evaluator = WorkbenchEvaluator(self.context, relin_keys, galois_keys, setting)

    def perform(
        self, operation: Encrypt | InTheCloud, values: list[sealapi.Ciphertext]
    ) -> sealapi.Ciphertext:
        if isinstance(operation, Encrypt):
            level, scale = self.setting.chain.top_level, self.setting.scale
            fresh = sealapi.Ciphertext(self.context)
            plain = encode(self.context, operation.numbers, level, scale)
            self._encryptor.encrypt_symmetric(plain, fresh)
            return fresh
        return self._evaluator.perform(operation, [values[place] for place in operands(operation)])

    def decrypt(self, value: sealapi.Ciphertext) -> Array:
        """Return all slots, (slots,)."""
        plain = sealapi.Plaintext()
        self._decryptor.decrypt(value, plain)
        return np.asarray(self._encoder.decode_double(plain))


@functools.cache
def bench_of(key: str) -> SealBench:
    setting = setting_named(key)
    assert setting is not None
    return SealBench(setting)


def step(
    program: Program, operation: Operation, values: list[sealapi.Ciphertext]
) -> tuple[Program, str]:
    """Take one step on both, add its ciphertext to `values`, and return the sentence of a refusal.

    Fails where the rules and SEAL differ, or where a slot is off by more than the bound.
    """
    bench, outcome = bench_of(program.setting.key), program.judge(operation)
    if isinstance(outcome, Refusal):
        check_refusal(bench, operation, outcome, values)
        return program, outcome.sentence
    try:
        made = bench.perform(operation, values)  # type: ignore[arg-type]  # no Decrypt comes here
    except RuntimeError as error:
        if "transparent" in str(error):  # the one reason that only SEAL can always tell
            return program, str(error)
        raise
    found = made.coeff_modulus_size(), made.scale, made.size()
    assert found == (outcome.level, outcome.scale, outcome.size)
    exact = np.tile(outcome.clear, program.setting.chain.slots // program.slots)
    worst = np.abs(bench.decrypt(made) - exact).max()
    assert worst <= outcome.bound, (operation, worst, outcome.bound)
    values.append(made)
    return program.perform(operation), ""


def check_refusal(
    bench: SealBench, operation: Operation, refusal: Refusal, values: list[sealapi.Ciphertext]
) -> None:
    if refusal.reason.is_of_library or refusal.reason in DONE_BY_SEAL:
        try:
            bench.perform(operation, values)  # type: ignore[arg-type]  # no Decrypt is refused
            done = True
        except (RuntimeError, ValueError):
            done = False
        assert done == (refusal.reason in DONE_BY_SEAL), (operation, refusal)
