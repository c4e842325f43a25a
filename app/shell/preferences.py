"""What survives a restart: settings, colours, brush, window geometry; in one INI file.

Everything read is checked and clamped. A file that is not ours or not readable is put aside as
`settings.ini.broken`, so nothing is lost and nothing crashes.
"""

from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from engine.ckks.parameters import (
    OUTER_BITS_RANGE,
    POLY_MODULUS_DEGREES,
    SCALE_BITS_RANGE,
    Settings,
)
from engine.resources import imported_names, model_names

VERSION = 1
THEMES = ("system", "light", "dark")
MAX_FILE_BYTES = 1_000_000


@dataclass(frozen=True)
class Preferences:
    """What is remembered. `brush` is in tenths of a pixel of the network's 28.

    `cloud` is host and port of the cloud in use, empty for this computer.
    """

    settings: Settings = field(default_factory=Settings)
    theme: str = "system"
    brush: int = 24
    reduce_motion: bool = False
    tour_seen: bool = False
    cloud: str = ""
    geometry: bytes = b""


def default_path() -> Path:
    """Return where the preferences lie on this machine."""
    return Path(platformdirs.user_config_dir("ciphersketch", appauthor=False)) / "settings.ini"


def load_preferences(path: Path) -> tuple[Preferences, str]:
    """Return the preferences in `path`, and a sentence if the file had to be put aside."""
    if not path.exists():
        return Preferences(), ""
    if not _is_sound(path):
        return Preferences(), _put_aside(path)
    return _read(QSettings(str(path), QSettings.Format.IniFormat)), ""


def save_preferences(preferences: Preferences, path: Path) -> bool:
    """Write the preferences; return whether that worked."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    store = QSettings(str(path), QSettings.Format.IniFormat)
    settings = preferences.settings
    for key, value in {
        "version": VERSION,
        "model": settings.model,
        "poly_modulus_degree": settings.poly_modulus_degree,
        "scale_bits": settings.scale_bits,
        "outer_bits": settings.outer_bits or 0,
        "theme": preferences.theme,
        "brush": preferences.brush,
        "reduce_motion": preferences.reduce_motion,
        "tour_seen": preferences.tour_seen,
        "cloud": preferences.cloud,
        "geometry": QByteArray(preferences.geometry),
    }.items():
        store.setValue(key, value if isinstance(value, QByteArray) else _ini_text(value))
    store.sync()
    return store.status() is QSettings.Status.NoError


def _is_sound(path: Path) -> bool:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return False
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    store = QSettings(str(path), QSettings.Format.IniFormat)
    if store.status() is not QSettings.Status.NoError:
        return False
    return _number(store, "version", 0) == VERSION


def _put_aside(path: Path) -> str:
    aside = path.with_name(path.name + ".broken")
    try:
        path.replace(aside)
    except OSError as error:
        return f"The settings file cannot be read ({error.strerror}); defaults are used."
    return f"The settings file was damaged and put aside as {aside.name}; defaults are used."


def _read(store: QSettings) -> Preferences:
    default = Preferences()
    return Preferences(
        settings=_read_settings(store, default.settings),
        theme=_one_of(_text(store, "theme"), THEMES, default.theme),
        brush=min(max(_number(store, "brush", default.brush), 12), 45),
        reduce_motion=_flag(store, "reduce_motion"),
        tour_seen=_flag(store, "tour_seen"),
        cloud=_text(store, "cloud"),
        geometry=_bytes(store, "geometry"),
    )


def _read_settings(store: QSettings, default: Settings) -> Settings:
    degree = _number(store, "poly_modulus_degree", default.poly_modulus_degree)
    bits = _number(store, "scale_bits", default.scale_bits)
    outer = _number(store, "outer_bits", 0)
    return Settings(
        model=_one_of(_text(store, "model"), (*model_names(), *imported_names()), default.model),
        poly_modulus_degree=(
            degree if degree in POLY_MODULUS_DEGREES else default.poly_modulus_degree
        ),
        scale_bits=min(max(bits, SCALE_BITS_RANGE.start), SCALE_BITS_RANGE.stop - 1),
        outer_bits=outer if outer in OUTER_BITS_RANGE else None,
    )


def _ini_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(store: QSettings, key: str) -> str:
    value = store.value(key, "")
    return value if isinstance(value, str) else ""


def _number(store: QSettings, key: str, default: int) -> int:
    try:
        return int(_text(store, key) or default)
    except ValueError:
        return default


def _flag(store: QSettings, key: str) -> bool:
    return _text(store, key) == "true"


def _bytes(store: QSettings, key: str) -> bytes:
    value = store.value(key)
    return bytes(value.data()) if isinstance(value, QByteArray) else b""


def _one_of(value: str, allowed: tuple[str, ...], default: str) -> str:
    return value if value in allowed else default
