"""Every finding of the check, provoked."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_session import FakeSession

from app.check.findings import (
    LEAST_FREE,
    LONGEST_SECONDS,
    NETWORKS,
    Finding,
    Power,
    Surroundings,
    as_text,
    look_at,
    tell_all,
)
from app.check.machine import power_of
from engine.data_sets.registry import DATA_SETS
from engine.errors import UnreachableError
from engine.remote.address import Address
from engine.session.events import Classification, Event

ADDRESS = Address("cloud.example", 8765, bytes(16), bytes(16))


def fake(change: Callable[[FakeSession], None] = lambda session: None) -> Surroundings:
    """Return a place where all is well, but for what `change` does to each session."""

    def make(on_event: Callable[[Event], None], cloud: Address | None = None) -> FakeSession:
        session = FakeSession(on_event, cloud)
        change(session)
        return session

    power = Power(on_battery=False, charge=100)
    # Patient, since a busy machine is no finding of these tests.
    return Surroundings(make, ((1920, 1080),), power, 10**10, longest_seconds=60)


def found(here: Surroundings, name: str) -> Finding:
    (finding,) = [each for each in look_at(here) if each.name.startswith(name)]
    return finding


def test_where_all_is_well_every_finding_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.check.findings.is_missing", lambda *which: False)
    told: list[Finding] = []
    assert tell_all(fake(), told.append)
    assert [each.name for each in told] == [
        "Screens", "Power", "Disk", "Data sets", "MNIST, network 1, here",
        "MNIST, network 2, here",
    ]  # fmt: skip
    assert all(as_text(each).startswith("ok") for each in told)
    assert "cloud" in told[-1].found
    assert "decrypt" in told[-1].found


def test_no_data_set(tmp_path: Path) -> None:
    finding = found(replace(fake(), data=tmp_path), "Data sets")
    assert all(each.title in finding.found for each in DATA_SETS.values())
    assert "download" in finding.advice
    assert as_text(finding).startswith("!!")


def test_a_full_disk() -> None:
    assert found(replace(fake(), free_bytes=LEAST_FREE), "Disk").is_good
    finding = found(replace(fake(), free_bytes=LEAST_FREE - 1), "Disk")
    assert "Free 300 MB" in finding.advice


def test_no_screen_and_a_small_one() -> None:
    assert not found(replace(fake(), screens=()), "Screens").is_good
    two = found(replace(fake(), screens=((1920, 1080), (1024, 768))), "Screens")
    assert "1024 by 768" in two.found
    assert not two.is_good


def test_a_laptop_on_its_battery_and_one_that_is_plugged_in(tmp_path: Path) -> None:
    battery = tmp_path / "BAT0"
    battery.mkdir()
    (battery / "capacity").write_text("62\n")
    (battery / "status").write_text("Discharging\n")
    finding = found(replace(fake(), power=power_of(tmp_path)), "Power")
    assert "62 %" in finding.found
    assert "Plug it in" in finding.advice
    (battery / "status").write_text("Charging\n")
    assert found(replace(fake(), power=power_of(tmp_path)), "Power").is_good
    (battery / "capacity").write_text("much\n")
    assert power_of(tmp_path) is None


def test_a_cloud_that_does_not_answer() -> None:
    def away(session: FakeSession) -> None:
        if session.cloud is not None:
            session.broken = UnreachableError("cloud.example does not answer.")

    finding = found(replace(fake(away), cloud=ADDRESS), "Cloud at cloud.example")
    assert finding.found == "cloud.example does not answer."
    assert "this computer" in finding.advice
    assert found(replace(fake(), cloud=ADDRESS), "Cloud at cloud.example").is_good


def test_a_cloud_that_never_answers_is_given_up() -> None:
    def stuck(session: FakeSession) -> None:
        session.hold = "keys" if session.cloud is not None else ""

    here = replace(fake(stuck), cloud=ADDRESS, longest_seconds=0.05)
    assert found(here, "Cloud at").found == "no answer within 0.05 s"


def test_the_limits_of_all_runs_together_leave_room_in_20_seconds() -> None:
    assert (len(NETWORKS) + 1) * LONGEST_SECONDS < 20


def test_a_machine_that_is_too_slow_is_stopped_and_told() -> None:
    def stuck(session: FakeSession) -> None:
        session.hold = "conv"

    here = replace(fake(stuck), longest_seconds=0.05)
    finding = found(here, "MNIST, network 1")
    assert finding.found == "no answer within 0.05 s"
    assert "recorded run stands in" in finding.advice
    assert threading.active_count() < 10


@pytest.mark.parametrize(
    ("changed", "advice"),
    [({"total_seconds": 3.2}, "smaller network"), ({"clear_prediction": 8}, "larger bit scale")],
)
def test_an_answer_that_comes_late_or_is_another(
    changed: dict[str, float], advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = FakeSession.classify

    def classify(session: FakeSession, picture: object) -> Classification:
        return replace(answered(session, picture), **changed)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeSession, "classify", classify)
    assert advice in found(fake(), "MNIST, network 1").advice


def test_no_key_can_be_made() -> None:
    def broken(session: FakeSession) -> None:
        session.broken = UnreachableError("The client process stopped.")

    finding = found(fake(broken), "MNIST, network 1")
    assert finding.found == "The client process stopped."
    assert not finding.is_good
