"""The benchmark: network 1 as we run it against the same network on TenSEAL's stock operations.

Both run in turn in one process tree, warmed up, and medians are compared. The error is the worst
over ten keys. Figures quoted anywhere come from here, never from timed tests.
"""

import statistics
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.cost import PrimitiveCosts, count_stages
from engine.events import Classification
from engine.forecast import circuit_for, network_named
from engine.parameters import Settings
from engine.primitives import PrimitiveTimer
from engine.session import Session
from engine.stock import StockNetwork

KEYS = 10

Pictures = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class BenchReport:
    """What `python -m engine bench --json` prints; times are medians in milliseconds.

    `overhead` is the cloud's whole time for one picture, loading and saving included, over
    `primitive_sum_ms`, the sum of the SEAL primitives its circuit is made of.
    `max_relative_error` is the largest error of any score over the picture's largest score.
    """

    engine_ms: float
    stock_ms: float
    ratio: float
    engine_stages_ms: dict[str, float]
    total_ms: float
    primitive_sum_ms: float
    overhead: float
    max_relative_error: float
    median_relative_error: float
    stock_max_relative_error: float
    pictures: int
    same_prediction: int
    keys: int
    ciphertext_bytes: int
    relin_key_bytes: int
    galois_key_bytes: int
    settings: Settings
    coeff_modulus_bits: tuple[int, ...]


def run_bench(
    settings: Settings,
    pictures: Pictures,
    runs: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> BenchReport:
    """Measure speed over `runs` alternating runs, and the error over all `pictures` (n, 28, 28).

    The pictures are shared out among ten keys.
    """
    circuit = circuit_for(settings)
    stock = StockNetwork(
        network_named(settings.model), settings.poly_modulus_degree, settings.scale_bits
    )
    timer = PrimitiveTimer(circuit.parameters.chain)
    ours: list[Classification] = []
    stock_seconds: list[float] = []
    stock_errors: list[float] = []
    primitives: list[PrimitiveCosts] = []
    results: list[Classification] = []
    total = runs + 1 + len(pictures)
    with closing(Session()) as session:
        keys = session.prepare(settings)
        for run in range(runs + 1):
            picture = pictures[run % len(pictures)]
            scores, seconds = stock.classify(picture / 255)
            result = session.classify(picture)
            ours.append(result)
            stock_seconds.append(seconds)
            stock_errors.append(_relative_error(scores, result.clear))
            primitives.append(timer.measure(1))
            on_progress(run + 1, total)
    for share in np.array_split(np.arange(len(pictures)), KEYS):
        with closing(Session()) as session:
            session.prepare(settings)
            for index in share:
                results.append(session.classify(pictures[index]))
                on_progress(runs + 1 + len(results), total)
    engine_ms = _median_ms(result.server_seconds for result in ours[1:])
    stock_ms = _median_ms(stock_seconds[1:])
    counts = count_stages(circuit)
    primitive_sum_ms = _median_ms(
        sum(costs.total(each, settings.poly_modulus_degree) for each in counts.values())
        for costs in primitives[1:]
    )
    stages = {
        key: _median_ms(
            stage.seconds for result in ours[1:] for stage in result.stages if stage.key == key
        )
        for key in counts
    }
    errors = [result.relative_error for result in results]
    return BenchReport(
        engine_ms=engine_ms,
        stock_ms=stock_ms,
        ratio=round(stock_ms / engine_ms, 2),
        engine_stages_ms=stages,
        total_ms=_median_ms(result.total_seconds for result in ours[1:]),
        primitive_sum_ms=primitive_sum_ms,
        overhead=round(engine_ms / primitive_sum_ms, 3),
        max_relative_error=max(errors),
        median_relative_error=statistics.median(errors),
        stock_max_relative_error=max(stock_errors),
        pictures=len(results),
        same_prediction=sum(each.prediction == each.clear_prediction for each in results),
        keys=KEYS,
        ciphertext_bytes=len(ours[0].ciphertext.data),
        relin_key_bytes=keys.relin_key_bytes,
        galois_key_bytes=keys.galois_key_bytes,
        settings=settings,
        coeff_modulus_bits=circuit.parameters.chain.coeff_modulus_bits,
    )


def _median_ms(seconds: Iterable[float]) -> float:
    return round(statistics.median(seconds) * 1000, 3)


def _relative_error(scores: list[float], clear: tuple[float, ...]) -> float:
    difference = np.abs(np.asarray(scores) - np.asarray(clear)).max()
    return float(difference / np.abs(clear).max())
