"""How SEAL makes a rotation of the Galois keys that it has, and what refuses one."""

from engine.playground.operations import Rotate
from engine.playground.reasons import Operand, Reason, Refusal
from engine.playground.settings import DEGREE, GALOIS_STEPS

ALL_SLOTS = DEGREE // 2


def key_switches(step: int) -> tuple[int, ...]:
    """Return the rotations, one key switch each, that SEAL makes one by `step` of.

    With a key for the whole step it is one; else one for each term of the non-adjacent form.
    """
    if _element(step) in _elements():
        return (step,)
    return tuple(term for term in non_adjacent_form(step) if abs(term) != ALL_SLOTS)


def non_adjacent_form(step: int) -> tuple[int, ...]:
    """Return the fewest powers of two, with signs, that add up to `step`; largest first."""
    terms, sign, rest, power = [], 1 if step >= 0 else -1, abs(step), 1
    while rest:
        if rest % 2:
            digit = 2 - rest % 4
            terms.append(sign * digit * power)
            rest -= digit
        rest, power = rest // 2, power * 2
    return tuple(reversed(terms))


def no_rotation(step: int) -> Refusal | None:
    """Refuse a rotation by nothing."""
    if step:
        return None
    return Refusal(
        Reason.NOTHING_TO_DO, "A rotation by 0 moves nothing: rotate by 1, or by \u22121 back."
    )


def no_galois_key(x: Operand, step: int, slots: int) -> Refusal | None:
    """Refuse a rotation that the keys do not make."""
    terms = key_switches(step)
    missing = [term for term in terms if _element(term) not in _elements()]
    if not missing and abs(step) < ALL_SLOTS:
        return None
    short = _same(step, slots)
    made = "" if len(terms) < 2 else f", of which SEAL would make {_signed(step)}"
    key = missing[0] if missing else step
    if not short:
        return Refusal(
            Reason.NO_GALOIS_KEY,
            f"There is no Galois key for a rotation by {_signed(key)}{made}; and as the {slots} "
            "numbers repeat, it would move nothing.",
        )
    return Refusal(
        Reason.NO_GALOIS_KEY,
        f"There is no Galois key for a rotation by {_signed(key)}{made}. As the {slots} numbers "
        f"repeat, rotating by {_signed(short)} is the same.",
        instead=Rotate(x.place, short),
    )


def _same(step: int, slots: int) -> int:
    """Return the rotation with the fewest key switches that does the same to the visible slots."""
    rest = step % slots
    return min((rest, rest - slots), key=lambda each: len(key_switches(each))) if rest else 0


def _element(step: int) -> int:
    return step % ALL_SLOTS


def _elements() -> set[int]:
    return {_element(step) for step in GALOIS_STEPS}


def _signed(step: int) -> str:
    return str(step).replace("-", "\u2212")
