"""Everything that settings imply, worked out before anything runs.

The window shows a Forecast beside the settings at every change; it costs no cryptography.
"""

from dataclasses import dataclass

from engine.events import StageInfo
from engine.parameters import Settings


@dataclass(frozen=True)
class Forecast:
    """What a setting will give: sizes in bytes, times in seconds, security in bits (0: under 128).

    `coeff_modulus_bits` ends with the special prime. `stage_seconds` maps the key of each cloud
    stage to its predicted time; it is empty until this machine's primitive costs were measured.
    """

    settings: Settings
    coeff_modulus_bits: tuple[int, ...]
    levels: int
    security_2018: int
    security_2024: int
    slots_used: int
    slots: int
    ciphertext_bytes: int
    relin_key_bytes: int
    galois_key_bytes: int
    galois_key_count: int
    stages: tuple[StageInfo, ...]
    stage_seconds: tuple[tuple[str, float], ...]
    key_seconds: float | None
    server_seconds: float | None


@dataclass(frozen=True)
class Refusal:
    """Why a setting cannot work, in one sentence, and the nearest one that does (if any)."""

    settings: Settings
    reason: str
    suggestion: Settings | None
