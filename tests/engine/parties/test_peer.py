"""Real child processes: they start, answer, refuse, survive bad requests, and end."""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import engine.parties.service
from engine.ckks.parameters import Settings
from engine.errors import InternalError, MessageError, ModelError, ProcessLostError
from engine.messages.framing import Message
from engine.messages.to_cloud import Load
from engine.parties.peer import Peer

Picture = npt.NDArray[np.uint8]


def ask(peer: Peer, message: Message) -> Message:
    *_, last = peer.exchange(message)
    return last


@pytest.fixture(scope="module")
def lab(make_lab: Callable[[Settings], Any]) -> Any:
    return make_lab(Settings())


@pytest.fixture(scope="module")
def cloud(lab: Any) -> Iterator[Peer]:
    """Return a cloud that has its model and keys and works; each test must leave it so."""
    peer = Peer("cloud")
    with closing(peer):
        peer.start()
        ask(peer, lab.load_request())
        for message in lab.evaluation_keys():
            ask(peer, message)
        yield peer


@pytest.fixture
def working(cloud: Peer, lab: Any, samples: tuple[Picture, ...]) -> Iterator[Peer]:
    """Return the cloud, and check after the test that the same process still classifies."""
    starts = cloud.starts
    yield cloud
    result = ask(cloud, Message("classify", {}, (lab.encrypt(samples[4]),)))
    assert np.argmax(lab.decrypt(result.blobs[0])) == 4
    assert cloud.starts == starts


@pytest.fixture
def client() -> Iterator[Peer]:
    peer = Peer("key_owner")
    with closing(peer):
        peer.start()
        yield peer


def test_a_peer_has_a_process_from_start_to_close() -> None:
    peer = Peer("key_owner")
    before = peer.pid
    assert before is None
    peer.start()
    pid = peer.pid
    assert pid is not None
    peer.start()
    assert (peer.pid, peer.starts) == (pid, 1)
    peer.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_closing_twice_or_before_the_start_does_nothing() -> None:
    peer = Peer("cloud")
    peer.close()
    peer.kill()
    peer.start()
    peer.close()
    peer.close()
    assert peer.pid is None


def test_after_a_kill_returns_the_process_is_gone_and_another_can_start(client: Peer) -> None:
    for starts in (2, 3, 4):
        client.kill()
        assert client.pid is None
        client.start()
        assert client.starts == starts
        with pytest.raises(MessageError, match="no key yet"):
            ask(client, Message("make_keys", {"steps": []}))


def test_a_request_to_a_process_that_ended_is_lost_not_given_to_a_new_one(client: Peer) -> None:
    client.kill()
    with pytest.raises(ProcessLostError, match="The client process stopped"):
        ask(client, Message("make_keys", {"steps": []}))
    assert client.starts == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_dies_while_it_is_waited_for_is_reported(lab: Any, number: int) -> None:
    peer = Peer("key_owner")
    with closing(peer):
        peer.start()
        ask(peer, lab.begin_request())
        answers = peer.exchange(Message("make_keys", {"steps": lab.circuit.rotation_steps}))
        next(answers)
        assert peer.pid is not None
        os.kill(peer.pid, number)  # it has far more to say than fits into the pipe
        with pytest.raises(ProcessLostError):
            list(answers)
        peer.start()
        assert ask(peer, lab.begin_request()).kind == "begun"


def test_a_caller_that_stops_listening_loses_the_process(lab: Any, client: Peer) -> None:
    ask(client, lab.begin_request())
    answers = client.exchange(Message("make_keys", {"steps": lab.circuit.rotation_steps}))
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert client.pid is None


def test_bytes_that_are_no_message_end_the_process_only(client: Peer) -> None:
    process = client._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.write(b"GET / HTTP/1.1\r\n\r\n")
    with pytest.raises(ProcessLostError):
        ask(client, Message("begin"))
    client.start()
    with pytest.raises(MessageError):
        ask(client, Message("make_keys", {"steps": []}))


@pytest.mark.parametrize("role", ["key_owner", "cloud"])
def test_an_unknown_request_is_refused_by_name(role: Any) -> None:
    peer = Peer(role)
    with closing(peer):
        peer.start()
        for kind in ("secret_key", "", "exchange", "__init__", "\ud800"):
            with pytest.raises(MessageError, match="There is no request named"):
                ask(peer, Message(kind))
        assert peer.starts == 1


def test_the_cloud_has_no_request_that_decrypts(working: Peer) -> None:
    for kind in ("begin", "make_keys", "encrypt", "decrypt"):
        with pytest.raises(MessageError, match="There is no request named"):
            ask(working, Message(kind))


def test_a_cloud_without_a_model_says_so() -> None:
    peer = Peer("cloud")
    with closing(peer):
        peer.start()
        for message in (
            Message("relin_keys", {}, (b"",)),
            Message("galois_keys", {"step": 1}, (b"",)),
            Message("classify", {}, (b"",)),
        ):
            with pytest.raises(MessageError, match="no model yet"):
                ask(peer, message)


def test_a_client_without_a_key_says_so(client: Peer) -> None:
    for message in (
        Message("make_keys", {"steps": [1]}),
        Message("encrypt", {}, (bytes(8 * 784),)),
        Message("decrypt", {"wrong_key": False}, (b"",)),
    ):
        with pytest.raises(MessageError, match="no key yet"):
            ask(client, message)


GARBAGE = (b"", b"garbage", bytes(5000), np.random.default_rng(0).bytes(100_000))


