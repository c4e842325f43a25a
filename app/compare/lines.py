"""Runs side by side, as lines: what each says of every run, and whether they differ."""

import dataclasses
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from app.compare.columns import NOTHING, SHOWN_SETTINGS, chain_text, setting_text
from app.kit.wording import (
    difference_text,
    score_text,
    security_text,
    share_text,
    short_model_text,
    size_text,
    time_text,
)
from app.state.stored_run import StoredRun
from engine.ckks.parameters import Settings

LEAST_GAP = 0.1
"""Measured values count as different from this share of the larger one on; see `_apart`."""
PICTURE = "Picture"
"""The line whose cells are the pictures."""
NOT_HERE = "the cloud's secret"
"""Stands for the clear answer of a model that only the cloud has."""
CLIENT_STAGES = ("encrypt", "decrypt", "refresh")


@dataclass(frozen=True)
class Bar:
    """A bar in a cell, from `start` to `end` of its width (0 to 1), in a colour of the palette."""

    start: float
    end: float
    color: str


@dataclass(frozen=True)
class Line:
    """One line: a text and bars for each run. A line without texts is the title of a section."""

    name: str
    texts: tuple[str, ...] = ()
    differs: bool = False
    bars: tuple[tuple[Bar, ...], ...] = ()


def compare(runs: Sequence[StoredRun]) -> list[Line]:
    """Return the lines of the comparison of one or more runs."""
    if not runs:
        return []
    return [
        *_settings(runs),
        *_sizes(runs),
        *_times(runs),
        *_scores(runs),
    ]


def _said(name: str, runs: Sequence[StoredRun], text: Callable[[StoredRun], str]) -> Line:
    texts = tuple(text(run) for run in runs)
    return Line(name, texts, len(set(texts)) > 1)


def _measured(
    name: str,
    runs: Sequence[StoredRun],
    value: Callable[[StoredRun], float | None],
    text: Callable[[float], str],
    alike: Callable[[StoredRun], Hashable] = lambda run: (run.settings, run.picture),
) -> Line:
    values = [value(run) for run in runs]
    texts = tuple(NOTHING if each is None else text(each) for each in values)
    return Line(name, texts, _apart(values, [alike(run) for run in runs]))


def _timed(
    name: str, runs: Sequence[StoredRun], value: Callable[[StoredRun], float | None]
) -> Line:
    """Return a line of seconds: they depend on the settings, not on the picture."""
    return _measured(name, runs, value, time_text, lambda run: run.settings)


def _apart(values: Sequence[float | None], kinds: Sequence[Hashable]) -> bool:
    """Tell whether values of different kinds differ by more than runs of one kind do by chance.

    What comes of the same settings is of one `kind`, and however far apart, only noise.
    """
    known = [(kind, each) for kind, each in zip(kinds, values, strict=True) if each is not None]
    if len(known) < len(values):
        return bool(known)
    ranges: dict[Hashable, tuple[float, float]] = {}
    for kind, each in known:
        low, high = ranges.get(kind, (each, each))
        ranges[kind] = min(low, each), max(high, each)
    least = LEAST_GAP * max(abs(each) for _, each in known)
    return max(low for low, _ in ranges.values()) - min(high for _, high in ranges.values()) > least


def _settings(runs: Sequence[StoredRun]) -> list[Line]:
    extra = [field.name for field in dataclasses.fields(Settings)]
    return [
        Line(PICTURE, ("",) * len(runs), len({run.picture for run in runs}) > 1),
        Line("Settings"),
        _said("Network", runs, lambda run: short_model_text(run.settings.model)),
        *(
            _said(name.capitalize().replace("_", " "), runs, _setting(name))
            for name in extra
            if name not in SHOWN_SETTINGS
        ),
        _said("Degree N", runs, lambda run: str(run.settings.poly_modulus_degree)),
        _said("Bit scale", runs, lambda run: str(run.settings.scale_bits)),
        _said("Chain", runs, chain_text),
        _said("Chain bits", runs, lambda run: str(sum(run.coeff_modulus_bits))),
        _said("Security 2018", runs, lambda run: security_text(run.security[0])),
        _said("Security 2024", runs, lambda run: security_text(run.security[1])),
    ]


def _setting(name: str) -> Callable[[StoredRun], str]:
    return lambda run: setting_text(run, name)


