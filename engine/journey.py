"""The journey of a picture as a person sees it: the name and meaning of each step."""

from engine.circuit import Circuit, LinearStage, Stage
from engine.events import StageInfo


def journey(circuit: Circuit) -> tuple[StageInfo, ...]:
    """Return every stage in order, from making keys to decrypting the scores."""
    top, last = circuit.parameters.chain.top_level, circuit.stages[-1]
    bottom = last.level - last.drop
    return (
        StageInfo(
            "keys",
            "Make keys",
            "The client makes a secret key, which it keeps, and evaluation keys for the cloud.",
            "client",
            0,
        ),
        StageInfo(
            "encrypt",
            "Encrypt",
            "The picture's 784 pixels are laid out in slots and become one ciphertext.",
            "client",
            top,
        ),
        StageInfo(
            "send", "Send", "The ciphertext travels to the cloud; the key does not.", "wire", top
        ),
        *(_cloud_stage(stage) for stage in circuit.stages),
        StageInfo(
            "receive", "Receive", "The encrypted scores travel back, still unread.", "wire", bottom
        ),
        StageInfo(
            "decrypt", "Decrypt", "Only the secret key turns the answer into scores.", "client", 0
        ),
    )


def _cloud_stage(stage: Stage) -> StageInfo:
    if not isinstance(stage, LinearStage):
        return StageInfo(
            stage.key,
            "Square",
            "The activation x² multiplies the ciphertext by itself, then relinearises it.",
            "cloud",
            stage.level - stage.drop,
        )
    rotations = len(stage.plan.rotations)
    if stage.key.startswith("conv"):
        title, what = "Convolution", "Every window of the picture meets every kernel at once"
    else:
        title = f"Dense {len(stage.plan.output.slots)}"
        what = "The matrix is applied diagonal by diagonal"
    explanation = f"{what}: {rotations} rotations, multiplied by masks and added up."
    return StageInfo(stage.key, title, explanation, "cloud", stage.level - stage.drop)
