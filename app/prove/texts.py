"""The proofs in the order of their list: what each is called, what it shows, what it does not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProofText:
    """`key` names the proof in the code; `shows` and `limit` are one sentence each."""

    key: str
    title: str
    shows: str
    limit: str


CIPHERTEXT = ProofText(
    "ciphertext",
    "The ciphertext",
    "These numbers are all that the cloud gets of the picture; a blank page would give as many, "
    "looking just the same.",
    "Sizes and times are not hidden: whoever listens knows that a picture was classified, when, "
    "and with how large a model.",
)
COUNTED = ProofText(
    "counted",
    "Its values, counted",
    "Every value of a coefficient is as likely as any other, whatever was drawn; most of the "
    "picture's own values are zero.",
    "To look random is not enough: the security rests on a hard problem, ring learning with "
    "errors, and not on a histogram.",
)
AGAIN = ProofText(
    "again",
    "Encrypt again",
    "Each encryption draws fresh randomness, so the cloud cannot even tell that it was sent the "
    "same picture twice.",
    "It does not hide who sent the two, nor that they were sent; only what is on them.",
)
WRONG_KEY = ProofText(
    "wrong-key",
    "A wrong key",
    "Without the one secret key the result is noise: a wrong key does not fail, it gives other "
    "numbers, and other ones each time.",
    "Keep right scores to yourself as well: their tiny errors, given away exactly, can give away "
    "the key (Li and Micciancio, 2021).",
)
CLOUD_TRY = ProofText(
    "cloud-try",
    "Let the cloud try",
    "The process that computes has the model and evaluation keys, but no secret key; with one of "
    "its own making it reads noise.",
    "The cloud is taken to be curious but honest: nothing proves what it computed, and the model "
    "is known to it.",
)
FLIP = ProofText(
    "flip",
    "Flip one bit",
    "A single bit changed on the way breaks the format, so that the cloud refuses, or it spreads "
    "and turns every score into noise.",
    "CKKS has no integrity: noise comes back like any answer, and a bit that nobody reads goes "
    "unnoticed; a real service signs what it sends.",
)
LOG = ProofText(
    "log",
    "Message log",
    "Keys and ciphertexts go to the cloud, and nothing that was decrypted does; here is each "
    "message with its size.",
    "It holds names and sizes, not contents, and is written on this side; what is sent, when and "
    "how much is visible to all who listen.",
)

WIRE = ProofText(
    "wire",
    "On the wire",
    "Every byte that crossed to a cloud elsewhere, before TLS: keys and ciphertexts that look "
    "random, and around them names, sizes and hashes.",
    "It is written on this side. To listen from outside, let Wireshark read SSLKEYLOGFILE and "
    "compare; the README says how.",
)

PROOFS = (CIPHERTEXT, COUNTED, AGAIN, WRONG_KEY, CLOUD_TRY, FLIP, LOG, WIRE)
