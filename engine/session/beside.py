"""The clear network's answer, set beside the encrypted one."""

import dataclasses

import numpy as np

from engine.arrays import Array
from engine.ckks.parameters import LOGIT_MARGIN
from engine.errors import MessageError
from engine.networks.layers import Network
from engine.session.events import Classification


def beside(answer: Classification, network: Network, values: Array) -> Classification:
    """Return an answer with the clear network's beside it, to `values` (channels, height, width).

    Raises MessageError if the scores are larger than the ciphertext has room for.
    """
    clear = network.forward(values[None])[0]
    _check_range(network, clear)
    difference = float(np.abs(np.asarray(answer.encrypted) - clear).max())
    return dataclasses.replace(
        answer,
        clear=tuple(clear.tolist()),
        clear_prediction=int(clear.argmax()),
        largest_difference=difference,
        relative_error=difference / float(np.abs(clear).max()),
        why_not_clear="",
    )


def _check_range(network: Network, clear: Array) -> None:
    """Refuse an answer that outgrew its modulus, as it may be anything."""
    largest = float(np.abs(clear).max())
    room = network.card.largest_logit * LOGIT_MARGIN
    if largest > room:
        if network.card.test_pictures:
            way_out = "pictures like those that it was trained on work"
        else:
            way_out = "import it again with --samples of such inputs"
        raise MessageError(
            f"A score of {largest:.3g} is beyond the {room:.3g} that {network.name} has room for; "
            f"{way_out}."
        )
