"""The journey of a picture as a person sees it: the name and meaning of each step."""

from dataclasses import dataclass

from engine.circuits.stages import Circuit, Leg, LinearStage, Stage
from engine.session.events import StageInfo


def journey(circuit: Circuit) -> tuple[StageInfo, ...]:
    """Return every stage in order, from making keys to decrypting the scores."""
    keys = StageInfo(
        "keys",
        "Make keys",
        "The client makes a secret key, which it keeps, and evaluation keys for the cloud.",
        "client",
        0,
    )
    stages = [keys]
    for index, leg in enumerate(circuit.legs):
        names = leg_keys(circuit, index)
        stages += _upload(names, leg, circuit.parameters.chain.top_level, first=index == 0)
        stages += [_cloud_stage(stage) for stage in leg.stages]
        stages += _download(names, leg, last=leg is circuit.legs[-1])
    return tuple(stages)


@dataclass(frozen=True)
class LegKeys:
    """The keys of the stages around a leg; the first upload and the last download are plain."""

    encrypt: str
    send: str
    receive: str
    decrypt: str


def leg_keys(circuit: Circuit, index: int) -> LegKeys:
    """Return the keys of the stages around leg `index`: `encrypt`, …, or `receive-1`, …."""
    up = f"-{index + 1}" if index else ""
    down = f"-{index + 1}" if index < len(circuit.legs) - 1 else ""
    return LegKeys(f"encrypt{up}", f"send{up}", f"receive{down}", f"decrypt{down}")


def _upload(names: LegKeys, leg: Leg, level: int, *, first: bool) -> tuple[StageInfo, StageInfo]:
    count = len(leg.packing.value_of_slot)
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


def _download(names: LegKeys, leg: Leg, *, last: bool) -> tuple[StageInfo, StageInfo]:
    level = leg.packing.result_level
    if last:
        receive = "The encrypted scores travel back, still unread."
        decrypt = "Only the secret key turns the answer into scores."
        return (
            StageInfo(names.receive, "Receive", receive, "wire", level),
            StageInfo(names.decrypt, "Decrypt", decrypt, "client", 0),
        )
    count = len(leg.packing.result_slots)
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
