"""What is said of operators that cannot run here, and what to train a network with instead."""

from engine.errors import ModelError, NotPolynomialError
from engine.importing.constants import FOLDED
from engine.importing.stand_ins import STAND_INS

_SQUARE = "a square, or x² with a gain and a shift"
INSTEAD = {
    **dict.fromkeys(("Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Clip"), _SQUARE),
    **dict.fromkeys(("Elu", "Selu", "Celu", "Gelu", "Erf"), _SQUARE),
    **dict.fromkeys(("HardSwish", "Swish", "Mish", "Softplus"), _SQUARE),
    **dict.fromkeys(("Abs", "Exp", "Max", "Min"), _SQUARE),
    **dict.fromkeys(
        ("Sigmoid", "HardSigmoid", "Tanh", "Softsign"), "a polynomial of degree 2 to 4"
    ),
    **dict.fromkeys(("MaxPool", "GlobalMaxPool"), "average pooling"),
    **dict.fromkeys(("LRN", "InstanceNormalization"), "BatchNormalization"),
    **dict.fromkeys(("LayerNormalization", "GroupNormalization"), "BatchNormalization"),
}


def refusal(operator: str, where: str) -> ModelError:
    """Return what to raise for an operator of a file, found at `where`, that cannot run here."""
    if operator in INSTEAD:
        reason = (
            f"{where} is not a polynomial, and only those can be computed on ciphertexts; "
            f"train the network with {INSTEAD[operator]} in its place"
        )
        return NotPolynomialError(reason) if operator in STAND_INS else ModelError(f"{reason}.")
    runs = "runs on constants only" if operator in FOLDED else "is no operator that can run"
    return ModelError(f"{where} {runs} here.")
