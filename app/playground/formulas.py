"""Operations and values of the playground as a person reads them."""

import math
from collections.abc import Sequence

from engine.playground.operations import (
    Add,
    AddPlain,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
    name_of,
)
from engine.playground.values import Value

MINUS = "\u2212"
SIGNS = {Add: "+", Subtract: MINUS, Multiply: "\u00b7", AddPlain: "+", MultiplyPlain: "\u00b7"}
VERBS = {
    Rescale: "rescale",
    Relinearize: "relinearise",
    ModSwitch: "mod switch",
    SetScale: "set the scale of",
    Decrypt: "decrypt",
}
MOST_DECIMALS = 4
SUPERSCRIPTS = str.maketrans(
    "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)


def formula(operation: Operation) -> str:
    """Return an operation in a few words: `a + b`, `rotate a by 4`."""
    if isinstance(operation, Encrypt):
        return "encrypt"
    x = name_of(operation.x)
    if isinstance(operation, Add | Subtract | Multiply):
        return f"{x} {SIGNS[type(operation)]} {name_of(operation.y)}"
    if isinstance(operation, AddPlain | MultiplyPlain):
        return f"{x} {SIGNS[type(operation)]} p"
    if isinstance(operation, Rotate):
        return f"rotate {x} by {operation.step}".replace("-", MINUS)
    return f"{VERBS[type(operation)]} {x}"


def steps_text(operations: Sequence[Operation]) -> str:
    """Return several operations in one sentence's part: `mod switch a, then c + d`."""
    said = [formula(each) for each in operations]
    return ", ".join(said[:-1]) + (", then " if len(said) > 1 else "") + said[-1]


def power_text(scale: float) -> str:
    """Return a scale as a power of two, where needed with a factor: `2\u2074\u2070`."""
    bits = round(math.log2(scale))
    factor = scale / 2.0**bits
    power = "2" + str(bits).translate(SUPERSCRIPTS)
    if factor == 1:
        return power
    return f"\u2248 {power}" if abs(factor - 1) < 0.005 else f"{factor:.2f} \u00b7 {power}"


def error_text(error: float) -> str:
    """Return a small number with one digit after the point: `1.4e-9`, `0.03`."""
    if error >= 0.01:
        return f"{error:.2g}"
    mantissa, _, exponent = f"{error:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def number_text(number: float, bound: float, most: int = MOST_DECIMALS) -> str:
    """Return a decrypted number with the decimals that the bound leaves right, at least one."""
    right = math.floor(-math.log10(bound)) if bound > 0 else most
    rounded = round(number, min(max(right, 1), most))
    return f"{rounded + 0.0:.6g}".replace("-", MINUS)


def plain_text(number: float) -> str:
    """Return a number that a person typed."""
    return f"{number:.6g}".replace("-", MINUS)


def word_text(word: int, digits: int) -> str:
    """Return the last bits of a coefficient, in so many hexadecimal digits."""
    return f"{word % 16**digits:0{digits}x}"


def spoken(place: int, value: Value, shown: Sequence[float]) -> str:
    """Return a value as a screen reader says it."""
    numbers = ", ".join(number_text(each, value.bound) for each in shown) if shown else "encrypted"
    return (
        f"{name_of(place)}: {formula(value.operation)}; {numbers}; {value.level} primes left, "
        f"scale {power_text(value.scale)}, {value.size} polynomials, error below "
        f"{error_text(value.bound)}"
    )


def parse_numbers(text: str, slots: int) -> tuple[float, ...]:
    """Return the numbers in a text, with zeros after the last; ValueError with a sentence."""
    words = text.replace(MINUS, "-").replace(";", " ").replace(",", " ").split()
    if not words:
        raise ValueError("Type numbers first: 1, 2, 3, and so on.")
    if len(words) > slots:
        raise ValueError(f"There are {slots} slots to see, and these are {len(words)} numbers.")
    numbers = []
    for word in words:
        try:
            numbers.append(round(float(word), MOST_DECIMALS))
        except ValueError:
            raise ValueError(f"\u201c{word[:12]}\u201d is no number.") from None
    return (*numbers, *(0.0,) * (slots - len(numbers)))
