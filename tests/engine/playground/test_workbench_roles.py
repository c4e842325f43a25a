"""What the playground's two roles refuse: whatever is not of the form that it should be."""

import pytest
from asking import answers

from engine.errors import MessageError, RefusedError
from engine.messages.framing import Message
from engine.messages.to_workbench import (
    BeginWorkbench,
    Compute,
    DecryptNumbers,
    EncryptNumbers,
    KeepValues,
    MakeWorkbenchKeys,
    OpenWorkbench,
    SendValue,
    TakeValue,
    WorkbenchKeys,
)
from engine.parties.workbench.cloud import WorkbenchCloud
from engine.parties.workbench.key_owner import WorkbenchKeyOwner
from engine.playground.operations import AddPlain, Multiply, Rescale, Rotate, Subtract
from engine.playground.program import MOST_VALUES
from engine.playground.settings import SETTINGS

NUMBERS = (1.0, 0.5) * 4


class Lab:
    """Both roles in this process, with keys, and one fresh ciphertext."""

    def __init__(self, key: str = SETTINGS[0].key) -> None:
        self.owner, self.cloud = WorkbenchKeyOwner(), WorkbenchCloud()
        answers(self.owner, BeginWorkbench(key).as_message())
        answers(self.cloud, OpenWorkbench(key).as_message())
        self.keys = answers(self.owner, MakeWorkbenchKeys().as_message())[0]
        self.fresh = answers(self.owner, EncryptNumbers(NUMBERS).as_message())[0].blobs

    def hold(self) -> None:
        """Give the cloud its keys and one value."""
        answers(self.cloud, self.keys)
        answers(self.cloud, KeepValues(0).as_message())
        answers(self.cloud, TakeValue(self.fresh).as_message())


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab()


def test_nothing_is_done_before_it_has_begun() -> None:
    with pytest.raises(MessageError, match="no key for the playground"):
        answers(WorkbenchKeyOwner(), EncryptNumbers(NUMBERS).as_message())
    with pytest.raises(MessageError, match="no playground yet"):
        answers(WorkbenchCloud(), SendValue(0).as_message())


def test_only_its_own_settings_can_be_asked_for() -> None:
    for role, request in (
        (WorkbenchKeyOwner(), BeginWorkbench("weak")),
        (WorkbenchCloud(), OpenWorkbench("weak")),
    ):
        with pytest.raises(MessageError, match="no setting 'weak'"):
            answers(role, request.as_message())


@pytest.mark.parametrize(
    "numbers", [(1.0,) * 7, (1e300,) * 8, (float("inf"),) * 16, (1e-7,) * 8], ids=str
)
def test_numbers_that_it_does_not_take_are_refused(lab: Lab, numbers: tuple[float, ...]) -> None:
    lab.hold()
    request = Message("encrypt_numbers", {"numbers": list(numbers)})
    with pytest.raises(MessageError):
        answers(lab.owner, request)
    operation = {"type": "AddPlain", "x": 0, "numbers": list(numbers)}
    with pytest.raises(MessageError):
        answers(lab.cloud, Message("compute_value", {"operation": operation}))


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "Encrypt", "numbers": [1.0] * 8},
        {"type": "Decrypt", "x": 0},
        {"type": "Explode", "x": 0},
        {"type": "Rescale", "x": -1},
        {"type": "Rescale", "x": 64},
        {"type": "Rotate", "x": 0, "step": 1 << 40},
        {"type": "Add", "x": 0},
        "Rescale",
    ],
    ids=str,
)
def test_an_operation_of_another_form_is_refused(lab: Lab, operation: object) -> None:
    lab.hold()
    with pytest.raises(MessageError):
        answers(lab.cloud, Message("compute_value", {"operation": operation}))


def test_a_value_that_is_not_there_is_refused(lab: Lab) -> None:
    lab.hold()
    for request in (Compute(Rescale(1)), Compute(Multiply(0, 3)), SendValue(1)):
        with pytest.raises(MessageError, match="no value"):
            answers(lab.cloud, request.as_message())


def test_without_keys_the_cloud_computes_nothing() -> None:
    lab = Lab()
    answers(lab.cloud, TakeValue(lab.fresh).as_message())
    with pytest.raises(MessageError, match="lacks evaluation keys"):
        answers(lab.cloud, Compute(Multiply(0, 0)).as_message())


def test_keys_and_ciphertexts_of_another_setting_are_refused(lab: Lab) -> None:
    other = Lab(SETTINGS[1].key)
    for request in (other.keys, TakeValue(other.fresh).as_message()):
        with pytest.raises(MessageError, match="bytes received"):
            answers(lab.cloud, request)
    for blobs in ((b"", b""), (lab.keys.blobs[1], lab.keys.blobs[0])):
        with pytest.raises(MessageError):
            answers(lab.cloud, WorkbenchKeys(blobs).as_message())


def test_only_a_fresh_ciphertext_is_taken(lab: Lab) -> None:
    lab.hold()
    answers(lab.cloud, Compute(Multiply(0, 0)).as_message())
    product = answers(lab.cloud, SendValue(1).as_message())[0].blobs
    with pytest.raises(MessageError, match="no fresh encryption"):
        answers(lab.cloud, TakeValue(product).as_message())


def test_only_what_was_said_to_come_is_decrypted(lab: Lab) -> None:
    scale = SETTINGS[0].scale
    right = DecryptNumbers(8, 3, scale, 2, lab.fresh)
    told = answers(lab.owner, right.as_message())[0].fields["numbers"]
    assert told == pytest.approx(NUMBERS, abs=1e-8)
    for level, size, factor in ((2, 2, 1.0), (3, 3, 1.0), (3, 2, 4.0)):
        wrong = DecryptNumbers(8, level, scale * factor, size, lab.fresh)
        with pytest.raises(MessageError, match="no result"):
            answers(lab.owner, wrong.as_message())


def test_what_seal_refuses_becomes_a_sentence_and_changes_nothing(lab: Lab) -> None:
    lab.hold()
    for operation, says in ((Subtract(0, 0), "transparent"), (Rotate(0, 16), "SEAL refuses this")):
        with pytest.raises(RefusedError, match=says):
            answers(lab.cloud, Compute(operation).as_message())
    assert len(lab.cloud.held.values) == 1
    answers(lab.cloud, Compute(AddPlain(0, NUMBERS)).as_message())
    assert len(lab.cloud.held.values) == 2


def test_the_cloud_keeps_so_many_values_only(lab: Lab) -> None:
    lab.hold()
    for _ in range(MOST_VALUES - 1):
        answers(lab.cloud, Compute(AddPlain(0, NUMBERS)).as_message())
    with pytest.raises(MessageError, match="keeps 64 values"):
        answers(lab.cloud, Compute(AddPlain(0, NUMBERS)).as_message())
    answers(lab.cloud, KeepValues(1).as_message())
    assert len(lab.cloud.held.values) == 1
