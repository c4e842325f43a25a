"""What comes of an operation on values: another value with its error bound, or a refusal.

The rules know levels, scales and sizes, exact numbers and noise; they never see a ciphertext.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.playground import noise, refusals
from engine.playground.operations import (
    Add,
    AddPlain,
    Encrypt,
    InTheCloud,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
    WithPlain,
)
from engine.playground.parts import hidden, parts_of
from engine.playground.reasons import Operand, Reason, Refusal
from engine.playground.rotations import key_switches, no_galois_key, no_rotation
from engine.playground.settings import WorkbenchSetting
from engine.playground.values import Parts, Value

Outcome = Value | Refusal
MINUS = "\u2212"


@dataclass(frozen=True)
class Rules:
    """The rules under a setting, for so many visible slots."""

    setting: WorkbenchSetting
    slots: int

    def encrypted(self, operation: Encrypt, place: int) -> Outcome:
        """Return a fresh ciphertext of some numbers."""
        setting, numbers = self.setting, operation.numbers
        refusal = refusals.bad_numbers(numbers, self.slots)
        if refusal is not None:
            return refusal
        rounding = noise.fresh(self._degree) + noise.encoding(self.slots)
        value = Value(
            operation=operation,
            clear=tuple(map(float, numbers)),
            level=setting.chain.top_level,
            scale=setting.scale,
            size=2,
            bound=rounding / setting.scale,
            parts=((place, 1),),
        )
        return self._checked(value, None)

    def computed(self, operation: InTheCloud, values: Sequence[Value]) -> Outcome:
        """Return what an operation in the cloud gives; its operands are among `values`."""
        x = Operand(operation.x, values[operation.x])
        parts = parts_of(operation, values)
        if isinstance(operation, Add | Subtract):
            return self._sum(operation, x, Operand(operation.y, values[operation.y]), parts)
        if isinstance(operation, Multiply):
            return self._product(operation, x, Operand(operation.y, values[operation.y]), parts)
        if isinstance(operation, AddPlain):
            return self._plain_sum(operation, x, parts)
        if isinstance(operation, MultiplyPlain):
            return self._plain_product(operation, x, parts)
        if isinstance(operation, Rotate):
            return self._rotated(operation, x, parts)
        act = {
            Rescale: self._rescaled,
            Relinearize: self._relinearized,
            ModSwitch: self._switched,
            SetScale: self._scale_set,
        }[type(operation)]
        outcome = act(x)
        if isinstance(outcome, Refusal):
            return outcome
        return self._checked(replace(outcome, operation=operation, parts=parts), x)

    # --- two ciphertexts

    def _sum(self, operation: Add | Subtract, x: Operand, y: Operand, parts: Parts) -> Outcome:
        refusal = refusals.other_levels(x, y) or refusals.other_scales(x, y, self.setting)
        if refusal is not None:
            return refusal
        sign = 1 if isinstance(operation, Add) else -1
        if not hidden(parts):
            return refusals.transparent(f"{x.name} {'+' if sign > 0 else MINUS} {y.name}")
        value = replace(
            x.value,
            operation=operation,
            clear=_each(lambda a, b: a + sign * b, x.value.clear, y.value.clear),
            size=max(x.value.size, y.value.size),
            bound=x.value.bound + y.value.bound,
            parts=parts,
        )
        return self._checked(value, x)

    def _product(self, operation: Multiply, x: Operand, y: Operand, parts: Parts) -> Outcome:
        larger = max(x, y, key=_scale)
        smaller = min(_scale(x), _scale(y))
        refusal = (
            refusals.three_polynomials(x, product=True)
            or refusals.three_polynomials(y, product=True)
            or refusals.other_levels(x, y)
            or refusals.out_of_bounds(larger, smaller, self.setting)
        )
        if refusal is not None:
            return refusal
        first, second = x.value, y.value
        value = replace(
            first,
            operation=operation,
            clear=_each(lambda a, b: a * b, first.clear, second.clear),
            scale=first.scale * second.scale,
            size=3,
            bound=first.largest * second.bound + second.reach * first.bound,
            parts=parts,
        )
        return self._checked(value, larger)

    # --- a ciphertext and numbers in the clear

    def _plain_sum(self, operation: AddPlain, x: Operand, parts: Parts) -> Outcome:
        refusal = refusals.bad_numbers(operation.numbers, self.slots) or self._too_large(
            operation, x, x.value.scale
        )
        if refusal is not None:
            return refusal
        value = replace(
            x.value,
            operation=operation,
            clear=_each(lambda a, b: a + b, x.value.clear, operation.numbers),
            bound=x.value.bound + self._encoding(operation, x.value.scale),
            parts=parts,
        )
        return self._checked(value, x)

    def _plain_product(self, operation: MultiplyPlain, x: Operand, parts: Parts) -> Outcome:
        scale, numbers = self.setting.scale, operation.numbers
        refusal = refusals.bad_numbers(numbers, self.slots)
        if refusal is None and not any(numbers):
            refusal = refusals.transparent(f"{x.name} times nothing but zeros")
        refusal = refusal or refusals.out_of_bounds(x, scale, self.setting)
        refusal = refusal or self._too_large(operation, x, scale)
        if refusal is not None:
            return refusal
        rounding, largest = self._encoding(operation, scale), max(map(abs, numbers))
        value = replace(
            x.value,
            operation=operation,
            clear=_each(lambda a, b: a * b, x.value.clear, numbers),
            scale=x.value.scale * scale,
            bound=x.value.largest * rounding + (largest + rounding) * x.value.bound,
            parts=parts,
        )
        return self._checked(value, x)

    def _too_large(self, operation: WithPlain, x: Operand, scale: float) -> Refusal | None:
        largest = max(map(abs, operation.numbers))
        return refusals.wraps_around(largest, scale, x.value.level, self.setting, x)

    def _encoding(self, operation: WithPlain, scale: float) -> float:
        largest = max(map(abs, operation.numbers))
        return noise.encoding(self.slots) / scale + noise.FLOAT * largest

    # --- one ciphertext

    def _rotated(self, operation: Rotate, x: Operand, parts: Parts) -> Outcome:
        step = operation.step
        refusal = (
            no_rotation(step)
            or refusals.three_polynomials(x, product=False)
            or no_galois_key(x, step, self.slots)
        )
        if refusal is not None:
            return refusal
        turned = step % self.slots
        value = replace(
            x.value,
            operation=operation,
            clear=x.value.clear[turned:] + x.value.clear[:turned],
            bound=x.value.bound + len(key_switches(step)) * self._key_switch(x.value),
            parts=parts,
        )
        return self._checked(value, x)

    def _rescaled(self, x: Operand) -> Outcome:
        refusal = refusals.end_of_chain(x)
        if refusal is not None:
            return refusal
        scale = x.value.scale / float(self.setting.data_primes[x.value.level - 1])
        refusal = refusals.lost(x, scale, self.setting)
        if refusal is not None:
            return refusal
        rounding = noise.rescale(self._degree, x.value.size) / scale
        return replace(
            x.value, level=x.value.level - 1, scale=scale, bound=x.value.bound + rounding
        )

    def _relinearized(self, x: Operand) -> Outcome:
        if x.value.size == 2:
            return Refusal(
                Reason.NOTHING_TO_DO,
                f"{x.name} has two polynomials already; a product of two ciphertexts has three.",
            )
        return replace(x.value, size=2, bound=x.value.bound + self._key_switch(x.value))

    def _switched(self, x: Operand) -> Outcome:
        refusal = refusals.end_of_chain(x) or refusals.too_few_bits(x, self.setting)
        return refusal or replace(x.value, level=x.value.level - 1)

    def _scale_set(self, x: Operand) -> Outcome:
        refusal = refusals.far_scale(x, self.setting)
        if refusal is not None:
            return refusal
        factor = x.value.scale / self.setting.scale
        return replace(
            x.value,
            scale=self.setting.scale,
            bound=x.value.bound * factor + abs(factor - 1) * x.value.largest,
        )

    # --- what all have in common

    @property
    def _degree(self) -> int:
        return self.setting.chain.poly_modulus_degree

    def _key_switch(self, value: Value) -> float:
        primes = self.setting.data_primes[: value.level]
        noise_bound = noise.key_switch(self._degree, primes, self.setting.special_prime)
        return noise_bound / value.scale

    def _checked(self, value: Value, x: Operand | None) -> Outcome:
        """Return the value with what decoding may add, unless it wraps around."""
        value = replace(value, bound=value.bound + noise.FLOAT * value.largest)
        refusal = refusals.wraps_around(value.reach, value.scale, value.level, self.setting, x)
        return refusal or value


def _scale(operand: Operand) -> float:
    return operand.value.scale


def _each(
    act: Callable[[float, float], float], first: Sequence[float], second: Sequence[float]
) -> tuple[float, ...]:
    return tuple(act(a, b) for a, b in zip(first, second, strict=True))
