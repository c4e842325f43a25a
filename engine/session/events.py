"""What a session reports while it works, and what it returns: frozen records, no behaviour.

Times are seconds of wall clock measured where the work is done; sizes are bytes on the wire.
A picture is uint8, grey levels (h, w) or colours (3, h, w). Arrays of scores are tuples, so that
every record can be compared, hashed and written as JSON; only a batch has too many for that.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.ckks.parameters import Settings
from engine.networks.sureness import probabilities


@dataclass(frozen=True)
class StageStarted:
    """The stage named `key` has begun."""

    key: str


@dataclass(frozen=True)
class StageProgress:
    """`done` of `total` parts of a long stage are finished (keys made, keys sent)."""

    key: str
    done: int
    total: int


@dataclass(frozen=True)
class StageFinished:
    """The stage named `key` took `seconds` and put `wire_bytes` on the wire.

    `level` is the number of primes left in the ciphertext after it, 0 where there is none.
    """

    key: str
    seconds: float
    wire_bytes: int
    level: int


NO_ANSWER = -1
"""In place of a class, where nobody computed one."""

Event = StageStarted | StageProgress | StageFinished


@dataclass(frozen=True)
class KeysReady:
    """The keys exist and the cloud has its share: sizes in bytes, time in seconds."""

    settings: Settings
    seconds: float
    relin_key_bytes: int
    galois_key_bytes: int
    galois_key_count: int


@dataclass(frozen=True)
class Encrypted:
    """A picture as it leaves the client: the very bytes, and what they are made of.

    Where one ciphertext cannot hold the picture as it is packed, `data` are several in a row.
    """

    data: bytes
    seconds: float
    poly_modulus_degree: int
    coeff_modulus_bits: tuple[int, ...]


@dataclass(frozen=True)
class Classification:
    """The answer to one picture.

    `encrypted` are the decrypted scores, `clear` those of the same network without encryption.
    `largest_difference` is max |encrypted - clear|; `relative_error` divides it by the largest
    absolute clear score. `server_seconds` is the cloud's time from the arrival of a request to
    its answer, all legs together; `result_bytes` is the size of the encrypted scores;
    `total_seconds` is from pressing the button to the decrypted scores. `result`
    has the encrypted scores as they came back. `is_known` is false of a picture that looks like
    nothing the network knows; scores over `temperature` give calibrated probabilities.

    Of a model that is the cloud's secret there is no clear answer: `why_not_clear` says so in a
    sentence, `clear` is empty, `clear_prediction` is NO_ANSWER, the two differences are no numbers.
    """

    settings: Settings
    classes: tuple[str, ...]
    encrypted: tuple[float, ...]
    clear: tuple[float, ...]
    prediction: int
    clear_prediction: int
    largest_difference: float
    relative_error: float
    stages: tuple[StageFinished, ...]
    ciphertext: Encrypted
    result_bytes: int
    server_seconds: float
    total_seconds: float
    result: bytes = b""
    temperature: float = 1.0
    is_known: bool = True
    why_not_clear: str = ""

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Return how likely each class is by the decrypted scores."""
        likely = probabilities(np.asarray(self.encrypted), self.temperature)
        return tuple(likely.tolist())

    @property
    def likeliest(self) -> list[tuple[float, str]]:
        """Return all classes with how likely they are, the answer first."""
        return sorted(zip(self.probabilities, self.classes, strict=True), reverse=True)

    @property
    def bytes_up(self) -> int:
        """Return the size of all ciphertexts that went to the cloud, leg by leg."""
        return sum(each.wire_bytes for each in self.stages if each.key.startswith("send"))

    @property
    def bytes_down(self) -> int:
        """Return the size of all ciphertexts that came from the cloud."""
        return sum(each.wire_bytes for each in self.stages if each.key.startswith("receive"))


@dataclass(frozen=True, eq=False)
class BatchResult:
    """The answer to a batch of pictures: `scores` has shape (pictures, classes).

    The stages of a batch overlap; each one's `seconds` are its own work. `server_seconds` is the
    cloud's whole work, `seconds` the time from the first picture to the last decrypted score;
    `bytes_up` and `bytes_down` are ciphertexts on the wire to and from the cloud.
    """

    settings: Settings
    scores: Array
    stages: tuple[StageFinished, ...]
    bytes_up: int
    bytes_down: int
    server_seconds: float
    seconds: float
