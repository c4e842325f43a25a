"""The operations of the playground on SEAL's ciphertexts, each leaving its operands as they are."""

from collections.abc import Sequence

from tenseal import sealapi

from engine.parties.workbench.numbers import encode
from engine.playground.operations import (
    Add,
    AddPlain,
    InTheCloud,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
    Unary,
)
from engine.playground.settings import WorkbenchSetting


class WorkbenchEvaluator:
    """Computes with evaluation keys only: nothing here can decrypt."""

    def __init__(
        self,
        context: sealapi.SEALContext,
        relin_keys: sealapi.RelinKeys,
        galois_keys: sealapi.GaloisKeys,
        setting: WorkbenchSetting,
    ) -> None:
        self._context = context
        self._relin_keys = relin_keys
        self._galois_keys = galois_keys
        self._setting = setting
        self._evaluator = sealapi.Evaluator(context)

    def perform(
        self, operation: InTheCloud, values: Sequence[sealapi.Ciphertext]
    ) -> sealapi.Ciphertext:
        """Return the result of an operation on its one or two operands.

        Raises SEAL's own ValueError or RuntimeError where it refuses, and MessageError for numbers
        that the playground does not take.
        """
        result, x = sealapi.Ciphertext(self._context), values[0]
        if isinstance(operation, Unary):
            self._alter(operation, x, result)
            return result
        match operation:
            case Add():
                self._evaluator.add(x, values[1], result)
            case Subtract():
                self._evaluator.sub(x, values[1], result)
            case Multiply():
                self._evaluator.multiply(x, values[1], result)
            case AddPlain(numbers=numbers):
                self._evaluator.add_plain(x, self._encode(x, numbers, x.scale), result)
            case MultiplyPlain(numbers=numbers):
                plain = self._encode(x, numbers, self._setting.scale)
                self._evaluator.multiply_plain(x, plain, result)
        return result

    def _alter(self, operation: Unary, x: sealapi.Ciphertext, result: sealapi.Ciphertext) -> None:
        match operation:
            case Rotate(step=step):
                self._evaluator.rotate_vector(x, step, self._galois_keys, result)
            case Rescale():
                self._evaluator.rescale_to_next(x, result)
            case Relinearize():
                self._evaluator.relinearize(x, self._relin_keys, result)
            case ModSwitch():
                self._evaluator.mod_switch_to_next(x, result)
            case SetScale():
                self._evaluator.mod_switch_to(x, x.parms_id(), result)  # to where it is: a copy
                result.scale = self._setting.scale

    def _encode(
        self, x: sealapi.Ciphertext, numbers: Sequence[float], scale: float
    ) -> sealapi.Plaintext:
        return encode(self._context, numbers, x.coeff_modulus_size(), scale)