@pytest.mark.parametrize("data", GARBAGE, ids=len)
def test_garbage_is_refused_and_the_cloud_goes_on(working: Peer, data: bytes) -> None:
    for message in (
        Message("classify", {}, (data,)),
        Message("relin_keys", {}, (data,)),
        Message("galois_keys", {"step": 1}, (data,)),
    ):
        with pytest.raises(MessageError, match="The bytes received are not a"):
            ask(working, message)


def test_ciphertexts_and_keys_of_other_parameters_are_refused(
    working: Peer, make_lab: Callable[[Settings], Any], samples: tuple[Picture, ...]
) -> None:
    other = make_lab(Settings(outer_bits=32))
    with pytest.raises(MessageError):
        ask(working, Message("classify", {}, (other.encrypt(samples[0]),)))
    for message in other.evaluation_keys(1):
        with pytest.raises(MessageError):
            ask(working, message)


def test_keys_of_another_kind_or_rotation_are_refused(working: Peer, lab: Any) -> None:
    relin, first, second = lab.evaluation_keys(2)
    swapped = Message("galois_keys", first.fields, second.blobs)
    for message in (
        swapped,
        Message("galois_keys", first.fields, relin.blobs),
        Message("relin_keys", {}, first.blobs),
    ):
        with pytest.raises(MessageError):
            ask(working, message)


def test_a_ciphertext_that_was_computed_on_before_is_refused(
    working: Peer, lab: Any, samples: tuple[Picture, ...]
) -> None:
    result = ask(working, Message("classify", {}, (lab.encrypt(samples[0]),)))
    with pytest.raises(MessageError):
        ask(working, Message("classify", {}, result.blobs))


def test_damaged_ciphertexts_and_keys_never_stop_the_cloud(
    cloud: Peer, lab: Any, samples: tuple[Picture, ...]
) -> None:
    """A flipped bit may go unseen, as nothing is authenticated, but costs at most an error."""
    rng = np.random.default_rng(2)
    relin, galois = lab.evaluation_keys(1)
    requests = (Message("classify", {}, (lab.encrypt(samples[0]),)), relin, galois)
    for request in requests:
        for place in (*range(0, 40, 3), *rng.integers(40, len(request.blobs[0]), 12).tolist()):
            data = bytearray(request.blobs[0])
            data[place] ^= 1 << int(rng.integers(8))
            try:
                ask(cloud, Message(request.kind, request.fields, (bytes(data),)))
            except MessageError:
                continue
    for request in (relin, galois):
        ask(cloud, request)
    result = ask(cloud, Message("classify", {}, (lab.encrypt(samples[7]),)))
    assert np.argmax(lab.decrypt(result.blobs[0])) == 7


@pytest.mark.parametrize("content", [None, b"", b"not a model"])
def test_a_model_that_is_missing_or_damaged_is_refused_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path))
    if content is not None:
        (tmp_path / "mine.safetensors").write_bytes(content)
    load = Load(hashlib.sha256(content or b"").hexdigest(), Settings("mine"))
    with closing(Peer("cloud")) as peer:
        peer.start()
        with pytest.raises(ModelError, match="mine"):
            ask(peer, load.as_message())


def test_a_model_of_another_file_than_asked_for_is_refused(working: Peer) -> None:
    with pytest.raises(ModelError, match="another model mnist-network1"):
        ask(working, Load("0" * 64, Settings()).as_message())


@pytest.mark.parametrize("name", ["../models/mnist-network1", "/etc/passwd", ""])
def test_no_name_leads_out_of_the_folders_of_models(working: Peer, name: str) -> None:
    with pytest.raises(ModelError, match="does not offer"):
        ask(working, Load("0" * 64, Settings(name)).as_message())


def test_packings_that_fit_no_ciphertext_are_refused(client: Peer, lab: Any) -> None:
    message = lab.begin_request()
    fields, blobs = message.fields, message.blobs
    for wrong in (
        Message("begin", fields, ()),
        Message("begin", fields, (blobs[0][:-1],)),
        Message("begin", fields, (blobs[0][:-8],)),
        Message("begin", {**fields, "legs": []}, blobs),
    ):
        with pytest.raises(MessageError):
            ask(client, wrong)
    assert ask(client, message).kind == "begun"


def test_a_fault_of_the_program_is_told_without_the_values_it_met(client: Peer, lab: Any) -> None:
    message = lab.begin_request()
    nowhere = np.full(len(message.blobs[0]) // 8, -7_777_777, "<i8").tobytes()
    ask(client, Message("begin", message.fields, (nowhere,)))
    with pytest.raises(InternalError) as caught:
        ask(client, Message("encrypt", {}, (bytes(8 * 784),)))
    assert "IndexError" in str(caught.value)
    assert "key_owner.py" in caught.value.details
    assert "7777777" not in str(caught.value) + caught.value.details


def test_what_the_process_prints_does_not_disturb_its_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, sys\n"
        "import engine.parties.service as service\n"
        "answers = service._answers\n"
        "def noisy(handlers, request):\n"
        "    print('noise')\n"
        "    os.write(1, b'more noise')\n"
        "    yield from answers(handlers, request)\n"
        "service._answers = noisy\n"
    )
    root = Path(engine.parties.service.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{root}")
    peer = Peer("key_owner")
    with closing(peer):
        peer.start()
        with pytest.raises(MessageError, match="no key yet"):
            ask(peer, Message("encrypt", {}, (bytes(8 * 784),)))
    assert "noise" in capfd.readouterr().err  # so it did print
