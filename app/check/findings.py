"""What a talk needs, looked at one by one; every look ends in a finding. Free of Qt.

The networks are run as in the talk: keys are made, a picture is encrypted, computed on, decrypted.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from app.kit.wording import model_text
from app.link.session import EngineSession, SessionFactory
from engine.ckks.parameters import Settings
from engine.data_sets.loading import is_missing
from engine.data_sets.preparation import read_picture
from engine.data_sets.registry import DATA_SETS
from engine.errors import CancelledError, CipherSketchError
from engine.remote.address import Address
from engine.resources import assets_dir
from engine.session.events import Classification

SAMPLE = "3-pen.png"
NETWORKS = (
    Settings("mnist-network1", 8192, 26),
    Settings("mnist-network2", 16384, 27),
)
LONGEST_SECONDS = 5.0
"""So long may each of two networks and the cloud take, keys included: the check ends in 20 s."""
STOP_SECONDS = 0.05
SLOW_SECONDS = 1.0
"""An answer that takes longer makes an audience wait."""
STAND_IN = "Where it fails on stage, a recorded run stands in."
ANOTHER_CLOUD = "Choose this computer as the cloud, or pair again."
LEAST_FREE = 300 * 2**20
"""Runs, sweeps and recordings of a day fit into it many times over."""


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do; nothing to do if all is well."""

    name: str
    found: str
    advice: str = ""

    @property
    def is_good(self) -> bool:
        """Tell whether nothing need be done."""
        return not self.advice


@dataclass(frozen=True)
class Power:
    """Whether the machine runs on its battery, and how full that is, 0 to 100."""

    on_battery: bool
    charge: int


@dataclass(frozen=True)
class Surroundings:
    """Where the talk is given: what the looks ask, so that a test can give any answer.

    `screens` are sizes in pixels; `free_bytes` are of the user's data folder; `power` is None where
    there is no battery or none can be asked.
    """

    factory: SessionFactory
    screens: tuple[tuple[int, int], ...]
    power: Power | None
    free_bytes: int
    data: Path | None = None
    cloud: Address | None = None
    networks: tuple[Settings, ...] = field(default=NETWORKS)
    longest_seconds: float = LONGEST_SECONDS


def look_at(here: Surroundings) -> Iterator[Finding]:
    """Yield the findings, the quick ones first."""
    yield _screens(here.screens)
    yield _power(here.power)
    yield _disk(here.free_bytes)
    yield _data_sets(here.data)
    for settings in here.networks:
        yield _network(here, settings)
    if here.cloud is not None:
        yield _cloud(here, here.cloud)


def _screens(screens: tuple[tuple[int, int], ...]) -> Finding:
    sizes = ", ".join(f"{width} by {height}" for width, height in screens)
    if not screens:
        return Finding("Screens", "none", "Start it where a window can be shown.")
    if min(min(width / 1120, height / 630) for width, height in screens) < 1:
        return Finding("Screens", sizes, "Set each to 1280 by 720 at least, or a smaller scaling.")
    return Finding("Screens", f"{len(screens)}: {sizes}")


def _power(power: Power | None) -> Finding:
    if power is None:
        return Finding("Power", "no battery that can be asked")
    if power.on_battery:
        return Finding(
            "Power",
            f"on battery, {power.charge} % left",
            "Plug it in: on battery a processor is slower, and screens go dark.",
        )
    return Finding("Power", f"plugged in, battery {power.charge} %")


def _disk(free_bytes: int) -> Finding:
    found = f"{free_bytes / 2**20:,.0f} MB free"
    if free_bytes < LEAST_FREE:
        advice = f"Free {LEAST_FREE >> 20} MB where your data are, or runs will not be kept."
        return Finding("Disk", found, advice)
    return Finding("Disk", found)


def _data_sets(root: Path | None) -> Finding:
    missing = [name for name in DATA_SETS if is_missing(name, "test", root)]
    if not missing:
        return Finding("Data sets", f"all {len(DATA_SETS)} at hand")
    return Finding(
        "Data sets",
        f"missing: {', '.join(DATA_SETS[name].title for name in missing)}",
        "Fetch those that you will show, in Data sets (F5) or by ciphersketch engine download.",
    )


def _network(here: Surroundings, settings: Settings) -> Finding:
    name = f"{model_text(settings.model)}, here"
    try:
        with closing(here.factory(lambda event: None)) as session:
            return _answered(name, *_run(session, settings, here.longest_seconds))
    except CancelledError:
        return _too_slow(name, here.longest_seconds, f"Close other programs. {STAND_IN}")
    except CipherSketchError as error:
        return Finding(name, str(error), f"Start the program again. {STAND_IN}")


def _cloud(here: Surroundings, address: Address) -> Finding:
    name = f"Cloud at {address.where}"
    try:
        with closing(here.factory(lambda event: None, address)) as session:
            return _answered(name, *_run(session, here.networks[0], here.longest_seconds))
    except CancelledError:
        return _too_slow(name, here.longest_seconds, ANOTHER_CLOUD)
    except CipherSketchError as error:
        return Finding(name, str(error), ANOTHER_CLOUD)


def _run(
    session: EngineSession, settings: Settings, longest: float
) -> tuple[float, Classification]:
    """Return how long keys took, and an answer; CancelledError after `longest` seconds."""
    done = threading.Event()

    def stop_late() -> None:
        """Cancel again and again: between two calls there is nothing to cancel."""
        late = not done.wait(longest)
        while late and not done.wait(STOP_SECONDS):
            session.cancel()

    watch = threading.Thread(target=stop_late, name="check-limit")
    watch.start()
    try:
        keys = session.prepare(settings)
        return keys.seconds, session.classify(read_picture(assets_dir() / "samples" / SAMPLE))
    finally:
        done.set()
        watch.join()


def _answered(name: str, key_seconds: float, answer: Classification) -> Finding:
    steps = {"keys": key_seconds, **_steps(answer)}
    found = ", ".join(f"{step} {_time(seconds)}" for step, seconds in steps.items())
    if answer.prediction != answer.clear_prediction:
        return Finding(name, "reads another digit than in the clear", "Choose a larger bit scale.")
    if answer.total_seconds > SLOW_SECONDS:
        return Finding(name, found, "Close other programs, or show a smaller network.")
    return Finding(name, found)


def _steps(answer: Classification) -> dict[str, float]:
    steps = {stage.key: stage.seconds for stage in answer.stages}
    return {
        "encrypt": steps.get("encrypt", 0.0),
        "cloud": answer.server_seconds,
        "decrypt": steps.get("decrypt", 0.0),
        "all together": answer.total_seconds,
    }


def _too_slow(name: str, seconds: float, advice: str) -> Finding:
    return Finding(name, f"no answer within {seconds:g} s", advice)


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


def as_text(finding: Finding) -> str:
    """Return a finding as lines for a terminal."""
    mark = "ok" if finding.is_good else "!!"
    lines = f"{mark}  {finding.name}: {finding.found}"
    return lines if finding.is_good else f"{lines}\n    {finding.advice}"


def tell_all(here: Surroundings, tell: Callable[[Finding], None]) -> bool:
    """Tell every finding as it comes; return whether all are good."""
    good = True
    for finding in look_at(here):
        tell(finding)
        good = good and finding.is_good
    return good
