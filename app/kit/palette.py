"""The two colour palettes. Colours mean something and mean it everywhere.

`clear` marks what can be read (the picture, the key owner, clear scores); `encrypted` marks what
cannot (the ciphertext, the cloud, encrypted scores). Orange and blue stay apart for people who
are colour-blind, and nothing is told by colour alone. `series_1` to `series_3` tell the data sets
of plotted points apart, beside their symbols. Every pair in `READABLE_PAIRS` has a contrast of at
least 4.5 : 1 (WCAG 2.2, AA).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`; `on_X` is text on a fill of X, `X_tint` a quiet background."""

    name: str
    window: str
    surface: str
    sunken: str
    border: str
    control: str
    text: str
    muted: str
    clear: str
    clear_tint: str
    clear_edge: str
    encrypted: str
    encrypted_tint: str
    encrypted_edge: str
    on_encrypted: str
    encrypted_hover: str
    danger: str
    danger_tint: str
    series_1: str
    series_2: str
    series_3: str


LIGHT = Palette(
    name="light",
    window="#eef0f3",
    surface="#ffffff",
    sunken="#f5f6f8",
    border="#d8dce2",
    control="#7b838f",
    text="#171b21",
    muted="#525b67",
    clear="#9c4f00",
    clear_tint="#fbf0e0",
    clear_edge="#ecd3ae",
    encrypted="#1f55c4",
    encrypted_tint="#e6eefc",
    encrypted_edge="#bfd2f5",
    on_encrypted="#ffffff",
    encrypted_hover="#18449f",
    danger="#a8201a",
    danger_tint="#fdecea",
    series_1="#00705a",
    series_2="#a0267e",
    series_3="#3f4650",
)

DARK = Palette(
    name="dark",
    window="#101317",
    surface="#1a1e24",
    sunken="#13161b",
    border="#313741",
    control="#7b8594",
    text="#eceef1",
    muted="#a6afbb",
    clear="#f5b455",
    clear_tint="#2a2215",
    clear_edge="#57431f",
    encrypted="#86b2ff",
    encrypted_tint="#152238",
    encrypted_edge="#2c456f",
    on_encrypted="#08152b",
    encrypted_hover="#a9c8ff",
    danger="#ffb0a6",
    danger_tint="#3b1b18",
    series_1="#4fd1ae",
    series_2="#f28fd0",
    series_3="#dde2e9",
)

PALETTES = {"light": LIGHT, "dark": DARK}

READABLE_PAIRS = (
    ("text", "window"),
    ("text", "surface"),
    ("text", "sunken"),
    ("text", "clear_tint"),
    ("text", "encrypted_tint"),
    ("muted", "window"),
    ("muted", "surface"),
    ("muted", "sunken"),
    ("muted", "clear_tint"),
    ("muted", "encrypted_tint"),
    ("clear", "surface"),
    ("clear", "sunken"),
    ("clear", "clear_tint"),
    ("encrypted", "surface"),
    ("encrypted", "sunken"),
    ("encrypted", "encrypted_tint"),
    ("on_encrypted", "encrypted"),
    ("on_encrypted", "encrypted_hover"),
    ("danger", "surface"),
    ("danger", "window"),
    ("danger", "danger_tint"),
    ("text", "danger_tint"),
    ("series_1", "surface"),
    ("series_2", "surface"),
    ("series_3", "surface"),
)
"""Text colour and the background it is used on."""


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two `#rrggbb` colours, 1 to 21."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
