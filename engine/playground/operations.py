"""The operations of the playground as data: what a person asks for, and what goes to the cloud.

A value is named by its place among all that were made, `x` or `y`; `numbers` are in the clear.
Each operation but Decrypt makes a new value, so every earlier one is still there.
"""

from typing import Annotated

from msgspec import Meta, Struct

Place = Annotated[int, Meta(ge=0, lt=64)]
Numbers = Annotated[tuple[float, ...], Meta(min_length=1, max_length=16)]
Step = Annotated[int, Meta(ge=-4096, le=4096)]


class Encrypt(Struct, frozen=True, tag=True):
    """Encode and encrypt numbers: the key owner does."""

    numbers: Numbers


class Add(Struct, frozen=True, tag=True):
    """x + y, slot by slot."""

    x: Place
    y: Place


class Subtract(Struct, frozen=True, tag=True):
    """x - y, slot by slot."""

    x: Place
    y: Place


class Multiply(Struct, frozen=True, tag=True):
    """x * y, slot by slot; the result has three polynomials."""

    x: Place
    y: Place


class AddPlain(Struct, frozen=True, tag=True):
    """x + numbers that the cloud sees."""

    x: Place
    numbers: Numbers


class MultiplyPlain(Struct, frozen=True, tag=True):
    """x * numbers that the cloud sees."""

    x: Place
    numbers: Numbers


class Rotate(Struct, frozen=True, tag=True):
    """Move every slot `step` places to the left, to the right where it is negative."""

    x: Place
    step: Step


class Rescale(Struct, frozen=True, tag=True):
    """Divide by the last prime of the chain and drop it."""

    x: Place


class Relinearize(Struct, frozen=True, tag=True):
    """Bring three polynomials back to two, by a key switch."""

    x: Place


class ModSwitch(Struct, frozen=True, tag=True):
    """Drop the last prime of the chain and leave the scale as it is."""

    x: Place


class SetScale(Struct, frozen=True, tag=True):
    """Say that the scale is the setting's, which it is nearly."""

    x: Place


class Decrypt(Struct, frozen=True, tag=True):
    """Show what is in a value: the key owner does."""

    x: Place


Binary = Add | Subtract | Multiply
WithPlain = AddPlain | MultiplyPlain
Unary = Rotate | Rescale | Relinearize | ModSwitch | SetScale
InTheCloud = Binary | WithPlain | Unary
Operation = Encrypt | InTheCloud | Decrypt


def operands(operation: Operation) -> tuple[int, ...]:
    """Return the places of the values that an operation takes."""
    if isinstance(operation, Encrypt):
        return ()
    if isinstance(operation, Binary):
        return operation.x, operation.y
    return (operation.x,)


def name_of(place: int) -> str:
    """Return the name of a value: a to z, then a1 to z1, and so on."""
    turn, letter = divmod(place, 26)
    return chr(ord("a") + letter) + (str(turn) if turn else "")
