"""Which points of a grid of settings cannot work, and why, quickly: nothing is planned or run.

Whole grids are asked about while a person chooses them; planning a circuit takes too long there.
"""

import dataclasses
import functools

from engine.circuit import circuit_shape
from engine.feasibility import find_fault
from engine.forecast import network_named
from engine.judging import Mode
from engine.parameters import CircuitShape, Settings


def limit_of(settings: Settings, mode: Mode) -> str | None:
    """Return why `settings` cannot work, in one sentence; None if they can.

    Raises ModelError where the model is missing or damaged.
    """
    fault = find_fault(settings, _shape(settings.model, mode))
    return None if fault is None else f"{fault}."


@functools.lru_cache(maxsize=64)
def _shape(model: str, mode: Mode) -> CircuitShape:
    shape = circuit_shape(network_named(model))
    # As `engine.batch_circuit` has it: a slot a picture, and nothing is rotated.
    return shape if mode == "single" else dataclasses.replace(shape, slots=1, baby_steps=False)
