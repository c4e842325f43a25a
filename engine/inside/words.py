"""What a step does, in words: a title, one sentence, a formula."""

import math
from dataclasses import dataclass

import numpy as np

from engine.circuits.arrangement import arrangements
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.trace import Step, Trace, leg_maps


@dataclass(frozen=True)
class Telling:
    """A step in words."""

    title: str
    sentence: str
    formula: str


def tell(trace: Trace, number: int) -> Telling:
    """Return a step in words."""
    step = trace.steps[number]
    match step.operation:
        case "pack":
            return _pack(trace, step)
        case "rotate":
            return _rotate(trace, step)
        case "add":
            return _fold(trace, step) if step.part == "fold" else _ADD
        case "square":
            return _SQUARE
        case "conjugate" | "sum" | "subtract" | "turn":
            return _PAIRS[step.operation]
        case "relinearize":
            return _RELINEARIZE
        case "add_plain":
            return _BIAS
        case "rescale":
            return _rescale(step, trace.steps[step.operands[0]])
        case "multiply_plain":
            return _multiply(step)
    return _cross(trace, step)


_ADD = Telling(
    "Add up",
    "The new products join the sum, slot by slot. An addition costs no level and hardly any time.",
    "y[s] = a[s] + b[s]",
)
_BIAS = Telling(
    "Add the bias", "Every result gets its bias; the layer is done.", "y[s] = x[s] + b[s]"
)
_SQUARE = Telling(
    "Square",
    "The activation: every slot is multiplied by itself. The product has three polynomials, and "
    "its scale has twice as many bits.",
    "y[s] = x[s]\u00b2",
)
_RELINEARIZE = Telling(
    "Relinearise",
    "The relinearisation key brings the three polynomials back to two; no slot changes.",
    "(c\u2080, c\u2081, c\u2082) \u2192 (c\u2080\u2032, c\u2081\u2032)",
)
_PAIRS = {
    "conjugate": Telling(
        "Conjugate",
        "Slots hold two numbers each, a + m·b; their conjugates are a \u2212 m·b. Added up, only a "
        "will be left, subtracted only b. m is i in even slots, \u2212i in odd ones.",
        "y[s] = conj(x[s])",
    ),
    "sum": Telling(
        "Keep the first number",
        "With its conjugate added, every slot has only the first of its two numbers, doubled.",
        "2a = (a + m·b) + (a \u2212 m·b)",
    ),
    "subtract": Telling(
        "Subtract",
        "What both have in common cancels: the second of the two numbers comes out, or its square "
        "goes in again.",
        "2m·b = (a + m·b) \u2212 (a \u2212 m·b)",
    ),
    "turn": Telling(
        "Turn",
        "A product with m, which is exact and needs no key, brings the second square back beside "
        "the first.",
        "y[s] = m[s] \u00b7 x[s]",
    ),
}


def _fold(trace: Trace, step: Step) -> Telling:
    by = trace.steps[step.operands[1]].rotation
    return Telling(
        "Fold",
        "Every slot gets its moved copy added: half as many sums, each of twice as many products.",
        f"y[s] = x[s] + x[s + {by}]",
    )


def _multiply(step: Step) -> Telling:
    assert step.plain is not None
    count = int((step.plain != 0).sum())
    zeros = "" if count == len(step.plain) else "; zeros elsewhere"
    return Telling(
        "Multiply by a mask",
        f"Every slot is multiplied by a number of its own. These numbers are the mask: {count:,} "
        f"weights of the network, which the cloud has in the clear{zeros}.",
        "y[s] = x[s] \u00b7 w[s]",
    )


def _rescale(step: Step, before: Step) -> Telling:
    prime = before.scale / step.scale
    return Telling(
        "Rescale",
        "Products made the scale too large: dividing by the last prime makes it small again, but "
        f"that prime is gone. This is what uses up a level; {_left(step.level - 1)}.",
        f"\u0394 = {power_text(before.scale)} / {power_text(prime)} = {power_text(step.scale)}",
    )


def _left(levels: int) -> str:
    """Return how many levels are left: `1 is left`."""
    return f"{levels} {'is' if levels == 1 else 'are'} left" if levels else "none is left"


def _cross(trace: Trace, step: Step) -> Telling:
    if step.operation == "encrypt":
        return _encrypt(trace, step)
    assert step.places is not None
    what = f"{len(step.places):,} activations, to encrypt them again"
    if step.number == len(trace.steps) - 1:
        answer = trace.network.card.classes[int(trace.scores.argmax())]
        what = f"the {len(step.places)} scores; the highest is that of {answer}"
    return Telling(
        "Decrypt", f"The key owner decrypts all slots and reads {what}.", "x = Dec(c) / \u0394"
    )


def _encrypt(trace: Trace, step: Step) -> Telling:
    span = trace.span_at(step.number)
    count = sum(each.operation == "encrypt" for each in trace.steps[span.begin : span.end])
    what = "a ciphertext" if count == 1 else f"ciphertext {step.ciphertext + 1} of {count}"
    return Telling(
        "Encrypt",
        f"All {trace.slots:,} slots, times the scale \u0394 and rounded, become {what}: "
        "two polynomials that look random to everyone without the key.",
        f"c = Enc(\u0394 \u00b7 x),  \u0394 = {power_text(step.scale)}",
    )


def _pack(trace: Trace, step: Step) -> Telling:
    assert step.places is not None
    span = trace.span_at(step.number)
    count = int((holding_at(trace, step.number).values[step.places] != NOTHING).sum())
    what = "the picture" if span.source == 0 else "the layer before"
    arranged = arrangements(leg_maps(trace, span))[0]
    if len(arranged.places) == 1:
        return Telling(
            "Pack",
            f"{count:,} values of {what} go into slots, each where its weights will meet it.",
            "x[s] = value s",
        )
    windows = len(np.unique(step.places % arranged.unit))
    values = f"The {count:,} values of {'a window' if windows == 1 else f'{windows} windows'}"
    return Telling(
        "Image to column",
        f"{values} of {what} go into slots, {arranged.unit} apart. So value k of every window is "
        "in block k, and one product with a mask serves all windows at once.",
        f"x[{arranged.unit}\u00b7k + place of w] = value k of window w",
    )


def _rotate(trace: Trace, step: Step) -> Telling:
    by = step.rotation if step.rotation <= trace.slots // 2 else step.rotation - trace.slots
    sign = "+" if by >= 0 else "\u2212"
    formula = f"y[s] = x[s {sign} {abs(by)}]"
    far = f"{abs(by):,} slot{'' if abs(by) == 1 else 's'}"
    match step.part:
        case "baby":
            sentence = (
                f"A product never mixes slots. So the input moves by {far}, with a Galois key and "
                "all at once, and other neighbours meet the weights."
            )
        case "fold":
            sentence = (
                f"An addition never mixes slots. So a copy moves by {far}, to be added to what "
                "stands there: in this way numbers of different slots are summed."
            )
        case _:
            sentence = (
                "An addition never mixes slots. So the sum so far moves, all at once, by "
                f"{far} to where the next products are."
            )
    return Telling("Rotate", sentence, formula)


def power_text(number: float) -> str:
    """Return a scale as a power of two: `2^26.5`."""
    return f"2^{math.log2(number):.1f}"
