"""What the key owner's and the cloud's process share: a loop that answers until the pipe ends.

Each runs as a fresh interpreter (`python -m engine.parties.key_owner`,
`python -m engine.parties.cloud`) whose only link to the world is its standard input and output. It
ends when its input ends, so it never outlives the program that started it.
"""

import inspect
import os
import signal
import sys
import traceback
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from engine.errors import CipherSketchError, MessageError, ProcessLostError
from engine.messages.framing import Message, encode_message, read_message
from engine.messages.typed import Request, Typed

Handler = Callable[[Message], Iterator[Typed]]
"""Answers one request with any number of messages; the last one is its result."""


def serve(*roles: object) -> None:
    """Answer requests from standard input on standard output, until the input ends.

    Each request is answered to its `end`; a handler's error becomes an `error` message instead,
    and the loop goes on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started this
    handlers = handlers_of(*roles)
    requests = sys.stdin.buffer
    # Whatever else prints must not break the framing: it goes to standard error instead.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(BrokenPipeError):  # nobody is left to read an answer
        while (request := read_message(requests)) is not None:
            for answer in _answers(handlers, request):
                answers.write(encode_message(answer))


def handlers_of(*roles: object) -> dict[str, Handler]:
    """Return what answers each kind of request: the roles' methods that take one."""
    return {
        request.kind: _reading(request, getattr(role, name))
        for role in roles
        for name, method in inspect.getmembers(type(role), inspect.isfunction)
        if not name.startswith("_")
        and issubclass(request := typing.get_type_hints(method).get("request", object), Request)
    }


def _reading(request: type[Request[Typed]], method: Callable[..., Iterator[Typed]]) -> Handler:
    return lambda message: method(request.read(message))


def _answers(handlers: Mapping[str, Handler], request: Message) -> Iterator[Message]:
    try:
        handler = handlers.get(request.kind)
        if handler is None:
            raise MessageError(f"There is no request named {request.kind!r}.")
        for answer in handler(request):
            yield answer.as_message()
        yield Message("end")
    except MemoryError:
        error = ProcessLostError(
            "The memory for this is used up: choose a smaller N, or fewer pictures at once."
        )
        yield Message("error", {"type": type(error).__name__, "message": str(error)})
    except CipherSketchError as error:
        yield Message("error", {"type": type(error).__name__, "message": str(error)})
    except Exception as error:  # noqa: BLE001 - the process must answer whatever happens
        # The stack only: the exception's own text could quote a value.
        details = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        yield Message("error", {"type": "", "message": type(error).__name__, "details": details})
