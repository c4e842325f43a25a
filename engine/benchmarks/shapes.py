"""Networks of well-known shapes with weights by chance: how long the cloud takes for each.

They are the shapes that HElayers 1.5.5 was measured on, with one thread and its own choice of
layout on the same machine. Time does not depend on what the weights are.
"""

import os
import statistics
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.importing.model import measured_network
from engine.networks.files import save_network
from engine.networks.layers import AveragePool, Conv2d, Dense, Layer, Polynomial, Shape
from engine.planning.forecast import Forecast, forecast
from engine.planning.recommended import recommended
from engine.session.relay import Session

HELAYERS_MS: Mapping[str, float] = {
    "like-network-1": 460,
    "lenet-1": 1490,
    "lenet-5": 7500,
    "cifar-3-convolutions": 6900,
    "dense-16x16": 370,
}
"""What HElayers took for the same shapes (measured once, one thread)."""

POOL = AveragePool((2, 2), 2)


@dataclass(frozen=True)
class ShapeReport:
    """One shape: what it took, in milliseconds, and how exact it was over `runs` pictures."""

    cloud_ms: float
    predicted_ms: float | None
    helayers_ms: float
    max_relative_error: float
    same_prediction: int
    runs: int
    poly_modulus_degree: int
    scale_bits: int
    coeff_modulus_bits: tuple[int, ...]
    key_seconds: float


def run_shapes(
    runs: int, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, ShapeReport]:
    """Measure every shape on `runs` pictures of noise; models lie in a temporary folder."""
    shapes = _shapes(np.random.default_rng(0))
    reports: dict[str, ShapeReport] = {}
    with tempfile.TemporaryDirectory(prefix="ciphersketch-") as folder:
        before = os.environ.get("CIPHERSKETCH_MODELS")
        os.environ["CIPHERSKETCH_MODELS"] = folder
        try:
            with Session() as session:
                session.calibrate()
            for done, (name, (shape, layers)) in enumerate(shapes.items()):
                on_progress(done, len(shapes))
                network = measured_network(layers, shape, name)
                save_network(network, Path(folder) / f"{name}.safetensors")
                reports[name] = _measure(name, shape, runs)
        finally:
            os.environ.pop("CIPHERSKETCH_MODELS")
            if before is not None:
                os.environ["CIPHERSKETCH_MODELS"] = before
    return reports


def _measure(name: str, shape: Shape, runs: int) -> ShapeReport:
    settings, rng = recommended(name), np.random.default_rng(1)
    with Session() as session:
        keys = session.prepare(settings)
        answers = [session.classify(rng.random(shape)) for _ in range(runs + 1)][1:]
    expected = forecast(settings)
    seconds = expected.server_seconds if isinstance(expected, Forecast) else None
    return ShapeReport(
        cloud_ms=1000 * statistics.median(each.server_seconds for each in answers),
        predicted_ms=None if seconds is None else 1000 * seconds,
        helayers_ms=HELAYERS_MS[name],
        max_relative_error=max(each.relative_error for each in answers),
        same_prediction=sum(each.prediction == each.clear_prediction for each in answers),
        runs=runs,
        poly_modulus_degree=settings.poly_modulus_degree,
        scale_bits=settings.scale_bits,
        coeff_modulus_bits=answers[-1].ciphertext.coeff_modulus_bits,
        key_seconds=keys.seconds,
    )


def _shapes(rng: np.random.Generator) -> dict[str, tuple[Shape, tuple[Layer, ...]]]:
    def convolution(outputs: int, inputs: int, kernel: int, stride: int = 1, pad: int = 0) -> Layer:
        weight = rng.normal(size=(outputs, inputs, kernel, kernel)) / (kernel * inputs**0.5)
        return Conv2d(weight, rng.normal(size=outputs) / 4, stride, (pad,) * 4)

    def dense(outputs: int, inputs: int) -> Layer:
        return Dense(rng.normal(size=(outputs, inputs)) / inputs**0.5, rng.normal(size=outputs) / 4)

    def quadratic(channels: int) -> Layer:
        terms = np.array([0.1, 0.5, 0.3])[:, None] * np.ones(channels)
        return Polynomial(terms, np.ones(channels))

    return {
        "like-network-1": (
            (1, 28, 28),
            (
                convolution(8, 1, 4, 3),
                quadratic(8),
                dense(64, 648),
                quadratic(64),
                dense(10, 64),
            ),
        ),
        "lenet-1": (
            (1, 28, 28),
            (
                convolution(4, 1, 5),
                quadratic(4),
                POOL,
                convolution(12, 4, 5),
                quadratic(12),
                POOL,
                dense(10, 192),
            ),
        ),
        "lenet-5": (
            (1, 32, 32),
            (
                convolution(6, 1, 5),
                quadratic(6),
                POOL,
                convolution(16, 6, 5),
                quadratic(16),
                POOL,
                convolution(120, 16, 5),
                quadratic(120),
                dense(84, 120),
                quadratic(84),
                dense(10, 84),
            ),
        ),
        "cifar-3-convolutions": (
            (3, 32, 32),
            (
                convolution(16, 3, 3, pad=1),
                quadratic(16),
                POOL,
                convolution(64, 16, 3, pad=1),
                quadratic(64),
                POOL,
                convolution(128, 64, 3, pad=1),
                quadratic(128),
                POOL,
                dense(10, 2048),
            ),
        ),
        "dense-16x16": ((1, 16, 16), (dense(64, 256), quadratic(64), dense(10, 64))),
    }
