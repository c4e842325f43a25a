"""Judging encrypted answers: what a session classifies at once becomes a Part.

A part is one picture in mode "single", one batch in mode "batched". Evaluations and sweeps are made
of parts, so nothing that is finished is ever done again.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.arrays import Array, as_input
from engine.ckks.parameters import Settings
from engine.data_sets.samples import Samples
from engine.errors import ParameterError
from engine.networks.layers import relative_errors
from engine.planning.forecast import Refusal, forecast, network_named
from engine.session.batch import batch_circuit_for
from engine.session.events import BatchResult, Classification, KeysReady, StageFinished
from engine.session.relay import Session

Mode = Literal["single", "batched"]
"""Whether pictures go one by one, or thousands together with one in each slot."""
MODES: tuple[Mode, ...] = ("single", "batched")


@dataclass(frozen=True)
class Part:
    """The answers to the pictures `indices` of some samples, with what they cost.

    `encrypted` and `clear` are the predicted classes, `errors` the largest error of each picture's
    scores over its largest clear score. Seconds and bytes are those of the whole part;
    `stage_seconds` pairs each stage with its own work. Of a network of two classes `margins` are
    how much higher the second one's encrypted score is.
    """

    indices: tuple[int, ...]
    encrypted: tuple[int, ...]
    clear: tuple[int, ...]
    errors: tuple[float, ...]
    stage_seconds: tuple[tuple[str, float], ...]
    cloud_seconds: float
    seconds: float
    bytes_up: int
    bytes_down: int
    key_seconds: float
    key_bytes: int
    margins: tuple[float, ...] = ()


def split_indices(settings: Settings, mode: Mode, indices: list[int]) -> list[tuple[int, ...]]:
    """Return which pictures go together: as few parts as the mode allows, equally large."""
    size = 1 if mode == "single" else batch_circuit_for(settings).capacity
    parts = np.array_split(np.asarray(indices, dtype=int), math.ceil(len(indices) / size) or 1)
    return [tuple(part.tolist()) for part in parts if len(part)]


def coeff_modulus_bits(settings: Settings, mode: Mode) -> tuple[int, ...]:
    """Return the primes that `settings` lead to; raise ParameterError, ModelError if to none."""
    if mode == "batched":
        return batch_circuit_for(settings).parameters.chain.coeff_modulus_bits
    outcome = forecast(settings)
    if isinstance(outcome, Refusal):
        raise ParameterError(outcome.reason, outcome.suggestion)
    return outcome.coeff_modulus_bits


def judge(
    settings: Settings, mode: Mode, samples: Samples, indices: tuple[int, ...], session: Session
) -> Part:
    """Classify some of the samples, encrypted and clear; raise what the session raises."""
    if mode == "single":
        keys = session.prepare(settings)
        return _part_of_picture(indices, keys, session.classify(samples.pictures[indices[0]]))
    keys = session.prepare_batch(settings)
    pictures = samples.pictures[list(indices)]
    result = session.classify_batch(pictures)
    clear = network_named(settings.model).forward(as_input(pictures))
    return _part_of_batch(indices, keys, result, clear)


def _part_of_picture(indices: tuple[int, ...], keys: KeysReady, result: Classification) -> Part:
    return Part(
        indices=indices,
        encrypted=(result.prediction,),
        clear=(result.clear_prediction,),
        errors=(result.relative_error,),
        stage_seconds=_by_stage(result.stages),
        cloud_seconds=result.server_seconds,
        seconds=result.total_seconds,
        bytes_up=result.bytes_up,
        bytes_down=result.bytes_down,
        key_seconds=keys.seconds,
        key_bytes=keys.relin_key_bytes + keys.galois_key_bytes,
        margins=_margins(np.array([result.encrypted])),
    )


def _part_of_batch(
    indices: tuple[int, ...], keys: KeysReady, result: BatchResult, clear: Array
) -> Part:
    return Part(
        indices=indices,
        encrypted=tuple(result.scores.argmax(axis=1).tolist()),
        clear=tuple(clear.argmax(axis=1).tolist()),
        errors=tuple(relative_errors(result.scores, clear).tolist()),
        stage_seconds=_by_stage(result.stages),
        cloud_seconds=result.server_seconds,
        seconds=result.seconds,
        bytes_up=result.bytes_up,
        bytes_down=result.bytes_down,
        key_seconds=keys.seconds,
        key_bytes=keys.relin_key_bytes + keys.galois_key_bytes,
        margins=_margins(result.scores),
    )


def _margins(scores: Array) -> tuple[float, ...]:
    if scores.shape[1] != 2:
        return ()
    return tuple((scores[:, 1] - scores[:, 0]).tolist())


def _by_stage(stages: Iterable[StageFinished]) -> tuple[tuple[str, float], ...]:
    return tuple((stage.key, stage.seconds) for stage in stages)
