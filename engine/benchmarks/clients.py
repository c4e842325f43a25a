"""The benchmark of a cloud elsewhere: what the way there costs, and how many clients it serves.

All that is compared runs in turn: a picture here and there, then two local processes and many
clients. Client and cloud on one machine tell what TLS and frames cost, whatever the network.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.remote.address import Address
from engine.session.relay import Session
from engine.studies.sweeps.workplaces import local_processes

LOCAL_PROCESSES = 2
PICTURES = 10
"""Pictures in turn, here and there, each round."""

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Place:
    """What was measured of a place: medians over all rounds.

    `first_ms` is from starting, or connecting, to the first answer, keys and all; `picture_ms` the
    whole of a picture. `rate` is the pictures a second of so many `processes` together, `least` and
    `most` what one of them got.
    """

    first_ms: float
    picture_ms: float
    processes: int
    rate: float
    least: float
    most: float


@dataclass(frozen=True)
class ClientsReport:
    """What `python -m engine bench-cloud --json` prints: two processes here, the clients there.

    `ratio` is the median of `ratios`: of each round the rate there over the rate here.
    """

    here: Place
    there: Place
    ratio: float
    ratios: tuple[float, ...]
    settings: Settings


def run_clients(
    address: Address,
    settings: Settings,
    picture: Picture,
    clients: int,
    rounds: int,
    seconds: float,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ClientsReport:
    """Measure `rounds` times; all processes run for `seconds` each time.

    Raises ResultsError if that was too short for all of them to be at it together.
    """
    here = _Measured(None, LOCAL_PROCESSES, settings, picture)
    there = _Measured(address, clients, settings, picture)
    steps = count(1)
    for _ in range(rounds):
        here.measure_first()
        there.measure_first()
        _in_turn(here, there)
        on_progress(next(steps), 3 * rounds)
        for each in (here, there):
            each.measure_together(seconds)
            on_progress(next(steps), 3 * rounds)
    ratios = [round(two[0] / one[0], 3) for one, two in zip(here.rates, there.rates, strict=True)]
    return ClientsReport(
        here.place(), there.place(), statistics.median(ratios), tuple(ratios), settings
    )


class _Measured:
    """A place, and all that was measured of it, in seconds and pictures a second."""

    def __init__(
        self, address: Address | None, processes: int, settings: Settings, picture: Picture
    ) -> None:
        self._address = address
        self._processes = processes
        self._settings = settings
        self._picture = picture
        self._firsts: list[float] = []
        self.wholes: list[float] = []
        self.rates: list[tuple[float, float, float]] = []

    def session(self) -> Session:
        """Return a new session."""
        return Session(cloud=self._address)

    def classify(self, session: Session) -> float:
        """Classify the picture; return the seconds of the whole."""
        session.prepare(self._settings)
        return session.classify(self._picture).total_seconds

    def measure_first(self) -> None:
        """Start a session, up to its first answer."""
        begin = time.perf_counter()
        with self.session() as session:
            self.classify(session)
            self._firsts.append(time.perf_counter() - begin)

    def measure_together(self, seconds: float) -> None:
        """Let all processes run; count what they did while all of them were at it."""
        task = self._address, self._settings, self._picture, seconds
        with local_processes(self._processes).open() as pool:
            begun = [pool.submit(_classify_for, *task) for _ in range(self._processes)]
            ends = [each.result() for each in begun]
        begin, end = max(each[0] for each in ends), min(each[-1] for each in ends)
        done = [sum(begin < moment <= end for moment in each) for each in ends]
        if not all(done):
            raise ResultsError(
                f"{self._processes} processes were not at it together within {seconds:g} s: "
                "give them more with --seconds."
            )
        span = end - begin
        self.rates.append((sum(done) / span, min(done) / span, max(done) / span))

    def place(self) -> Place:
        """Return the medians."""
        rates = (statistics.median(each) for each in zip(*self.rates, strict=True))
        return Place(
            round(1000 * statistics.median(self._firsts), 1),
            round(1000 * statistics.median(self.wholes), 1),
            self._processes,
            *(round(each, 2) for each in rates),
        )


def _in_turn(here: _Measured, there: _Measured) -> None:
    with here.session() as local, there.session() as remote:
        for picture in range(PICTURES + 1):
            for place, session in ((here, local), (there, remote)):
                taken = place.classify(session)
                if picture:  # the first is for warming up
                    place.wholes.append(taken)


def _classify_for(
    address: Address | None, settings: Settings, picture: Picture, seconds: float
) -> list[float]:
    """Return when each picture of one process was done: seconds of this machine's clock."""
    with Session(cloud=address) as session:
        session.prepare(settings)
        ends: list[float] = []
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            session.classify(picture)
            ends.append(time.monotonic())
    return ends
