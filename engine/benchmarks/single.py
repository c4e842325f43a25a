"""The benchmark: networks as we run them against the same networks on TenSEAL's stock operations.

All that is compared runs in turn in one process tree, warmed up, and medians are compared. The
error is the worst over ten keys. Figures quoted anywhere come from here, never from timed tests.
"""

import statistics
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.benchmarks.stock import StockNetwork
from engine.benchmarks.stock_refresh import StockRefreshed
from engine.circuits.expected.cost import PrimitiveCosts, count_stages
from engine.circuits.expected.primitives import PrimitiveTimer
from engine.ckks.parameters import Settings
from engine.networks.layers import Conv2d, relative_errors
from engine.planning.forecast import circuit_for, network_named
from engine.remote.address import Address
from engine.session.events import Classification
from engine.session.relay import Session

KEYS = 10

Pictures = npt.NDArray[np.uint8]
Progress = Callable[[int, int], None]


class Stock(Protocol):
    """A network on TenSEAL's own operations."""

    def classify(self, picture: Array) -> tuple[list[float], float]:
        """Return the scores of a picture (28, 28) in [0, 1] and the cloud's seconds."""


@dataclass(frozen=True)
class BenchReport:
    """What `python -m engine bench --json` prints; times are medians in milliseconds.

    `stock_protocol` tells how the stock operations ran: network 1 in one shot, all else in the
    poster's protocol. `overhead` is the cloud's whole time for one picture, loading and saving
    included, over `primitive_sum_ms`, the sum of the SEAL primitives its circuit is made of.
    `max_relative_error` is the largest error of any score over the picture's largest score.
    `bytes_up` and `bytes_down` count all ciphertexts of one picture.
    """

    engine_ms: float
    stock_ms: float
    stock_protocol: str
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
    bytes_up: int
    bytes_down: int
    relin_key_bytes: int
    galois_key_bytes: int
    settings: Settings
    coeff_modulus_bits: tuple[int, ...]


def run_bench(
    settings: Settings,
    pictures: Pictures,
    runs: int,
    on_progress: Progress = lambda done, total: None,
    cloud: Address | None = None,
) -> BenchReport:
    """Measure speed over `runs` alternating runs, and the error over all `pictures` (n, 28, 28).

    The pictures are shared out among ten keys.
    """
    return run_benches([settings], pictures, runs, on_progress, cloud)[0]


def run_benches(
    wanted: Sequence[Settings],
    pictures: Pictures,
    runs: int,
    on_progress: Progress = lambda done, total: None,
    cloud: Address | None = None,
) -> tuple[BenchReport, ...]:
    """Measure several settings as `run_bench` does one, all of them in turn in every run."""
    stocks = {_stock_key(settings): _make_stock(settings) for settings in wanted}
    done, total = 0, runs + 1 + len(wanted) * len(pictures)
    with ExitStack() as stack:
        contenders = [
            _Contender(settings, stack.enter_context(Session(cloud=cloud))) for settings in wanted
        ]
        for run in range(runs + 1):
            picture = pictures[run % len(pictures)]
            stock_runs = {key: stock.classify(picture / 255) for key, stock in stocks.items()}
            for contender in contenders:
                contender.run(picture, *stock_runs[_stock_key(contender.settings)])
            on_progress(done := done + 1, total)
    for contender in contenders:
        for share in np.array_split(np.arange(len(pictures)), KEYS):
            with Session(cloud=cloud) as session:
                session.prepare(contender.settings)
                for index in share:
                    contender.judged.append(session.classify(pictures[index]))
                    on_progress(done := done + 1, total)
    return tuple(contender.report() for contender in contenders)


def _stock_key(settings: Settings) -> Settings | str:
    """Return what the stock operations of some settings depend on."""
    convolutions = sum(isinstance(each, Conv2d) for each in network_named(settings.model).layers)
    one_shot = settings.protocol == "one-shot" and convolutions == 1
    return settings if one_shot else settings.model


def _make_stock(settings: Settings) -> Stock:
    network = network_named(settings.model)
    if _stock_key(settings) == settings:
        return StockNetwork(network, settings.poly_modulus_degree, settings.scale_bits)
    return StockRefreshed(network)


class _Contender:
    """One setting and all that was measured of it; the first of its runs is for warming up.

    The session has the keys for the runs, and must stay open for them.
    """

    def __init__(self, settings: Settings, session: Session) -> None:
        self.settings = settings
        self.judged: list[Classification] = []
        self._session = session
        self._keys = session.prepare(settings)
        self._circuit = circuit_for(settings)
        self._timer = PrimitiveTimer(self._circuit.parameters.chain)
        self._ours: list[Classification] = []
        self._stock_seconds: list[float] = []
        self._stock_errors: list[float] = []
        self._primitives: list[PrimitiveCosts] = []

    def run(self, picture: npt.NDArray[np.uint8], scores: list[float], seconds: float) -> None:
        """Classify a picture, for which the stock operations gave `scores` in `seconds`."""
        result = self._session.classify(picture)
        self._ours.append(result)
        self._stock_seconds.append(seconds)
        stock, clear = np.asarray([scores]), np.asarray([result.clear])
        self._stock_errors.append(float(relative_errors(stock, clear)[0]))
        self._primitives.append(self._timer.measure(1))

    def report(self) -> BenchReport:
        """Return the figures."""
        ours, degree = self._ours[1:], self.settings.poly_modulus_degree
        counts = count_stages(self._circuit)
        engine_ms = _median_ms(result.server_seconds for result in ours)
        stock_ms = _median_ms(self._stock_seconds[1:])
        primitive_sum_ms = _median_ms(
            sum(costs.total(each, degree) for each in counts.values())
            for costs in self._primitives[1:]
        )
        stages = {
            key: _median_ms(
                stage.seconds for result in ours for stage in result.stages if stage.key == key
            )
            for key in counts
        }
        errors = [result.relative_error for result in self.judged]
        last = ours[-1]
        return BenchReport(
            engine_ms=engine_ms,
            stock_ms=stock_ms,
            stock_protocol=(
                "one-shot" if _stock_key(self.settings) == self.settings else "refresh"
            ),
            ratio=round(stock_ms / engine_ms, 2),
            engine_stages_ms=stages,
            total_ms=_median_ms(result.total_seconds for result in ours),
            primitive_sum_ms=primitive_sum_ms,
            overhead=round(engine_ms / primitive_sum_ms, 3),
            max_relative_error=max(errors),
            median_relative_error=statistics.median(errors),
            stock_max_relative_error=max(self._stock_errors),
            pictures=len(self.judged),
            same_prediction=sum(each.prediction == each.clear_prediction for each in self.judged),
            keys=KEYS,
            ciphertext_bytes=len(last.ciphertext.data),
            bytes_up=last.bytes_up,
            bytes_down=last.bytes_down,
            relin_key_bytes=self._keys.relin_key_bytes,
            galois_key_bytes=self._keys.galois_key_bytes,
            settings=self.settings,
            coeff_modulus_bits=self._circuit.parameters.chain.coeff_modulus_bits,
        )


def _median_ms(seconds: Iterable[float]) -> float:
    return round(statistics.median(seconds) * 1000, 3)
