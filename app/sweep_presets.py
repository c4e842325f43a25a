"""The poster's four graphs as sweeps that one click chooses; free of the engine, for menus."""

from dataclasses import dataclass
from typing import Literal

Measure = Literal["accuracy", "time"]


@dataclass(frozen=True)
class SweepPreset:
    """One of the poster's graphs: which network it is about, at which degree, what it shows."""

    title: str
    explanation: str
    measure: Measure
    network: str
    poly_modulus_degree: int
    scales: tuple[int, ...]
    pictures: int


_AT_8192 = ("network1", 8192, (20, 22, 24, 26, 28, 30))
_AT_16384 = ("network2", 16384, (20, 24, 26, 28, 30, 32, 36))

PRESETS = (
    SweepPreset(
        "Accuracy, N = 8192", "Accuracy of network 1 against the bit scale", "accuracy",
        *_AT_8192, 100,
    ),
    SweepPreset(
        "Time, N = 8192", "Time of network 1 against the bit scale", "time", *_AT_8192, 10,
    ),
    SweepPreset(
        "Accuracy, N = 16384", "Accuracy of network 2 against the bit scale", "accuracy",
        *_AT_16384, 100,
    ),
    SweepPreset(
        "Time, N = 16384", "Time of network 2 against the bit scale", "time", *_AT_16384, 10,
    ),
)  # fmt: skip
