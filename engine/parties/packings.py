"""How the packing of a leg crosses: its numbers as a `LegForm`, the value of each slot as int64."""

import math

import numpy as np

from engine.circuits.stages import LegPacking
from engine.errors import MessageError
from engine.messages.to_key_owner import LegForm


def form_of(packing: LegPacking) -> LegForm:
    """Return a packing without its slots."""
    return LegForm(
        ciphertexts=packing.value_of_slot.shape[0],
        parts=packing.value_of_slot.shape[1],
        scale=packing.scale,
        result_slots=packing.result_slots,
        result_imaginary=packing.result_imaginary,
        result_size=packing.result_size,
        result_level=packing.result_level,
        result_scale=packing.result_scale,
        result_gain=packing.result_gain,
    )


def slots_of(packing: LegPacking) -> bytes:
    """Return the value of each slot."""
    return packing.value_of_slot.astype("<i8").tobytes()


def packing_from(form: LegForm, blob: bytes, slots: int) -> LegPacking:
    """Return how the values of a leg lie in slots; MessageError if they cannot lie so."""
    period, rest = divmod(len(blob), 8 * form.ciphertexts * form.parts)
    if rest or not form.parts <= period <= slots or slots % period:
        raise MessageError(f"A packing of {len(blob)} bytes does not fit {slots} slots.")
    if len(form.result_imaginary) != len(form.result_slots):
        raise MessageError(
            f"{len(form.result_slots)} results come with {len(form.result_imaginary)} parts."
        )
    if any(slot >= slots for slot in form.result_slots):
        raise MessageError(f"A result stands in slot {max(form.result_slots)} of {slots}.")
    if not all(map(math.isfinite, (form.scale, form.result_scale, form.result_gain))):
        raise MessageError("A packing has a scale that is no number.")
    return LegPacking(
        value_of_slot=np.frombuffer(blob, dtype="<i8").reshape(form.ciphertexts, form.parts, -1),
        scale=form.scale,
        result_slots=form.result_slots,
        result_imaginary=form.result_imaginary,
        result_size=form.result_size,
        result_level=form.result_level,
        result_scale=form.result_scale,
        result_gain=form.result_gain,
    )
