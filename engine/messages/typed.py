"""What messages say, as types: each field is checked on arrival, for its type and its bounds.

A request knows what it asks for, `Request[T]`: the last answer is a `T`, or one of several where
`T` is a union; those that may come `before` it are listed. Adding one takes a class in
`to_key_owner` or `to_cloud`, the method that answers it, and the place that asks it.
"""

import dataclasses
import functools
import typing
from dataclasses import dataclass
from typing import Annotated, ClassVar, Generic, Self, TypeVar

import msgspec

from engine.errors import MessageError
from engine.messages.framing import Message

Blobs = tuple[bytes, ...]
OneBlob = Annotated[Blobs, msgspec.Meta(min_length=1, max_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


@dataclass(frozen=True)
class Typed:
    """What a message says; `kind` is its name on the wire, a field `blobs` has its raw bytes."""

    kind: ClassVar[str]

    def as_message(self) -> Message:
        """Return the message to send."""
        fields = {
            field.name: msgspec.to_builtins(getattr(self, field.name))
            for field in dataclasses.fields(self)
            if field.name != "blobs"
        }
        return Message(self.kind, fields, getattr(self, "blobs", ()))

    @classmethod
    def read(cls, message: Message) -> Self:
        """Return what a message of this kind says; MessageError if it is of another form."""
        names = {field.name for field in dataclasses.fields(cls)}
        said = dict(message.fields)
        if message.blobs or "blobs" in names:
            said["blobs"] = message.blobs
        try:
            if unknown := said.keys() - names:
                raise MessageError(f"A message {cls.kind} does not have {min(unknown)!r}.")
            return msgspec.convert(said, cls)
        except (msgspec.ValidationError, TypeError) as error:
            raise MessageError(f"A message {cls.kind} has another form: {error}.") from error


T = TypeVar("T")


@dataclass(frozen=True)
class Request(Typed, Generic[T]):
    """Asks one side for a `T`."""

    before: ClassVar[tuple[type[Typed], ...]] = ()
    results: ClassVar[tuple[type[Typed], ...]] = ()

    def __init_subclass__(cls) -> None:
        """Note what the request asks for."""
        for base in getattr(cls, "__orig_bases__", ()):
            if issubclass(typing.get_origin(base) or object, Request):
                (result,) = typing.get_args(base)
                cls.results = typing.get_args(result) or (result,)

    @classmethod
    @functools.cache
    def _answers(cls) -> dict[str, type[Typed]]:
        return {answer.kind: answer for answer in (*cls.before, *cls.results)}

    @classmethod
    def read_answer(cls, message: Message) -> Typed:
        """Return what an answer says; MessageError if it is none to this request."""
        answer = cls._answers().get(message.kind)
        if answer is None:
            raise MessageError(f"{message.kind!r} is no answer to {cls.kind}.")
        return answer.read(message)
