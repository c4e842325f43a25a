"""What this machine answers: its battery, its free space, its screens."""

import shutil
from pathlib import Path

import platformdirs
from PySide6.QtGui import QGuiApplication

from app.check.findings import Power, Surroundings
from app.link.session import open_session
from engine.remote.address import Address

SUPPLIES = Path("/sys/class/power_supply")
"""Where Linux tells of batteries (Documentation/ABI/testing/sysfs-class-power)."""


def surroundings(cloud: Address | None, has_display: bool = True) -> Surroundings:
    """Return what a talk finds on this machine; a QGuiApplication must exist."""
    sizes = [screen.size() for screen in QGuiApplication.screens()] if has_display else []
    return Surroundings(
        factory=open_session,
        screens=tuple((size.width(), size.height()) for size in sizes),
        power=power_of(SUPPLIES),
        free_bytes=shutil.disk_usage(_existing(platformdirs.user_data_path("ciphersketch"))).free,
        cloud=cloud,
    )


def power_of(supplies: Path) -> Power | None:
    """Return the state of the first battery that a folder like SUPPLIES tells of, else None."""
    for battery in sorted(supplies.glob("BAT*")):
        try:
            status = (battery / "status").read_text().strip()
            return Power(status == "Discharging", int((battery / "capacity").read_text()))
        except (OSError, ValueError):
            continue
    return None


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.is_dir())
