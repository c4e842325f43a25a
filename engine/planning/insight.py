"""Looking inside a run: the trace of a picture under some settings, without any cryptography."""

import numpy as np
import numpy.typing as npt

from engine.ckks.parameters import Settings
from engine.inside.trace import Trace
from engine.inside.tracing import trace_run
from engine.planning.forecast import circuit_for, network_named


def look_inside(
    settings: Settings, picture: npt.NDArray[np.uint8] | npt.NDArray[np.float64]
) -> Trace:
    """Return every step that classifying a picture takes; raise ParameterError or ModelError.

    `picture` has as many values as the network's input: bytes, which stand for 0 to 1, or the very
    values.
    """
    network = network_named(settings.model)
    values = picture.reshape(network.card.input_shape).astype(np.float64)
    if picture.dtype == np.uint8:
        values /= 255
    return trace_run(circuit_for(settings), network, values)
