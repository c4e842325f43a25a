"""What a circuit costs, without running it: a back end that only counts.

Multiplied with the measured cost of each primitive (`engine.circuits.expected.calibration`) the
counts predict the time of every stage; the benchmark compares the same sum with what a real run
takes.
"""

import dataclasses
import statistics
from collections import Counter
from dataclasses import dataclass

from engine.circuits.execution import encode_circuit, run_stage
from engine.circuits.stages import Circuit

PRIMITIVES = ("rotate", "multiply_plain", "add", "add_plain", "square", "relinearize", "rescale")

MEASURED = (1.0, 1.0)
"""Measuring the primitives counts as two runs that took as long as measured."""

KEPT_RUNS = 5
MOST_PACE = 8.0

Counts = Counter[tuple[str, int]]
"""How often each primitive runs at each level: keys are (primitive, primes left)."""


def count_stages(circuit: Circuit) -> dict[str, Counts]:
    """Return the primitives that each stage is made of, keyed by stage."""
    masks = encode_circuit(circuit, lambda values, level, scale: level)
    counts: dict[str, Counts] = {}
    for leg in circuit.legs:
        levels = (circuit.parameters.chain.top_level,) * len(leg.packing.value_of_slot)
        for stage in leg.stages:
            counter = _Counter()
            levels = run_stage(stage, masks, counter, levels)
            counts[stage.key] = counter.counts
    return counts


@dataclass(frozen=True)
class PrimitiveCosts:
    """Seconds of each primitive at N = `poly_modulus_degree`, for 1, 2, … primes left.

    `make_galois_key` is by the number of data primes of the chain. Other degrees are predicted by
    N log N, and more primes by the square for a key switch and linearly for the rest.

    A machine that is busy or hot later takes longer for everything alike: `runs` says how many
    times as long as measured its newest runs took, oldest first. `day` is when it was last looked
    at, as in 2026-11-30, empty if unknown.
    """

    poly_modulus_degree: int
    seconds: dict[str, tuple[float, ...]]
    runs: tuple[float, ...] = MEASURED
    day: str = ""

    @property
    def pace(self) -> float:
        """Return how many times as long as measured everything takes now: the median of the runs.

        So one run that something held up changes little.
        """
        return statistics.median(self.runs)

    def after(self, predicted: float, taken: float, day: str) -> "PrimitiveCosts":
        """Return the costs after a run that took so many seconds where these were predicted."""
        pace = min(max(self.pace * taken / predicted, 1 / MOST_PACE), MOST_PACE)
        return dataclasses.replace(self, runs=(*self.runs, pace)[-KEPT_RUNS:], day=day)

    def predict(self, primitive: str, level: int, poly_modulus_degree: int) -> float:
        """Return the seconds of one `primitive`."""
        known = self.seconds[primitive]
        measured = known[min(level, len(known)) - 1]
        if level > len(known):
            power = 2 if primitive in {"rotate", "relinearize", "make_galois_key"} else 1
            measured *= (level / len(known)) ** power
        return self.pace * measured * _work(poly_modulus_degree) / _work(self.poly_modulus_degree)

    def total(self, counts: Counts, poly_modulus_degree: int) -> float:
        """Return the seconds of all primitives counted."""
        return sum(
            number * self.predict(primitive, level, poly_modulus_degree)
            for (primitive, level), number in counts.items()
        )


def _work(degree: int) -> float:
    return degree * (degree.bit_length() - 1)


class _Counter:
    """A back end whose ciphertext is just its number of primes left."""

    def __init__(self) -> None:
        self.counts: Counts = Counter()

    def _count(self, primitive: str, level: int) -> int:
        self.counts[primitive, level] += 1
        return level

    def rotate(self, x: int, step: int) -> int:
        return self._count("rotate", x)

    def conjugate(self, x: int) -> int:
        return self._count("rotate", x)  # both are a key switch

    def multiply_plain(self, x: int, mask: int) -> int:
        return self._count("multiply_plain", x)

    def add(self, x: int, y: int) -> int:
        return self._count("add", x)

    def sum(self, x: int, y: int) -> int:
        return self._count("add", x)

    def subtract(self, x: int, y: int) -> int:
        return self._count("add", x)

    def turn(self, x: int) -> int:
        return self._count("multiply_plain", x)

    def add_plain(self, x: int, values: int) -> int:
        return self._count("add_plain", x)

    def square(self, x: int) -> int:
        return self._count("square", x)

    def relinearize(self, x: int) -> int:
        return self._count("relinearize", x)

    def rescale(self, x: int) -> int:
        return self._count("rescale", x) - 1
