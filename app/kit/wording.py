"""Numbers and terms as the window writes them: sizes, times, and one sentence for each term."""

from engine.ckks.parameters import Settings
from engine.data_sets.preparation import dataset_of
from engine.data_sets.registry import DATA_SETS, Fitting
from engine.session.events import Classification

STRANGE = {"MNIST": "no digit", "FashionMNIST": "no clothing", "KMNIST": "no kana"}
LONGEST_WHERE = 30

_HINTS = {
    "MNIST": "Draw a digit\nfrom 0 to 9",
    "KMNIST": "Draw a character\n(o, ki, su, tsu, na,\nha, ma, ya, re, wo)",
    "FashionMNIST": "Draw a piece of clothing,\na shoe or a bag",
    "PneumoniaMNIST": "Open or drop a chest X-ray,\nor take a sample",
    "CIFAR10": "Open or drop a photo of\nan animal or a vehicle",
}
"""What each data set's networks know, as the empty canvas says it."""


_UNFIT = {"PneumoniaMNIST": "A drawing is no X-ray; Samples has some."}


def unfit_text(model: str) -> str:
    """Return why a drawing cannot fit what a model knows, nothing where it can."""
    return _UNFIT.get(dataset_of(model), "")


def drawing_hint(model: str, fitting: Fitting) -> str:
    """Return what to put onto the empty canvas for a model."""
    dataset = dataset_of(model)
    if model.startswith(f"{dataset.lower()}-"):
        return _HINTS[dataset]
    return "Open or drop a picture" if fitting == "photo" else "Draw, open or drop a picture"


RECORDED = "Recorded run: nothing is encrypted now"
"""Stands wherever a recorded run stands in for the engine."""

TERMS = {
    "poly_modulus_degree": (
        "Poly modulus degree N: the degree of the polynomials that a ciphertext is made of; "
        "twice as large is safer and holds more, but is at least twice as slow."
    ),
    "scale_bits": (
        "Bit scale: how many bits one multiplication is given; more bits make the scores "
        "more exact and the ciphertext larger."
    ),
    "coeff_modulus": (
        "Coefficient modulus: the product of primes that the ciphertext is computed with; "
        "its total bits are limited by the security wanted."
    ),
    "shared_prime": (
        "Shared prime: serves two multiplications and so halves the work; it has 60 bits at most, "
        "so a larger bit scale may need more primes and twice the time."
    ),
    "special_prime": (
        "Special prime: a prime used only while a key is applied, to keep the noise of that low."
    ),
    "ciphertext": "Ciphertext: two polynomials that look random to everyone without the key.",
    "relin_keys": (
        "Relinearisation key: lets the cloud bring a product of two ciphertexts back to its "
        "normal size, without being able to read it."
    ),
    "galois_keys": (
        "Galois key: lets the cloud rotate the slots of a ciphertext; one key for each distance."
    ),
    "level": (
        "Level: how often a ciphertext can still be rescaled. Each rescaling drops a prime of the "
        "coefficient modulus, and the last prime stays: 3 primes left are 2 levels."
    ),
    "slot": (
        "Slot: one of the N / 2 numbers that a ciphertext holds. An addition or a product does "
        "the same in every slot and never mixes them."
    ),
    "scale": (
        "Scale \u0394: by how much numbers are multiplied before they are rounded to integers; a "
        "product has the scales of both multiplied."
    ),
    "rescaling": (
        "Rescaling: division by the last prime, after a product, to make the scale small again; "
        "the prime is dropped, and a level is used up."
    ),
    "rotation": (
        "Rotation: moves the numbers of all slots by the same distance, so that numbers from "
        "different slots can meet in one; it needs a Galois key."
    ),
    "key_switch": (
        "Key switch: what a rotation and a relinearisation do with one of the cloud's keys; it "
        "takes most of the time, and no level."
    ),
    "mask": (
        "Mask: a list of weights of the network, one for each slot, zero where a slot is not "
        "wanted; the cloud has it in the clear."
    ),
    "image_to_column": (
        "Image to column: value k of every window of the picture is put into block k of the "
        "slots, so that one product with a mask multiplies all windows at once."
    ),
    "security": (
        "Security: the bits of work that the best known attack needs, by the standard of 2018 "
        "and the guidelines of 2024."
    ),
    "precision": (
        "Expected error: how far the worst score will be off, as a share of the largest; "
        "encryption adds noise with every step. What it means for answers is an estimate."
    ),
    "protocol": (
        "Protocol: in one shot the cloud computes everything on one ciphertext; with refresh, as "
        "on the poster, you decrypt and encrypt again after each convolution block, which is "
        "faster but shows you activations, from which the model's weights may be guessed."
    ),
    "pairing_address": (
        "Pairing address: where a cloud on another machine listens, the fingerprint by which it is "
        "known, and the token that lets you in; keep it as you keep a password."
    ),
    "round_trip": "Round trip: how long a few bytes take to a cloud elsewhere and back.",
    "scores": "Score: the network's output for a class; the highest one is the answer.",
}


