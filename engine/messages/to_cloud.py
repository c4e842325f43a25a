"""What the cloud is asked, and what it answers."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from engine.ckks.parameters import Settings
from engine.messages.typed import Blobs, Count, OneBlob, Request, Seconds, Typed


@dataclass(frozen=True)
class Loaded(Typed):
    """The model is ready."""

    kind = "loaded"


@dataclass(frozen=True)
class Taken(Typed):
    """An evaluation key has arrived."""

    kind = "taken"


@dataclass(frozen=True)
class Arrived(Typed):
    """The ciphertexts are loaded; `seconds` since they came."""

    kind = "arrived"
    seconds: Seconds


@dataclass(frozen=True)
class StageDone(Typed):
    """A stage of the circuit is done, and the next begins."""

    kind = "stage_finished"
    key: str
    seconds: Seconds


@dataclass(frozen=True)
class StageShown(Typed):
    """The ciphertexts after a stage, for their key owner to look into: in a teaching run only."""

    kind = "stage_shown"
    key: str
    blobs: Blobs


@dataclass(frozen=True)
class Progress(Typed):
    """A part of a batch's stage is done."""

    kind = "progress"
    key: str
    done: Count
    total: Count
    seconds: Seconds


@dataclass(frozen=True)
class EncryptedScores(Typed):
    """What a leg gave; `seconds` from the arrival of the request to this answer."""

    kind = "scores"
    seconds: Seconds
    blobs: OneBlob


@dataclass(frozen=True)
class RowDone(Typed):
    """A row is done; after the last one the blobs are the encrypted scores, one a class."""

    kind = "row_finished"
    seconds: Seconds
    blobs: Blobs = ()


@dataclass(frozen=True)
class Attempt(Typed):
    """What the cloud makes of a picture and its scores without the key."""

    kind = "attempt"
    sentence: str
    pixels: tuple[float, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True)
class UnpackedNumbers(Typed):
    """A ciphertext's coefficients, 64 bits each, and the primes they belong to."""

    kind = "coefficients"
    primes: tuple[int, ...]
    blobs: OneBlob


@dataclass(frozen=True)
class Costs(Typed):
    """What each primitive costs on this machine."""

    kind = "costs"
    costs: dict[str, Any]


@dataclass(frozen=True)
class RelinKeys(Request[Taken]):
    """The relinearisation key: made by the key owner, taken by the cloud as it is."""

    kind = "relin_keys"
    blobs: OneBlob


@dataclass(frozen=True)
class GaloisKeys(Request[Taken]):
    """The Galois key of one rotation, or of the conjugation if `step` is CONJUGATION."""

    kind = "galois_keys"
    step: int
    blobs: OneBlob


@dataclass(frozen=True)
class BatchRelinKeys(Request[Taken]):
    """The relinearisation key of a batch."""

    kind = "batch_relin_keys"
    blobs: OneBlob


@dataclass(frozen=True)
class ConjugationKeys(Request[Taken]):
    """The Galois key of the complex conjugation."""

    kind = "conjugation_keys"
    blobs: OneBlob


EvaluationKeys = RelinKeys | GaloisKeys | BatchRelinKeys | ConjugationKeys


@dataclass(frozen=True)
class Load(Request[Loaded]):
    """Make the settings' model ready, if its file has that hash; keys from before are dropped."""

    kind = "load"
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    settings: Settings


@dataclass(frozen=True)
class LoadBatch(Load):
    """Make a model ready for batches."""

    kind = "load_batch"


@dataclass(frozen=True)
class Classify(Request[EncryptedScores]):
    """Run the circuit, or its first leg, on a picture's ciphertexts."""

    kind = "classify"
    before = (Arrived, StageDone)
    blobs: Blobs


@dataclass(frozen=True)
class Proceed(Request[EncryptedScores]):
    """Run a later leg, number `leg`, on fresh ciphertexts."""

    kind = "proceed"
    before = Classify.before
    leg: int
    blobs: Blobs


@dataclass(frozen=True)
class Teach(Request[EncryptedScores]):
    """Run leg `leg` and show the ciphertexts after each stage, which no real cloud would do."""

    kind = "teach"
    before = (*Classify.before, StageShown)
    leg: Count
    blobs: Blobs


@dataclass(frozen=True)
class ClassifyRow(Request[RowDone]):
    """Take the next row of a batch, a ciphertext a pixel; row 0 begins a new batch."""

    kind = "classify_row"
    before = (Arrived, Progress)
    row: int
    blobs: Blobs


@dataclass(frozen=True)
class TryToDecrypt(Request[Attempt]):
    """Say what can be read of a picture's first ciphertext and of its encrypted scores."""

    kind = "try_to_decrypt"
    blobs: Annotated[Blobs, Meta(min_length=2, max_length=2)]


@dataclass(frozen=True)
class Unpack(Request[UnpackedNumbers]):
    """Send the numbers that a ciphertext consists of."""

    kind = "unpack"
    blobs: OneBlob


@dataclass(frozen=True)
class Calibrate(Request[Costs]):
    """Measure this machine."""

    kind = "calibrate"
