"""What the client and the server process share: a loop that answers messages until the pipe ends.

Each runs as a fresh interpreter (`python -m engine.parties.client`,
`python -m engine.parties.server`) whose only link to the world is its standard input and output. It
ends when its input ends, so it never outlives the program that started it.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from engine.errors import CipherSketchError, MessageError
from engine.parties.messages import Message, encode_message, read_message

Handler = Callable[[Message], Iterator[Message]]
"""Answers one request with any number of messages; the last one is its result."""


def serve(handlers: Mapping[str, Handler]) -> None:
    """Answer requests from standard input on standard output, until the input ends.

    Each request is answered to its `end`; a handler's error becomes an `error` message instead,
    and the loop goes on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started this
    requests = sys.stdin.buffer
    # Whatever else prints must not break the framing: it goes to standard error instead.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(BrokenPipeError):  # nobody is left to read an answer
        while (request := read_message(requests)) is not None:
            for answer in _answers(handlers, request):
                answers.write(encode_message(answer))


def _answers(handlers: Mapping[str, Handler], request: Message) -> Iterator[Message]:
    try:
        handler = handlers.get(request.kind)
        if handler is None:
            raise MessageError(f"There is no request named {request.kind!r}.")
        yield from handler(request)
        yield Message("end")
    except CipherSketchError as error:
        yield Message("error", {"type": type(error).__name__, "message": str(error)})
    except Exception as error:  # noqa: BLE001 - the process must answer whatever happens
        # The stack only: the exception's own text could quote a value.
        details = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        yield Message("error", {"type": "", "message": type(error).__name__, "details": details})