def size_text(count: int) -> str:
    """Return a number of bytes for people: `784 B`, `203 kB`, `37.2 MB`."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB" if count < 1_000_000_000 else f"{count / 1e9:.2f} GB"


def time_text(seconds: float) -> str:
    """Return a time for people: `0.4 ms`, `42 ms`, `1.25 s`."""
    if seconds < 0.00995:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 99.5 else f"{seconds:.0f} s"


def levels_text(levels: int) -> str:
    """Return a number of levels: `1 level`, `5 levels`."""
    return f"{levels} level{'' if levels == 1 else 's'}"


def security_text(bits: int) -> str:
    """Return a security level of a table, in words where it is too low."""
    return f"{bits}" if bits else "< 128"


def settings_text(settings: Settings) -> str:
    """Return settings in one line; the protocol only where it is not the usual one."""
    protocol = "" if settings.protocol == "one-shot" else f", {settings.protocol}"
    return f"N = {settings.poly_modulus_degree}, bit scale {settings.scale_bits}{protocol}"


def model_text(name: str) -> str:
    """Return a model's file name for people: `MNIST, network 1`."""
    dataset, _, network = name.partition("-")
    known = DATA_SETS[dataset_of(name)]
    if known.name.lower() != dataset:
        return name
    return f"{known.title}, {network.replace('network', 'network ')}"


def short_model_text(name: str) -> str:
    """Return a model's file name for a narrow place: `MNIST 1`."""
    return model_text(name).replace(", network ", " ")


def short_where(where: str) -> str:
    """Return host and port for a narrow place: the middle of a long name is left out."""
    if len(where) <= LONGEST_WHERE:
        return where
    half = LONGEST_WHERE // 2
    return f"{where[:half]}\u2026{where[1 - half :]}"


def place_text(where: str) -> str:
    """Return where a cloud is, for behind its name: `on this computer`, `on 192.168.1.7:8765`."""
    return f"on {short_where(where)}" if where else "on this computer"


def score_text(score: float) -> str:
    """Return a score at a fixed width of at most 7 characters, with a real minus sign."""
    text = f"{score:.3f}" if abs(score) < 99.95 else f"{score:.4g}"
    return text.replace("-", "\u2212").replace("e+0", "e").replace("e+", "e")


def difference_text(difference: float) -> str:
    """Return a difference of scores: `0.0094`, or `3.1e-07` where that would be zero."""
    return f"{difference:.4f}" if difference >= 0.0001 else f"{difference:.1e}"


def share_text(share: float) -> str:
    """Return a share in percent: `0.13%`, `0.0019%`, `1200%`, or `2.1e-06%` for nearly zero."""
    if share >= 10:
        return f"{share:.0%}"
    if share >= 0.0001:
        return f"{share:.2%}"
    return f"{share:.4%}" if share >= 0.000001 else f"{share * 100:.1e}%"


def likely_text(probability: float) -> str:
    """Return how likely something is in percent: `97%`, `99.9%`, and never quite `0%` or `100%`."""
    if probability > 0.9995:
        return "over 99.9%"
    if probability < 0.0005:
        return "under 0.1%"
    return f"{probability:.0%}" if 0.1 <= probability < 0.99 else f"{probability:.1%}"


def sure_text(result: Classification) -> str:
    """Return how sure an answer is, or that the picture is none of what the network knows."""
    if result.is_known:
        return f"{likely_text(result.likeliest[0][0])} sure".capitalize()
    return f"This looks like {STRANGE.get(dataset_of(result.settings.model), 'something else')}"


def runner_up_text(result: Classification) -> str:
    """Return which class came second, or what becomes of a picture that is of no class."""
    if not result.is_known:
        return "The network can only name what is nearest."
    likely, name = result.likeliest[1]
    return f"Next is {name} with {likely_text(likely)}"


def noise_text(score: float) -> str:
    """Return a score that means nothing, without decimals."""
    return f"{score:.0f}".replace("-", "\u2212") if abs(score) < 1e6 else score_text(score)


def duration_text(seconds: float) -> str:
    """Return a time that is waited for: `8 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def percent(value: float) -> str:
    """Return a percentage: `98.9%`, `100%`."""
    return f"{value:.4g}%"
