"""Runs that nobody ran, for tests of what is kept and compared."""

import dataclasses
import math
import string

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from app.state.stored_run import SIDE, KeySizes, StoredRun
from engine.ckks.pairs import parts
from engine.ckks.parameters import POLY_MODULUS_DEGREES, Settings
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.looks import StageLook, TeachingRun
from engine.inside.trace import slots_of
from engine.planning.insight import look_inside
from engine.session.events import StageFinished

DIGITS = tuple("0123456789")
STAGES = ("encrypt", "send", "conv", "square-1", "dense-1", "receive", "decrypt")


def made_run(name: str = "a", **changes: object) -> StoredRun:
    """Return a run that answered 3, with any fields replaced."""
    clear = tuple(5.0 if k == 3 else 2.0 if k == 8 else -1.0 for k in range(10))
    run = StoredRun(
        id=name,
        at=1_700_000_000.0,
        picture=bytes(range(256)) * 3 + bytes(16),
        settings=Settings(),
        coeff_modulus_bits=(55, 55, 53, 51),
        classes=DIGITS,
        encrypted=tuple(score + 0.001 for score in clear),
        clear=clear,
        stages=tuple(StageFinished(key, 0.01, 100, 2) for key in STAGES),
        keys=KeySizes(0.2, 700_000, 8_300_000, 12),
        ciphertext_bytes=185_000,
        result_bytes=124_000,
        server_seconds=0.05,
        total_seconds=0.06,
        largest_difference=0.001,
        relative_error=0.0002,
    )
    return dataclasses.replace(run, **changes)  # type: ignore[arg-type]


_finite = st.floats(allow_nan=False)
_seconds = st.floats(0, 1e6)
_bytes = st.integers(0, 2**40)
_text = st.text(st.characters(codec="utf-8"), max_size=12)
_settings = st.builds(
    Settings,
    model=_text,
    poly_modulus_degree=st.sampled_from(POLY_MODULUS_DEGREES),
    scale_bits=st.integers(15, 50),
    outer_bits=st.none() | st.integers(20, 60),
)
_stages = st.builds(
    StageFinished, key=_text, seconds=_seconds, wire_bytes=_bytes, level=st.integers(0, 30)
)
_scores = st.tuples(*[_finite] * 10)

_with_clear_scores = st.builds(
    StoredRun,
    id=st.text(string.hexdigits, min_size=1, max_size=32),
    at=st.floats(0, 1e11),
    picture=st.binary(min_size=SIDE * SIDE, max_size=SIDE * SIDE),
    settings=_settings,
    coeff_modulus_bits=st.lists(st.integers(20, 60), min_size=1, max_size=20).map(tuple),
    classes=st.tuples(*[_text] * 10),
    encrypted=_scores,
    clear=_scores,
    stages=st.lists(_stages, max_size=8).map(tuple),
    keys=st.none()
    | st.builds(
        KeySizes,
        seconds=_seconds,
        relin_key_bytes=_bytes,
        galois_key_bytes=_bytes,
        galois_key_count=st.integers(0, 99),
    ),
    ciphertext_bytes=_bytes,
    result_bytes=_bytes,
    server_seconds=_seconds,
    total_seconds=_seconds,
    largest_difference=_finite,
    relative_error=_finite,
    pinned=st.booleans(),
)


def secret_run(run: StoredRun) -> StoredRun:
    """Return a run as it would be if its model were the cloud's secret."""
    return dataclasses.replace(
        run,
        clear=(),
        why_not_clear="The model is the cloud's secret.",
        largest_difference=math.nan,
        relative_error=math.nan,
    )


any_run = _with_clear_scores | _with_clear_scores.map(secret_run)


def made_teaching(settings: Settings, picture: npt.NDArray[np.uint8]) -> TeachingRun:
    """Return a teaching run whose numbers are off by 2^-bits of the largest."""
    trace = look_inside(settings, picture)
    bits = settings.scale_bits / 2
    looks = []
    for span in trace.spans:
        if span.key.startswith(("encrypt", "decrypt")):
            continue
        values = [holding_at(trace, each).values for each in span.results]
        held = np.stack([[each != NOTHING, np.zeros(trace.slots, dtype=bool)] for each in values])
        clear = np.stack([parts(slots_of(trace.steps[each])) for each in span.results])
        off = np.abs(clear).max() * 2.0**-bits
        looks.append(StageLook(span.key, clear + off, clear, held, bits, bits - 1, 100_000))
    return TeachingRun(settings, tuple(looks), (0.0,) * 10, 0.05)
