"""Which points of a grid of settings cannot work, and why, quickly: nothing is planned or run.

Whole grids are asked about while a person chooses them; planning a circuit takes too long there.
"""

import functools

from engine.circuits.batch.stages import batch_shape, check_noise, check_protocol
from engine.circuits.stages import circuit_shape
from engine.ckks.chains import make_parameters
from engine.ckks.feasibility import find_fault
from engine.ckks.parameters import CircuitShape, ProtocolName, Settings
from engine.errors import ParameterError
from engine.planning.forecast import network_named
from engine.studies.judging import Mode


def limit_of(settings: Settings, mode: Mode) -> str | None:
    """Return why `settings` cannot work, in one sentence; None if they can.

    Raises ModelError where the model is missing or damaged.
    """
    shape = _shape(settings.model, settings.protocol, mode)
    fault = find_fault(settings, shape)
    if mode == "batched":
        try:
            check_protocol(settings)
            if fault is None:
                check_noise(settings, make_parameters(settings, shape))
        except ParameterError as error:
            return str(error)
    return None if fault is None else f"{fault}."


@functools.lru_cache(maxsize=64)
def _shape(model: str, protocol: ProtocolName, mode: Mode) -> CircuitShape:
    network = network_named(model)
    return circuit_shape(network, protocol) if mode == "single" else batch_shape(network)
