"""The playground in a session's real processes: what is done, kept, forgotten and done again."""

from collections.abc import Iterator

import numpy as np
import pytest
from recording import Recording, hidden_in, recorded, words_of

from engine.errors import CancelledError, RefusedError
from engine.messages.log import MessageLogged
from engine.playground.lessons import LESSONS, Lesson
from engine.playground.operations import (
    Add,
    Decrypt,
    Encrypt,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rotate,
    Subtract,
)
from engine.playground.program import Program
from engine.playground.settings import SETTINGS
from engine.session.relay import Session
from engine.session.workbench import Computed, Shown

ONE = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
TWO = (0.5, -0.5) * 4


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session() as found:
        yield found


def program_of(*steps: Operation, setting: int = 0) -> Program:
    program = Program(SETTINGS[setting])
    for each in steps:
        program = program.perform(each)
    return program


def kinds(session: Session, program: Program) -> list[str]:
    """Run a program and return the names of the requests that it took."""
    heard: list[MessageLogged] = []
    session.on_message = heard.append
    session.run_program(program)
    return [each.name for each in heard if each.sender == "window"]


def shown(session: Session, program: Program) -> tuple[float, ...]:
    last = session.run_program(program)[-1]
    assert isinstance(last, Shown)
    return last.numbers


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.key)
def test_every_lesson_is_performed_and_shows_what_it_should(
    session: Session, lesson: Lesson
) -> None:
    program = lesson.program()
    outcomes = session.run_program(program)
    assert len(outcomes) == len(program.operations)
    for operation, outcome in zip(program.operations, outcomes, strict=True):
        if isinstance(operation, Decrypt):
            value = program.values[operation.x]
            assert isinstance(outcome, Shown)
            assert outcome.numbers == pytest.approx(value.clear, abs=value.bound, rel=0)
        else:
            assert isinstance(outcome, Computed)
            assert len(set(outcome.words)) == 16
            assert max(outcome.words) < program.setting.data_primes[0]


def test_only_what_is_new_is_performed(session: Session) -> None:
    begun = program_of(Encrypt(ONE), Encrypt(TWO))
    session.run_program(begun)
    assert kinds(session, begun) == []
    summed = begun.perform(Add(0, 1))
    assert kinds(session, summed) == ["compute_value"]
    assert kinds(session, summed.perform(Decrypt(2))) == ["send_value", "decrypt_numbers"]


def test_after_an_undo_later_values_are_forgotten(session: Session) -> None:
    begun = program_of(Encrypt(ONE), Encrypt(TWO))
    session.run_program(begun.perform(Add(0, 1)).perform(Multiply(0, 2)))
    assert kinds(session, begun) == ["keep_values"]
    other = begun.perform(Subtract(0, 1)).perform(Decrypt(2))
    assert shown(session, other) == pytest.approx(np.subtract(ONE, TWO), abs=1e-6)


def test_another_setting_begins_anew(session: Session) -> None:
    session.run_program(program_of(Encrypt(ONE)))
    other = program_of(Encrypt(TWO), Decrypt(0), setting=2)
    assert kinds(session, other)[:3] == ["begin_workbench", "open_workbench", "make_workbench_keys"]
    assert shown(session, other) == pytest.approx(TWO, abs=other.values[0].bound)


def test_after_lost_processes_all_is_done_again(session: Session) -> None:
    program = program_of(Encrypt(ONE), Rotate(0, 2))
    session.run_program(program)
    session.restart()
    whole = program.perform(Decrypt(1))
    assert shown(session, whole) == pytest.approx((*ONE[2:], *ONE[:2]), abs=1e-4)


def test_a_cancelled_program_is_done_when_it_is_asked_for_again(session: Session) -> None:
    program = program_of(Encrypt(ONE), Multiply(0, 0), Relinearize(1), Decrypt(2))
    session.run_program(program_of())
    session.on_message = lambda message: session.cancel()
    with pytest.raises(CancelledError):
        session.run_program(program)
    session.on_message = lambda message: None
    assert shown(session, program) == pytest.approx(np.square(ONE), abs=1e-4)


def test_what_only_seal_can_tell_is_refused_in_a_sentence(session: Session) -> None:
    """(a + b) - a - b is zero by an identity that the rules do not follow through products."""
    both = program_of(
        Encrypt(ONE), Encrypt(TWO), Add(0, 1),
        MultiplyPlain(0, TWO), MultiplyPlain(1, TWO), MultiplyPlain(2, TWO),
        Subtract(5, 3),
    )  # fmt: skip
    session.run_program(both)
    with pytest.raises(RefusedError, match="transparent"):
        session.run_program(both.perform(Subtract(6, 4)))
    assert shown(session, both.perform(Decrypt(4))) == pytest.approx(np.square(TWO), abs=1e-6)


@pytest.fixture(scope="module")
def record() -> Recording:
    with recorded() as (session, found):
        session.run_program(LESSONS[0].program())
    return found


def test_the_cloud_gets_keys_ciphertexts_and_operations_only(record: Recording) -> None:
    fields = {
        "open_workbench": {"setting"},
        "compute_value": {"operation"},
        "send_value": {"place"},
    }
    for message in record.messages:
        assert set(message.fields) == fields.get(message.kind, set())
        blobs = {"workbench_keys": 2, "take_value": 1}
        assert len(message.blobs) == blobs.get(message.kind, 0)
    sent = [message.kind for message in record.messages]
    assert sent.count("take_value") == 2
    assert sent[-1] == "send_value"  # after the decryption nothing goes there


def test_the_cloud_never_gets_the_secret_key(record: Recording) -> None:
    secret = words_of(record.client.workbench_owner.held.secret_key.data())
    assert hidden_in(record.sent, secret) == 0
    assert hidden_in(secret.tobytes(), secret) > 0


def test_the_key_owner_tells_numbers_only_when_asked_to_decrypt(record: Recording) -> None:
    told = [answer for answer in record.client.answers if answer.kind == "workbench_numbers"]
    decrypted = [each for each in LESSONS[0].steps if isinstance(each.operation, Decrypt)]
    assert len(told) == len(decrypted)
