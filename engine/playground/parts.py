"""What values are the sum of, so that a difference of two that are the same is recognised.

Nothing would be hidden in it: SEAL calls such a ciphertext transparent and refuses to make it.
"""

from collections.abc import Sequence

from engine.playground.operations import (
    Add,
    AddPlain,
    InTheCloud,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
    Subtract,
    operands,
)
from engine.playground.values import Parts, Value

MADE_NEW = Multiply | MultiplyPlain | Rotate | Rescale | Relinearize


def hidden(parts: Parts) -> Parts:
    """Return the parts that are ciphertexts; a value without any is transparent."""
    return tuple((place, count) for place, count in parts if place >= 0)


def added(first: Parts, second: Parts, sign: int) -> Parts:
    """Return the parts of a sum, or of a difference where `sign` is -1."""
    counts = dict(first)
    for place, count in second:
        counts[place] = counts.get(place, 0) + sign * count
    return tuple(sorted((place, count) for place, count in counts.items() if count))


def parts_of(operation: InTheCloud, values: Sequence[Value]) -> Parts:
    """Return what a result is the sum of.

    Sums are followed; a mod switch or another scale leaves parts as they are. All else makes
    something new, unless the same was made of the same before. Numbers in the clear only move the
    polynomial that is not multiplied by the key, until a product mixes the two.
    """
    first, new = values[operation.x].parts, len(values)
    if isinstance(operation, Add | Subtract):
        sign = 1 if isinstance(operation, Add) else -1
        return added(first, values[operation.y].parts, sign)
    if isinstance(operation, ModSwitch | SetScale):
        return first
    clear = ((~new, 1),)
    if isinstance(operation, AddPlain):
        return added(first, clear, 1)
    made = _made(operation, values)
    same = (
        hidden(value.parts)
        for value in values
        if isinstance(value.operation, MADE_NEW) and _made(value.operation, values) == made
    )
    found = next(same, ((new, 1),))
    mixes = isinstance(operation, Multiply) or first == hidden(first)
    return found if mixes else added(found, clear, 1)


def _made(operation: InTheCloud, values: Sequence[Value]) -> object:
    """Return what tells a result from others: the operation, and what its operands consist of."""
    told = [values[place] for place in operands(operation)]
    keep = tuple if isinstance(operation, Multiply) else hidden
    means = sorted((keep(each.parts), each.level) for each in told)
    return type(operation), means, getattr(operation, "numbers", getattr(operation, "step", None))
