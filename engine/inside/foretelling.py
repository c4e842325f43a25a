"""How exact every step will be, foretold by taking the steps again with the errors of encryption.

The errors are drawn at random (`engine.circuits.expected.noise`), once: what is foretold of a step
holds for a typical key, while the forecast of a setting is a median over pictures.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from engine.circuits.expected.noise import Noisy, NoisyBackend, NoisyMask
from engine.circuits.stages import LinearStage
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.trace import Step, Trace, slots_of

MOST_BITS = 24.0
"""The noisy back end's own numbers have no more."""


def expected_bits(trace: Trace) -> tuple[float | None, ...]:
    """Return how many bits of the largest number in a slot will be right after each step.

    None while nothing is encrypted.
    """
    chain = trace.circuit.parameters.chain
    primes = [2**bits for bits in chain.coeff_modulus_bits]
    return tuple(_bits(trace, NoisyBackend(chain.poly_modulus_degree, primes)))


@np.errstate(all="ignore")
def _bits(trace: Trace, backend: NoisyBackend) -> Iterator[float | None]:
    linear = {each.key: each for each in trace.circuit.stages if isinstance(each, LinearStage)}
    last_use = {operand: step.number for step in trace.steps for operand in step.operands}
    made: dict[int, Noisy] = {}
    off = np.zeros(trace.picture.size)
    for step in trace.steps:
        if step.operation == "pack":
            yield None
            continue
        if step.operation == "encrypt":
            packing = trace.circuit.legs[trace.span_at(step.number).leg].packing
            errors = packing.pack(off, trace.slots)[step.ciphertext]
            made[step.number] = backend.encrypt(slots_of(step)[None], errors[None], step.scale)
        elif step.operation == "decrypt":
            made[step.number] = made[step.operands[0]]
            off = made[step.number].error[0].real[step.places]  # what is encrypted again stays off
        else:
            taken = tuple(made[operand] for operand in step.operands)
            made[step.number] = _again(backend, step, taken, linear.get(step.stage))
        for operand in step.operands:
            if last_use[operand] == step.number:
                made.pop(operand, None)
        held = holding_at(trace, step.number).values != NOTHING
        yield _right(made[step.number], held)


def _again(
    backend: NoisyBackend, step: Step, taken: tuple[Noisy, ...], stage: LinearStage | None
) -> Noisy:
    if step.operation in ("multiply_plain", "add_plain"):
        assert stage is not None
        return _with_plain(backend, step, taken[0], stage)
    if step.operation == "rotate":
        return backend.rotate(taken[0], step.rotation)
    operation: Callable[..., Noisy] = getattr(backend, step.operation)
    return operation(*taken)


def _with_plain(backend: NoisyBackend, step: Step, taken: Noisy, stage: LinearStage) -> Noisy:
    if step.operation == "add_plain":
        bias = _encoded(backend, step, stage.plan.output.period, stage.bias_scale)
        return backend.add_plain(taken, bias)
    mask = _encoded(backend, step, next(stage.plan.masks).period, stage.mask_scale)
    return backend.multiply_plain(taken, mask)


def _encoded(backend: NoisyBackend, step: Step, period: int, scale: float) -> NoisyMask:
    assert step.plain is not None
    return backend.encode(step.plain[:period], step.level, scale)


def _right(noisy: Noisy, held: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    largest = float(np.abs(noisy.values[0].real[held]).max(initial=0.0))
    error = float(np.abs(noisy.error[0].real[held]).max(initial=0.0))
    if not largest or not error:
        return MOST_BITS
    return min(MOST_BITS, max(0.0, math.log2(largest / error)))
