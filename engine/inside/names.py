"""What the numbers in slots are called: pixels, windows of channels, scores, parts of them.

Everything is counted from 0, as slots are.
"""

from engine.circuits.legs import maps_of
from engine.inside.holdings import NOTHING, Holding, holding_at
from engine.inside.trace import Step, Trace

COLOURS = ("red", "green", "blue")


def value_name(trace: Trace, tensor: int, value: int) -> str:
    """Return what a value of a tensor is called: `channel 2, window (4, 5)`."""
    channels, height, width = trace.tensors[tensor]
    channel, place = divmod(value, height * width)
    row, column = divmod(place, width)
    if tensor == 0:
        colour = f"{COLOURS[channel]} of " if channels == len(COLOURS) else ""
        if channels > 1 and not colour:
            colour = f"channel {channel} of "
        return f"{colour}pixel ({row}, {column})"
    if tensor == len(trace.tensors) - 1:
        return f"the score of {trace.network.card.classes[value]}"
    if height * width == 1:
        return f"output {channel}"
    return f"channel {channel}, window ({row}, {column})"


def slot_name(trace: Trace, number: int, slot: int) -> str:
    """Return what a slot holds after a step."""
    step, holding = trace.steps[number], holding_at(trace, number)
    value = int(holding.values[slot])
    other = NOTHING if holding.imaginary is None else int(holding.imaginary[slot])
    if value == other == NOTHING:
        return _nothing(step)
    done = _done(trace, number)
    second = f"imaginary, {done}{value_name(trace, holding.tensor, other)}"
    if value == NOTHING:
        return second
    name = f"{done}{value_name(trace, holding.tensor, value)}"
    if holding.terms is not None:
        name = f"{name}: {_share(trace, holding, slot, value)}"
    return name if other == NOTHING else f"{name}; beside it, {second}"


def _done(trace: Trace, number: int) -> str:
    """Return what a square has made of what slots hold after a step: `the square of`.

    The second values of slots, m\u00b7b, have the squares \u2212b\u00b2 (`engine.ckks.pairs`).
    """
    step = trace.steps[number]
    if not is_squared(trace, number):
        return ""
    of_second = step.operation == "square" and _operation_before(trace, step) == "subtract"
    return f"{'minus ' * of_second}the square of "


def _operation_before(trace: Trace, step: Step) -> str:
    return trace.steps[step.operands[0]].operation


def is_squared(trace: Trace, number: int) -> bool:
    """Tell whether a step comes of the squaring in its stage; others lead up to it, or have none.

    Where slots hold two values, one may be squared while the other is still being parted from it.
    """
    step, begin = trace.steps[number], trace.span_at(number).begin
    return step.operation == "square" or any(
        operand >= begin and is_squared(trace, operand) for operand in step.operands
    )


def _nothing(step: Step) -> str:
    if step.operation == "pack":
        return "nothing yet"
    if step.operation in ("encrypt", "decrypt"):
        return "nothing"
    return "left over: nothing later reads it"


def _share(trace: Trace, holding: Holding, slot: int, value: int) -> str:
    assert holding.terms is not None
    linear = maps_of(trace.network)[holding.tensor - 1]
    whole = int((linear.outputs == value).sum())
    terms = int(holding.terms[slot])
    if terms == whole:
        return f"all of its {whole} products"
    return f"{terms} of its {whole} products"
