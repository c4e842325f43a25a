"""The benchmark's own workings: what it compares, and how it judges. Times are never asserted."""

import dataclasses

import numpy as np
import pytest

from engine.arrays import Array
from engine.benchmarks.comparison import CONTENDERS, judge
from engine.benchmarks.single import BenchReport, Stock, run_benches
from engine.benchmarks.stock_refresh import StockRefreshed
from engine.ckks.parameters import Settings
from engine.networks.layers import Conv2d, Dense, ModelCard, Network, Square

Picture = np.typing.NDArray[np.uint8]


def test_stock_operations_in_the_posters_protocol_compute_the_network() -> None:
    rng = np.random.default_rng(2)
    layers = (
        Conv2d(rng.normal(size=(2, 1, 4, 4)) / 8, rng.normal(size=2) / 4, 4),
        Square(),
        Conv2d(rng.normal(size=(2, 2, 3, 3)) / 4, rng.normal(size=2) / 4, 2),
        Square(),
        Dense(rng.normal(size=(4, 18)) / 4, np.zeros(4)),  # a bias would spoil the next `mm`
        Square(),
        Dense(rng.normal(size=(10, 4)), rng.normal(size=10)),
    )
    card = ModelCard("MNIST", "of a test", tuple("0123456789"), 0.0, 0, 8.0, 8.0, "none")
    network = Network("small", layers, card)
    picture = rng.random((28, 28))
    scores, seconds = StockRefreshed(network).classify(picture)
    clear = network.forward(picture[None, None])[0]
    assert np.abs(np.asarray(scores) - clear).max() < 0.05 * np.abs(clear).max()
    assert seconds > 0


class NoStock:
    """Stands in for TenSEAL's operations, which are slow; counts the pictures that it is given."""

    def __init__(self) -> None:
        self.calls = 0

    def classify(self, picture: Array) -> tuple[list[float], float]:
        self.calls += 1
        return [0.0] * 10, 1.0


def test_several_settings_run_in_turn_against_the_stock_that_suits_each(
    samples: tuple[Picture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[Settings, NoStock] = {}

    def make(settings: Settings) -> Stock:
        return made.setdefault(settings, NoStock())

    monkeypatch.setattr("engine.benchmarks.single._make_stock", make)
    monkeypatch.setattr("engine.benchmarks.single.KEYS", 1)
    wanted = [CONTENDERS["network 1, one shot"], CONTENDERS["network 1, refreshed"]]
    steps: list[tuple[int, int]] = []
    reports = run_benches(
        wanted, np.stack(samples[:2]), 1, lambda done, total: steps.append((done, total))
    )
    assert steps == [(done, 6) for done in range(1, 7)]
    assert {settings: stock.calls for settings, stock in made.items()} == dict.fromkeys(wanted, 2)
    assert [report.settings for report in reports] == wanted
    assert [report.stock_protocol for report in reports] == ["one-shot", "refresh"]
    for report in reports:
        assert report.stock_ms == 1000
        assert report.ratio == pytest.approx(1000 / report.engine_ms, abs=0.01)
        assert report.pictures == report.same_prediction == 2
        assert report.max_relative_error < 0.005
        assert report.bytes_up >= report.ciphertext_bytes
    assert reports[0].bytes_up == reports[0].ciphertext_bytes
    assert reports[1].bytes_up > reports[1].ciphertext_bytes


@pytest.mark.parametrize(
    ("change", "unmet"),
    [
        ({}, ""),
        ({"ratio": 7.9}, "times as fast as stock"),
        ({"max_relative_error": 0.006}, "largest relative error"),
        ({"same_prediction": 998}, "same prediction as clear"),
        ({"engine_ms": 11.0}, "network 2 refreshed, times one shot"),
    ],
)
def test_a_bar_that_is_not_kept_is_named(change: dict[str, float], unmet: str) -> None:
    good = BenchReport(
        engine_ms=10.0,
        stock_ms=100.0,
        stock_protocol="refresh",
        ratio=10.0,
        engine_stages_ms={},
        total_ms=12.0,
        primitive_sum_ms=10.0,
        overhead=1.0,
        max_relative_error=0.004,
        median_relative_error=0.001,
        stock_max_relative_error=1.0,
        pictures=1000,
        same_prediction=999,
        keys=10,
        ciphertext_bytes=1,
        bytes_up=1,
        bytes_down=1,
        relin_key_bytes=1,
        galois_key_bytes=1,
        settings=Settings(),
        coeff_modulus_bits=(),
    )
    reports = dict.fromkeys(CONTENDERS, good)
    reports["network 2, refreshed"] = dataclasses.replace(good, **change)  # type: ignore[arg-type]
    failed = [bar.what for bar in judge(reports) if not bar.met]
    assert len(failed) == bool(unmet)
    assert all(unmet in each for each in failed)
