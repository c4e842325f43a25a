"""The columns of the table of runs: what each says, how it sorts, and the words it is found by."""

import dataclasses
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.kit.wording import TERMS, model_text, share_text, short_model_text, size_text, time_text
from app.state.stored_run import StoredRun
from engine.ckks.parameters import Settings

SHOWN_SETTINGS = ("model", "poly_modulus_degree", "scale_bits", "outer_bits")
"""Settings that have columns of their own, or show in the chain; others get one by their name."""
NOTHING = "\u2013"
"""Stands where a run has no such value."""


@dataclass(frozen=True)
class Column:
    """One column: `width` in spacing units, `key` what it sorts by."""

    title: str
    width: float
    text: Callable[[StoredRun], str]
    key: Callable[[StoredRun], object]
    tip: str


def when_text(at: float) -> str:
    """Return a time of day, with the date if it was not today."""
    then = datetime.fromtimestamp(at, UTC).astimezone()
    today = datetime.now(UTC).astimezone().date()
    return then.strftime("%H:%M:%S" if then.date() == today else "%d %b %H:%M")


def chain_text(run: StoredRun) -> str:
    """Return the primes' bits, equal ones together, the special one after a bar."""
    *primes, special = run.coeff_modulus_bits
    groups = [(bits, len(list(group))) for bits, group in itertools.groupby(primes)]
    texts = [f"{bits}" if count == 1 else f"{count}\u00d7{bits}" for bits, count in groups]
    return f"{' '.join(texts)} | {special}"


def answer_text(run: StoredRun) -> str:
    """Return the answer, and the clear one where it is another."""
    return run.answer if run.agrees else f"{run.answer} \u2260 {run.clear_answer}"


def error_text(run: StoredRun) -> str:
    """Return the relative error; `secret` where there are no clear scores to tell it by."""
    return share_text(run.relative_error) if run.clear else "secret"


def setting_text(run: StoredRun, name: str) -> str:
    """Return a setting by its field's name; a dash where there is none."""
    value = getattr(run.settings, name)
    if value is None:
        return NOTHING
    return value.replace("-", " ").capitalize() if isinstance(value, str) else str(value)


def _extra_columns() -> list[Column]:
    names = [field.name for field in dataclasses.fields(Settings)]
    return [
        Column(
            name.replace("_", " ").capitalize(),
            17,
            lambda run, name=name: setting_text(run, name),  # type: ignore[misc]
            lambda run, name=name: setting_text(run, name),  # type: ignore[misc]
            "",
        )
        for name in names
        if name not in SHOWN_SETTINGS
    ]


COLUMNS = (
    Column("Pin", 11.5, lambda run: "\u2605 yes" if run.pinned else "",
           lambda run: run.pinned, "Pinned runs stay on top"),
    Column("When", 30, lambda run: when_text(run.at), lambda run: run.at,
           "When the run ended, and the picture that the network saw"),
    Column("Network", 29, lambda run: short_model_text(run.settings.model),
           lambda run: run.settings.model, "The trained model that classified the picture"),
    *_extra_columns(),
    Column("N", 13, lambda run: str(run.settings.poly_modulus_degree),
           lambda run: run.settings.poly_modulus_degree, TERMS["poly_modulus_degree"]),
    Column("Scale", 12, lambda run: str(run.settings.scale_bits),
           lambda run: run.settings.scale_bits, TERMS["scale_bits"]),
    Column("Chain", 23, chain_text, lambda run: sum(run.coeff_modulus_bits),
           f"{TERMS['coeff_modulus']}\n{TERMS['special_prime']}"),
    Column("Answer", 20, answer_text, answer_text,
           "The decrypted answer; \u2260 and the clear answer where the two differ"),
    Column("Cloud", 14, lambda run: time_text(run.server_seconds),
           lambda run: run.server_seconds, "Time of the cloud"),
    Column("Total", 14, lambda run: time_text(run.total_seconds),
           lambda run: run.total_seconds, "Time from the button to the decrypted scores"),
    Column("Error", 16, error_text, lambda run: run.relative_error,
           "The largest difference from the clear scores, as a share of the largest of them; none "
           "where the model is the cloud's secret"),
    Column("Size", 13, lambda run: size_text(run.ciphertext_bytes),
           lambda run: run.ciphertext_bytes, TERMS["ciphertext"]),
)  # fmt: skip


def words_of(run: StoredRun) -> str:
    """Return the text that the filter looks through, in small letters."""
    settings = run.settings
    extra = " ".join(f"{name} {value}" for name, value in vars(settings).items())
    agreement = ("agree" if run.agrees else "differ") if run.clear else "secret"
    pinned = "pinned" if run.pinned else ""
    return (
        f"{model_text(settings.model)} n={settings.poly_modulus_degree} "
        f"scale={settings.scale_bits} {extra} {chain_text(run)} answer={run.answer} "
        f"{agreement} {pinned}"
    ).lower()
