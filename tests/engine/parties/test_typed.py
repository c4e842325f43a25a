"""What messages say: it comes back as it was sent, and anything else is refused by name."""

import dataclasses
import inspect
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MessageError
from engine.messages import to_cloud, to_key_owner, to_workbench
from engine.messages.framing import Message
from engine.messages.to_cloud import (
    Arrived,
    Classify,
    EncryptedScores,
    GaloisKeys,
    Load,
    StageDone,
)
from engine.messages.typed import Request, Typed

SAID = sorted(
    {
        each
        for module in (to_cloud, to_key_owner, to_workbench)
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, Typed) and hasattr(each, "kind")
    },
    key=lambda each: each.__name__,
)
REQUESTS = [each for each in SAID if issubclass(each, Request)]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=6,
)


@given(step=st.integers(-(2**31), 2**31), blob=st.binary(max_size=20))
def test_what_is_sent_comes_back(step: int, blob: bytes) -> None:
    keys = GaloisKeys(step, (blob,))
    assert GaloisKeys.read(keys.as_message()) == keys


@pytest.mark.parametrize("kind", SAID, ids=lambda each: each.__name__)
@given(data=st.data())
def test_whatever_fields_come_they_are_read_or_refused(kind: type[Typed], data: Any) -> None:
    names = st.sampled_from([each.name for each in dataclasses.fields(kind)] or ["key"])
    fields = data.draw(st.dictionaries(names | st.text(max_size=4), json_values, max_size=4))
    blobs = tuple(data.draw(st.lists(st.binary(max_size=3), max_size=3)))
    with suppress(MessageError):
        said = kind.read(Message(kind.kind, fields, blobs))
        assert kind.read(said.as_message()) == said


def test_a_field_that_a_message_does_not_have_is_refused() -> None:
    with pytest.raises(MessageError, match="does not have 'secret_key'"):
        Arrived.read(Message("arrived", {"seconds": 1.0, "secret_key": "x"}))
    with pytest.raises(MessageError, match="does not have 'blobs'"):
        Arrived.read(Message("arrived", {"seconds": 1.0}, (b"x",)))


def test_settings_of_another_form_are_refused_before_anything_is_loaded() -> None:
    fields = {"sha256": "0" * 64, "settings": {"model": 3}}
    with pytest.raises(MessageError, match="settings"):
        Load.read(Message("load", fields))


def test_a_request_reads_its_own_answers_and_no_others() -> None:
    request = Classify((b"x",))
    for said in (Arrived(0.1), StageDone("conv", 0.1)):
        assert request.read_answer(said.as_message()) == said
    scores = EncryptedScores(0.1, (b"y",))
    assert request.read_answer(scores.as_message()) == scores
    with pytest.raises(MessageError, match="no answer to classify"):
        request.read_answer(Message("costs", {"costs": {}}))


@pytest.mark.parametrize("request_kind", REQUESTS, ids=lambda each: each.__name__)
def test_every_request_knows_what_it_asks_for(request_kind: type[Request[Any]]) -> None:
    assert request_kind.results
    kinds = [each.kind for each in (*request_kind.before, *request_kind.results)]
    assert len(set(kinds)) == len(kinds)
