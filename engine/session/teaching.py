"""A teaching run: the key owner looks into the ciphertext after every stage, for show.

The cloud shows what a real one would keep to itself; it is decrypted where the key is, for the
person at the window, and nothing decrypted goes back to the cloud.
"""

import numpy as np
import numpy.typing as npt

from engine.ckks.pairs import parts
from engine.errors import InternalError
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.looks import StageLook, TeachingRun, right_bits
from engine.inside.trace import Span, Step, Trace, slots_of
from engine.messages.to_cloud import StageShown
from engine.messages.to_key_owner import Reveal
from engine.messages.typed import Blobs
from engine.parties.processes import Processes
from engine.planning.forecast import expected_precision
from engine.planning.insight import look_inside
from engine.session.single import Picture, Singles


def teach(processes: Processes, singles: Singles, picture: Picture) -> TeachingRun:
    """Classify a picture under the prepared settings, and look into every stage."""
    settings = singles.wanted
    trace = look_inside(settings, picture)
    shown: list[StageShown] = []
    scores, seconds = singles.teach(picture, shown.append)
    spans = {span.key: span for span in trace.spans}
    expected = dict(expected_precision(settings).stage_bits)
    if [each.key for each in shown] != list(expected):
        raise InternalError("The cloud did not show every stage; start the program again.")
    looks = tuple(
        _look(processes, trace, spans[each.key], each.blobs, expected[each.key]) for each in shown
    )
    return TeachingRun(settings, looks, scores, seconds)


def _look(
    processes: Processes, trace: Trace, span: Span, blobs: Blobs, expected_bits: float
) -> StageLook:
    steps = [trace.steps[number] for number in span.results]
    decrypted = np.stack(
        [
            np.frombuffer(
                processes.key_owner.ask(Reveal(step.size, step.level, step.scale, (blob,))).blobs[
                    0
                ],
                dtype="<c16",
            )
            for step, blob in zip(steps, blobs, strict=True)
        ]
    )
    found = np.stack([np.stack(parts(each)) for each in decrypted])
    clear = np.stack([np.stack(parts(slots_of(step))) for step in steps])
    held = np.stack([_held(trace, step) for step in steps])
    bits = right_bits(clear[held], found[held])
    return StageLook(span.key, found, clear, held, bits, expected_bits, sum(map(len, blobs)))


def _held(trace: Trace, step: Step) -> npt.NDArray[np.bool_]:
    """Return which values of the slots after a step there are, (2, slots)."""
    holding = holding_at(trace, step.number)
    second = np.full(trace.slots, NOTHING) if holding.imaginary is None else holding.imaginary
    return np.asarray(np.stack([holding.values, second]) != NOTHING)