def _sizes(runs: Sequence[StoredRun]) -> list[Line]:
    def size(count: float) -> str:
        return size_text(round(count))

    return [
        Line("Sizes"),
        _measured("Ciphertext", runs, lambda run: run.ciphertext_bytes, size),
        _measured("Expansion", runs, _expansion, lambda times: f"{times:.0f} \u00d7"),
        _measured("Scores back", runs, lambda run: run.result_bytes, size),
        _measured("Wire in all", runs, _wire_bytes, size),
        _measured("Cloud's keys", runs, _key_bytes, size),
        _said("Galois keys", runs, lambda run: str(run.keys.galois_key_count) if run.keys else "?"),
    ]


def _expansion(run: StoredRun) -> float | None:
    return run.ciphertext_bytes / len(run.picture)


def _wire_bytes(run: StoredRun) -> float | None:
    return sum(stage.wire_bytes for stage in run.stages)


def _key_bytes(run: StoredRun) -> float | None:
    return run.keys.total_bytes if run.keys else None


def _key_seconds(run: StoredRun) -> float | None:
    return run.keys.seconds if run.keys else None


def _times(runs: Sequence[StoredRun]) -> list[Line]:
    stages = list(dict.fromkeys(stage.key for run in runs for stage in run.stages))
    longest = max((stage.seconds for run in runs for stage in run.stages), default=0.0) or 1.0
    return [
        Line("Time"),
        _timed("Keys, once", runs, _key_seconds),
        *(_stage(key, runs, longest) for key in stages),
        _timed("Cloud in all", runs, lambda run: run.server_seconds),
        _timed("Total", runs, lambda run: run.total_seconds),
    ]


def _stage(key: str, runs: Sequence[StoredRun], longest: float) -> Line:
    color = "clear" if key.startswith(CLIENT_STAGES) else "encrypted"

    def seconds(run: StoredRun) -> float | None:
        found = [stage.seconds for stage in run.stages if stage.key == key]
        return sum(found) if found else None

    bars = tuple((Bar(0.0, min(1.0, (seconds(run) or 0.0) / longest), color),) for run in runs)
    line = _timed(key.replace("-", " ").capitalize(), runs, seconds)
    return dataclasses.replace(line, bars=bars)


def _scores(runs: Sequence[StoredRun]) -> list[Line]:
    classes = list(dict.fromkeys(name for run in runs for name in run.classes))
    return [
        Line("Answer"),
        _said("Encrypted", runs, lambda run: run.answer),
        _said("Clear", runs, lambda run: run.clear_answer if run.clear else NOT_HERE),
        _said("Agreement", runs, _agreement),
        _measured("Largest difference", runs, _difference, difference_text),
        _measured("Relative error", runs, _error, share_text),
        Line("Scores, encrypted and clear"),
        *(_score(name, runs) for name in classes),
    ]


def _agreement(run: StoredRun) -> str:
    if not run.clear:
        return NOTHING
    return "agree" if run.agrees else "differ"


def _difference(run: StoredRun) -> float | None:
    return run.largest_difference if run.clear else None


def _error(run: StoredRun) -> float | None:
    return run.relative_error if run.clear else None


def _score(name: str, runs: Sequence[StoredRun]) -> Line:
    def found(run: StoredRun) -> tuple[float, ...]:
        """Return the encrypted and the clear score, as far as there are any."""
        place = run.classes.index(name) if name in run.classes else None
        both = (run.encrypted, run.clear) if run.clear else (run.encrypted,)
        return () if place is None else tuple(scores[place] for scores in both)

    every = [found(run) for run in runs]
    texts = tuple(score_text(each[0]) if each else NOTHING for each in every)
    bars = tuple(_score_bars(run, each) for run, each in zip(runs, every, strict=True))
    scores = [each[0] if each else None for each in every]
    differs = _apart(scores, [(run.settings, run.picture) for run in runs])
    return Line(name, texts, differs, bars)


def _score_bars(run: StoredRun, scores: tuple[float, ...]) -> tuple[Bar, ...]:
    """Return scores, encrypted and clear, as bars on the run's own scale, from zero's place."""
    every = (*run.encrypted, *run.clear, 0.0)
    low, high = min(every), max(every)
    span = (high - low) or 1.0
    return tuple(
        Bar((min(value, 0.0) - low) / span, (max(value, 0.0) - low) / span, color)
        for value, color in zip(scores, ("encrypted", "clear"), strict=False)
    )
