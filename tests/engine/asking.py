"""The key owner's and the cloud's roles in the tests' own process, asked with messages."""

from engine.messages.framing import Message
from engine.parties.service import handlers_of


def answers(role: object, request: Message) -> list[Message]:
    """Return all that a role answers to a request, as its process would send it."""
    return [answer.as_message() for answer in handlers_of(role)[request.kind](request)]
