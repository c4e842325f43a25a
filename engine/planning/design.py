"""What an architecture costs, before anything is trained: its best setting, stage by stage."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from engine.circuits.expected.precision import LOST_ERROR
from engine.circuits.stages import LinearStage, Stage
from engine.ckks.parameters import Settings
from engine.errors import ParameterError
from engine.networks.architecture import Architecture
from engine.networks.architecture_text import as_notation
from engine.planning.forecast import Forecast, Refusal, circuit_for, forecast
from engine.planning.recommended import recommended

MOST_SQUARES = 12
"""So many fit into the largest modulus; how many bits they have decides whether they run."""


@dataclass(frozen=True)
class StageCost:
    """What one stage takes: it begins with `level` primes and ends with `level_after`.

    A conjugation counts as a rotation. `seconds` is missing until this machine's primitive costs
    were measured; `bits` are those of its values that will be right.
    """

    key: str
    level: int
    level_after: int
    rotations: int
    masks: int
    ciphertexts: int
    seconds: float | None
    bits: float


@dataclass(frozen=True)
class Design:
    """An architecture under its recommended setting."""

    architecture: Architecture
    forecast: Forecast
    stages: tuple[StageCost, ...]


def design(
    architecture: Architecture, forecaster: Callable[[Settings], Forecast | Refusal] = forecast
) -> Design:
    """Plan an architecture; raise ModelError or ParameterError if it cannot run."""
    settings = recommended(as_notation(architecture.checked()))
    expected = forecaster(settings)
    if not isinstance(expected, Forecast):
        raise ParameterError(expected.reason, expected.suggestion)
    if expected.relative_error > LOST_ERROR:
        raise ParameterError(
            f"Nothing is left of the scores after {architecture.squares} squares, one upon the "
            "other, under any setting; fewer squares leave something."
        )
    return Design(architecture, expected, stage_costs(expected))


def stage_costs(expected: Forecast) -> tuple[StageCost, ...]:
    """Return what every stage of the cloud takes."""
    circuit = circuit_for(expected.settings)
    seconds, bits = dict(expected.stage_seconds), dict(expected.stage_bits)
    return tuple(_cost(stage, seconds.get(stage.key), bits[stage.key]) for stage in circuit.stages)


def _cost(stage: Stage, seconds: float | None, bits: float) -> StageCost:
    planned = stage.plan if isinstance(stage, LinearStage) else None
    conjugations = 0 if isinstance(stage, LinearStage) else int(stage.parting != "none")
    return StageCost(
        key=stage.key,
        level=stage.level,
        level_after=stage.level - stage.drop,
        rotations=len(planned.rotations) if planned else conjugations,
        masks=len(list(planned.masks)) if planned else 0,
        ciphertexts=planned.output.ciphertexts if planned else 1,
        seconds=seconds,
        bits=bits,
    )


def mended(architecture: Architecture, classes: int) -> Architecture:
    """Return the nearest architecture that can be planned: sizes cut to fit, squares left out.

    Raises ModelError if none of its layers can be kept.
    """
    fitting = architecture.fitted(classes)
    layers = list(fitting.layers)
    for place in reversed(range(len(layers) - 1)):
        for degree in (2, 1):
            if dataclasses.replace(fitting, layers=tuple(layers)).squares <= MOST_SQUARES:
                break
            if layers[place].degree > degree:
                layers[place] = dataclasses.replace(layers[place], degree=degree)
    return dataclasses.replace(fitting, layers=tuple(layers)).checked()
