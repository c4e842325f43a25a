"""The predicted precision beside the measured one, over ten keys.

The prediction (`engine.circuits.expected.precision`) knows neither the keys nor the pictures; what
is measured are pictures of the model's test set, a few under each key.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.ckks.parameters import Settings
from engine.data_sets.loading import load_split
from engine.errors import DatasetError
from engine.networks.blobs import blobs
from engine.planning.forecast import Forecast, forecast, network_named
from engine.session.relay import Session
from engine.session.single import Picture

KEYS = 10


@dataclass(frozen=True)
class PrecisionReport:
    """A setting's relative errors: what was expected, and the median and worst measured.

    `off` is the expected over the median, `same` how many of the `runs` answers stayed.
    `predicted_ms` is missing until this machine's primitive costs were measured.
    """

    settings: Settings
    expected: float
    median: float
    worst: float
    off: float
    same: int
    runs: int
    cloud_ms: float
    predicted_ms: float | None
    consequence: str


def run_precision(
    wanted: Sequence[Settings],
    pictures: int,
    on_report: Callable[[PrecisionReport], None],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Measure each setting under ten keys, `pictures` for each; settings that are refused, not.

    Raises what a session raises.
    """
    for done, settings in enumerate(wanted):
        on_progress(done, len(wanted))
        expected = forecast(settings)
        if isinstance(expected, Forecast):
            on_report(_measure(expected, _pictures(settings.model, KEYS * pictures)))


def _measure(expected: Forecast, pictures: Sequence[Picture]) -> PrecisionReport:
    answers = []
    for share in np.array_split(np.arange(len(pictures)), KEYS):
        with Session() as session:
            session.prepare(expected.settings)
            answers += [session.classify(pictures[index]) for index in share]
    errors = [each.relative_error for each in answers]
    median, seconds = statistics.median(errors), expected.server_seconds
    return PrecisionReport(
        settings=expected.settings,
        expected=expected.relative_error,
        median=median,
        worst=max(errors),
        off=expected.relative_error / median,
        same=sum(each.prediction == each.clear_prediction for each in answers),
        runs=len(answers),
        cloud_ms=1000 * statistics.median(each.server_seconds for each in answers),
        predicted_ms=None if seconds is None else 1000 * seconds,
        consequence=expected.consequence,
    )


def _pictures(model: str, count: int) -> Sequence[Picture]:
    """Return test pictures of the model's data set; without one, blobs."""
    card = network_named(model).card
    try:
        return tuple(load_split(card.dataset, "test").pictures[:count])
    except DatasetError:
        return tuple(blobs(count, card.input_shape))
