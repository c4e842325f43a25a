"""Every error a person can cause or meet, each with a message fit to be shown as it is.

A message is one sentence that says what was wrong, with which value, and what would work.
"""

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.ckks.parameters import Settings


class CipherSketchError(Exception):
    """Base of all errors that this program raises on purpose."""


class ParameterError(CipherSketchError):
    """CKKS settings that are unsafe or cannot carry the circuit.

    `suggestion` is the nearest `engine.ckks.parameters.Settings` that works, or None.
    """

    def __init__(self, message: str, suggestion: "Settings | None" = None) -> None:
        super().__init__(message)
        self.suggestion = suggestion


class ModelError(CipherSketchError):
    """A model file that is missing, damaged, or does not fit its use."""


class NotPolynomialError(ModelError):
    """A network with a step that is no polynomial, such as ReLU; `reason` says which.

    It can be adapted: trained again with a quadratic or an average in that step's place.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}, or let `python -m engine.training adapt` do so.")
        self.reason = reason


class ImageError(CipherSketchError):
    """A picture that cannot be read or has nothing on it."""


class DatasetError(CipherSketchError):
    """A data set that is missing or damaged."""


class DatasetMissingError(DatasetError):
    """A data set of which a file is not there at all; a download brings it."""


class ResultsError(CipherSketchError):
    """Results that cannot be written or read: a full disk, a damaged file, another's work."""


class MessageError(CipherSketchError):
    """Bytes on the wire that are not a valid message, or a request the other side refuses."""


class RefusedError(CipherSketchError):
    """A CKKS operation that its operands do not allow; the sentence says what would."""


class ProcessLostError(CipherSketchError):
    """The client or the server process ended while its answer was awaited."""


class UnreachableError(ProcessLostError):
    """A cloud on another machine that does not answer, or no longer."""


class PairingError(CipherSketchError):
    """A cloud on another machine that is not the one meant, or does not let us in."""


class CancelledError(CipherSketchError):
    """The person cancelled the run."""


class InternalError(CipherSketchError):
    """A fault of the program itself; `details` says where, for a report."""

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


def one_line(text: object, longest: int = 200) -> str:
    """Return what comes from elsewhere fit for a sentence: printable, short, on one line."""
    printable = "".join(each if each.isprintable() else " " for each in str(text))
    return textwrap.shorten(printable, longest, placeholder="\u2026")
