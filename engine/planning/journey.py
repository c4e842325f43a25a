"""The journey of a picture as a person sees it: the name and meaning of each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.circuits.stages import Circuit, LegPacking, LinearStage, Stage
from engine.messages.to_describe import StageForm

Side = Literal["client", "cloud", "wire"]
"""Who does a stage: the key owner, the cloud, or the wire between them."""


@dataclass(frozen=True)
class StageInfo:
    """One step of the journey, known before anything runs.

    `key` is unique within a journey (`keys`, `encrypt`, `send`, `conv`, `square-1`, `dense-1`, …,
    `receive`, `decrypt`; with refreshes also `receive-1`, `decrypt-1`, `encrypt-2`, `send-2`, … in
    between); `title` and `explanation` are for people; `level` is the number of
    coefficient-modulus primes left after the stage (0 where it does not apply).
    """

    key: str
    title: str
    explanation: str
    side: Side
    level: int


KEYS = StageInfo(
    "keys",
    "Make keys",
    "The client makes a secret key, which it keeps, and evaluation keys for the cloud.",
    "client",
    0,
)


ENDS: dict[str, tuple[Side, str]] = {
    "encrypt": ("client", "What is sent is laid out in slots and encrypted."),
    "send": ("wire", "The ciphertext travels to the cloud; the key does not."),
    "receive": ("wire", "What the cloud computed travels back, still unread."),
    "decrypt": ("client", "Only the secret key turns it into numbers."),
}
"""The stages outside the cloud, by what their keys begin with."""


def journey(circuit: Circuit) -> tuple[StageInfo, ...]:
    """Return every stage in order, from making keys to decrypting the scores."""
    return _journey(
        [leg.packing for leg in circuit.legs],
        [[_cloud_stage(stage) for stage in leg.stages] for leg in circuit.legs],
        circuit.parameters.chain.top_level,
    )


def secret_journey(
    packings: Sequence[LegPacking], stages: Sequence[Sequence[StageForm]], top_level: int
) -> tuple[StageInfo, ...]:
    """Return every stage of a model that is the cloud's secret."""
    sentence = "What the cloud computes here is its own secret: it has told the name of the step."
    return _journey(
        packings,
        [
            [
                StageInfo(form.key, form.key.capitalize(), sentence, "cloud", form.level)
                for form in leg
            ]
            for leg in stages
        ],
        top_level,
    )


def journey_of_keys(stages: Sequence[tuple[str, int]]) -> tuple[StageInfo, ...]:
    """Return the stages of a run as far as their keys and levels tell, without its model."""
    return tuple(_known_by_key(key, level) for key, level in stages)


def _known_by_key(key: str, level: int) -> StageInfo:
    name = key.partition("-")[0]
    title = key.replace("-", " ").capitalize()
    side, sentence = ENDS.get(name, ("cloud", "The model is not here: only the step's name is."))
    return StageInfo(key, title, sentence, side, level)


def _journey(
    packings: Sequence[LegPacking], computed: Sequence[list[StageInfo]], top_level: int
) -> tuple[StageInfo, ...]:
    stages = [KEYS]
    for index, packing in enumerate(packings):
        names = leg_keys(len(packings), index)
        stages += _upload(names, packing, top_level, first=index == 0)
        stages += computed[index]
        stages += _download(names, packing, last=index == len(packings) - 1)
    return tuple(stages)


@dataclass(frozen=True)
class LegKeys:
    """The keys of the stages around a leg; the first upload and the last download are plain."""

    encrypt: str
    send: str
    receive: str
    decrypt: str


def leg_keys(count: int, index: int) -> LegKeys:
    """Return the keys of the stages around leg `index` of `count`: `encrypt`, …, `receive-1`, …."""
    up = f"-{index + 1}" if index else ""
    down = f"-{index + 1}" if index < count - 1 else ""
    return LegKeys(f"encrypt{up}", f"send{up}", f"receive{down}", f"decrypt{down}")


def _upload(
    names: LegKeys, packing: LegPacking, level: int, *, first: bool
) -> tuple[StageInfo, StageInfo]:
    count = len(packing.value_of_slot)
    what = "one ciphertext" if count == 1 else f"{count} ciphertexts"
    travels = "The ciphertext travels" if count == 1 else "The ciphertexts travel"
    if first:
        encrypt = StageInfo(
            names.encrypt,
            "Encrypt",
            f"The picture's pixels are laid out in slots and become {what}.",
            "client",
            level,
        )
        sentence = f"{travels} to the cloud; the key does not."
        return encrypt, StageInfo(names.send, "Send", sentence, "wire", level)
    encrypt = StageInfo(
        names.encrypt,
        "Re-encrypt",
        f"The client lays the activations out for the next layer and encrypts them as {what}.",
        "client",
        level,
    )
    sentence = f"{travels} to the cloud, fresh: all levels are back, and nothing is readable."
    return encrypt, StageInfo(names.send, "Send again", sentence, "wire", level)


def _download(names: LegKeys, packing: LegPacking, *, last: bool) -> tuple[StageInfo, StageInfo]:
    level = packing.result_level
    if last:
        receive = "The encrypted scores travel back, still unread."
        decrypt = "Only the secret key turns the answer into scores."
        return (
            StageInfo(names.receive, "Receive", receive, "wire", level),
            StageInfo(names.decrypt, "Decrypt", decrypt, "client", 0),
        )
    count = len(packing.result_slots)
    receive = f"The {count} encrypted activations travel back: their levels are used up."
    decrypt = (
        f"The client sees {count} activations of the model, from which its weights may be guessed."
    )
    return (
        StageInfo(names.receive, "Receive activations", receive, "wire", level),
        StageInfo(names.decrypt, "Decrypt", decrypt, "client", 0),
    )


def _cloud_stage(stage: Stage) -> StageInfo:
    if not isinstance(stage, LinearStage):
        then = "then relinearises it" if stage.relinearize else "which gives it a third polynomial"
        sentence = f"The activation x² multiplies the ciphertext by itself, {then}."
        if stage.parting == "both":
            sentence = (
                "Each slot holds two values: a conjugation parts them, and when both are squared "
                "they share their slot again."
            )
        elif stage.parting == "real":
            sentence = f"A conjugation leaves the real parts; x² multiplies them, {then}."
        return StageInfo(stage.key, "Square", sentence, "cloud", stage.level - stage.drop)
    rotations = len(stage.plan.rotations)
    if stage.kind == "conv":
        title, what = "Convolution", "Every window of the picture meets every kernel at once"
    elif stage.kind == "dense":
        title, what = f"Dense {stage.values}", "The matrix is applied diagonal by diagonal"
    else:
        title, what = "Linear", "Neighbouring values are averaged and scaled"
    explanation = f"{what}: {rotations} rotations, multiplied by masks and added up."
    return StageInfo(stage.key, title, explanation, "cloud", stage.level - stage.drop)
