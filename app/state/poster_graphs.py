"""The poster's four graphs as sweeps that one click chooses; light, for menus.

What shows their claims was measured. The poster's chain cannot have a bit scale under 20, and there
the engine's error is below one percent already: accuracy is the same at all of them. So the graphs
of accuracy take the engine's chain, which goes down to 15 bits, where many answers are wrong. The
graphs of time are measured as the poster did it: with refreshes, and one prime of the bit scale for
each multiplication.
"""

from dataclasses import dataclass
from typing import Literal

from engine.ckks.parameters import ProtocolName

Measure = Literal["accuracy", "time"]
ChainName = Literal["engine", "poster"]
"""Who chooses the primes: the engine (few and large), or the rule that the poster used."""


@dataclass(frozen=True)
class SweepPreset:
    """One of the poster's graphs: which network it is about, how it is run, what it shows."""

    title: str
    explanation: str
    measure: Measure
    network: str
    poly_modulus_degree: int
    scales: tuple[int, ...]
    pictures: int
    protocol: ProtocolName
    chain: ChainName


PRESETS = (
    SweepPreset(
        "Accuracy, N = 8192",
        "Accuracy of network 1 against the bit scale: it rises, and then stays",
        "accuracy", "network1", 8192, (15, 16, 17, 18, 20, 22, 24, 26, 28), 100,
        "one-shot", "engine",
    ),
    SweepPreset(
        "Time, N = 8192",
        "Time of network 1 with the poster's protocol and chain: the bit scale does not matter",
        "time", "network1", 8192, (20, 21, 22, 23, 24, 25, 26), 10, "refresh", "poster",
    ),
    SweepPreset(
        "Accuracy, N = 16384",
        "Accuracy of network 2 against the bit scale: it rises, and then stays",
        "accuracy", "network2", 16384, (15, 16, 17, 18, 20, 22, 24, 26, 28), 50,
        "one-shot", "engine",
    ),
    SweepPreset(
        "Time, N = 16384",
        "Time of network 2 with the poster's protocol and chain: the bit scale does not matter",
        "time", "network2", 16384, (24, 26, 28, 30, 32, 34, 36), 10, "refresh", "poster",
    ),
)  # fmt: skip
