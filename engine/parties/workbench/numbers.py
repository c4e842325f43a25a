"""How numbers of the playground become plaintexts, the same in both processes."""

from collections.abc import Sequence

import numpy as np
from tenseal import sealapi

from engine.ckks.seal import level_ids
from engine.errors import MessageError
from engine.playground.refusals import bad_numbers
from engine.playground.settings import SLOT_COUNTS, WorkbenchSetting, setting_named


def known_setting(name: str) -> WorkbenchSetting:
    """Return a setting of the playground; MessageError if it has none of that name."""
    setting = setting_named(name)
    if setting is None:
        raise MessageError(f"The playground has no setting {name!r}.")
    return setting


def encode(
    context: sealapi.SEALContext, numbers: Sequence[float], level: int, scale: float
) -> sealapi.Plaintext:
    """Encode 8 or 16 numbers, repeated through all slots; MessageError for any others."""
    if len(numbers) not in SLOT_COUNTS:
        raise MessageError(f"The playground takes 8 or 16 numbers, not {len(numbers)}.")
    refusal = bad_numbers(tuple(numbers), len(numbers))
    if refusal is not None:
        raise MessageError(refusal.sentence)
    encoder, plaintext = sealapi.CKKSEncoder(context), sealapi.Plaintext()
    repeated = np.tile(numbers, encoder.slot_count() // len(numbers))
    encoder.encode(repeated.tolist(), level_ids(context)[level], scale, plaintext)
    return plaintext
