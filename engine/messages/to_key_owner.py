"""What the key owner is asked, and what it answers."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from engine.ckks.parameters import Chain
from engine.messages.to_cloud import BatchRelinKeys, ConjugationKeys, GaloisKeys, RelinKeys
from engine.messages.typed import Blobs, Count, OneBlob, Request, Seconds, Typed


@dataclass(frozen=True)
class Begun(Typed):
    """The secret key exists; it stays with the key owner."""

    kind = "begun"


@dataclass(frozen=True)
class Encrypted(Typed):
    """Fresh ciphertexts."""

    kind = "ciphertext"
    seconds: Seconds
    blobs: Blobs


@dataclass(frozen=True)
class EncryptedRow(Encrypted):
    """A row of a batch, a ciphertext a pixel."""

    kind = "row"


@dataclass(frozen=True)
class Decrypted(Typed):
    """Half of a refresh is done; the values stay where the key is."""

    kind = "decrypted"
    seconds: Seconds


@dataclass(frozen=True)
class Scores(Typed):
    """The scores, decrypted, for the person alone."""

    kind = "scores"
    scores: tuple[float, ...]
    seconds: Seconds


@dataclass(frozen=True)
class RevealedSlots(Typed):
    """All slots of a ciphertext, complex128, for the person alone."""

    kind = "slots"
    seconds: Seconds
    blobs: OneBlob


@dataclass(frozen=True)
class BatchScores(Typed):
    """The scores of a batch, float64 (count, classes)."""

    kind = "batch_scores"
    seconds: Seconds
    blobs: OneBlob


@dataclass(frozen=True)
class LegForm:
    """What the key owner must know of a leg; see `engine.circuits.stages.LegPacking`."""

    ciphertexts: Annotated[int, Meta(ge=1, le=64)]
    parts: Annotated[int, Meta(ge=1, le=2)]
    scale: Annotated[float, Meta(gt=0)]
    result_slots: tuple[Count, ...]
    result_imaginary: tuple[bool, ...]
    result_size: Annotated[int, Meta(ge=2, le=3)]
    result_level: Annotated[int, Meta(ge=1, le=64)]
    result_scale: Annotated[float, Meta(gt=0)]
    result_gain: Annotated[float, Meta(gt=0)] = 1.0


@dataclass(frozen=True)
class Begin(Request[Begun]):
    """Make a secret key; the blobs have the value of each slot of each leg, int64."""

    kind = "begin"
    chain: Chain
    legs: Annotated[tuple[LegForm, ...], Meta(min_length=1, max_length=64)]
    blobs: Blobs


@dataclass(frozen=True)
class MakeKeys(Request[RelinKeys | GaloisKeys]):
    """Make the evaluation keys: of the square, then of each rotation in `steps`.

    CONJUGATION may be one of them.
    """

    kind = "make_keys"
    steps: Annotated[tuple[int, ...], Meta(max_length=4096)]


@dataclass(frozen=True)
class Encrypt(Request[Encrypted]):
    """Encrypt a picture: its values as float64."""

    kind = "encrypt"
    blobs: OneBlob


@dataclass(frozen=True)
class Refresh(Request[Encrypted]):
    """Decrypt what leg `leg` gave and encrypt it for the next one."""

    kind = "refresh"
    before = (Decrypted,)
    leg: int
    blobs: OneBlob


@dataclass(frozen=True)
class Decrypt(Request[Scores]):
    """Decrypt scores; with `wrong_key`, with a key that is not the one."""

    kind = "decrypt"
    wrong_key: bool
    blobs: OneBlob


@dataclass(frozen=True)
class Reveal(Request[RevealedSlots]):
    """Decrypt what a stage gave, to look at; it has that form, as a result has (`LegForm`)."""

    kind = "reveal"
    size: Annotated[int, Meta(ge=2, le=3)]
    level: Annotated[int, Meta(ge=1, le=64)]
    scale: Annotated[float, Meta(gt=0)]
    blobs: OneBlob


@dataclass(frozen=True)
class BeginBatch(Request[Begun]):
    """Make a secret key for batches, whose scores come as `classes` ciphertexts."""

    kind = "begin_batch"
    chain: Chain
    scale: Annotated[float, Meta(gt=0)]
    classes: Annotated[int, Meta(ge=1, le=1000)]
    result_level: Annotated[int, Meta(ge=1, le=64)]
    result_scale: Annotated[float, Meta(gt=0)]


@dataclass(frozen=True)
class MakeBatchKeys(Request[BatchRelinKeys | ConjugationKeys]):
    """Make the evaluation keys of a batch: of the square, then of the conjugation."""

    kind = "make_batch_keys"


@dataclass(frozen=True)
class EncryptRow(Request[EncryptedRow]):
    """Encrypt one row of `count` pictures: its 28 pixels in turn, `count` bytes each."""

    kind = "encrypt_row"
    count: int
    blobs: OneBlob


@dataclass(frozen=True)
class DecryptBatch(Request[BatchScores]):
    """Decrypt the scores of `count` pictures, one ciphertext a class."""

    kind = "decrypt_batch"
    count: int
    blobs: Blobs
