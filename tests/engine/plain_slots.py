"""Circuits without encryption: what they compute must be what their network does."""

from typing import Any

from engine.arrays import Array
from engine.circuits.clear import ClearBackend, keep_clear
from engine.circuits.execution import encode_circuit, run_stage
from engine.circuits.stages import Circuit, Leg


def run_leg(leg: Leg, masks: Any, backend: Any, *x: Any) -> Any:
    for stage in leg.stages:
        x = run_stage(stage, masks, backend, x)
    (only,) = x
    return only


def clear_scores(circuit: Circuit, picture: Array) -> Array:
    """Run the circuit on plain slots, and between the legs do as the client would."""
    period = circuit.parameters.chain.slots
    masks, values = encode_circuit(circuit, keep_clear(period)), picture
    for leg in circuit.legs:
        slots = run_leg(leg, masks, ClearBackend(), *leg.packing.pack(values, period))
        values = leg.packing.unpack(slots)
    return values
