"""What the key owner and the cloud are asked for the playground, and what they answer.

The cloud gets evaluation keys, ciphertexts, and numbers that are in the clear anyway; what is
decrypted goes from the key owner to the window.
"""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from engine.messages.to_cloud import Taken
from engine.messages.to_key_owner import Begun
from engine.messages.typed import Blobs, Count, OneBlob, Request, Seconds, Typed
from engine.playground.operations import InTheCloud, Numbers, Place

SettingName = Annotated[str, Meta(max_length=32)]
Level = Annotated[int, Meta(ge=1, le=64)]
Scale = Annotated[float, Meta(gt=0)]
Size = Annotated[int, Meta(ge=2, le=3)]
TwoBlobs = Annotated[Blobs, Meta(min_length=2, max_length=2)]
SHOWN_WORDS = 16


# --- answers


@dataclass(frozen=True)
class NumbersEncrypted(Typed):
    """A fresh ciphertext."""

    kind = "workbench_ciphertext"
    seconds: Seconds
    blobs: OneBlob


@dataclass(frozen=True)
class NumbersDecrypted(Typed):
    """What is in a ciphertext, for the person alone."""

    kind = "workbench_numbers"
    seconds: Seconds
    numbers: Numbers


@dataclass(frozen=True)
class ValueHeld(Typed):
    """A ciphertext that the cloud has now; `words` are the first of its coefficients."""

    kind = "workbench_value"
    seconds: Seconds
    level: Level
    scale: Scale
    size: Size
    words: Annotated[tuple[int, ...], Meta(max_length=SHOWN_WORDS)]


@dataclass(frozen=True)
class ValueSent(Typed):
    """A ciphertext on its way to the key owner."""

    kind = "workbench_result"
    blobs: OneBlob


# --- to the key owner


@dataclass(frozen=True)
class BeginWorkbench(Request[Begun]):
    """Make a secret key for the playground, under one of its settings."""

    kind = "begin_workbench"
    setting: SettingName


@dataclass(frozen=True)
class EncryptNumbers(Request[NumbersEncrypted]):
    """Encrypt numbers, repeated through all slots."""

    kind = "encrypt_numbers"
    numbers: Numbers


@dataclass(frozen=True)
class DecryptNumbers(Request[NumbersDecrypted]):
    """Decrypt a ciphertext of this form and show its first `slots` numbers."""

    kind = "decrypt_numbers"
    slots: Annotated[int, Meta(ge=1, le=16)]
    level: Level
    scale: Scale
    size: Size
    blobs: OneBlob


# --- to the cloud


@dataclass(frozen=True)
class WorkbenchKeys(Request[Taken]):
    """The relinearisation key and the Galois keys: made by the key owner, taken by the cloud."""

    kind = "workbench_keys"
    blobs: TwoBlobs


@dataclass(frozen=True)
class OpenWorkbench(Request[Taken]):
    """Begin with no values under one of the playground's settings."""

    kind = "open_workbench"
    setting: SettingName


@dataclass(frozen=True)
class TakeValue(Request[ValueHeld]):
    """Take a fresh ciphertext as the next value."""

    kind = "take_value"
    blobs: OneBlob


@dataclass(frozen=True)
class Compute(Request[ValueHeld]):
    """Make the next value by an operation on earlier ones."""

    kind = "compute_value"
    operation: InTheCloud


@dataclass(frozen=True)
class SendValue(Request[ValueSent]):
    """Send a value, to be decrypted where the key is."""

    kind = "send_value"
    place: Place


@dataclass(frozen=True)
class KeepValues(Request[Taken]):
    """Forget all but the first `count` values."""

    kind = "keep_values"
    count: Count


@dataclass(frozen=True)
class MakeWorkbenchKeys(Request[WorkbenchKeys]):
    """Ask the key owner for the evaluation keys."""

    kind = "make_workbench_keys"
