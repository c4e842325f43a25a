"""What the engine's tests share: sample pictures, the shipped model, and a watch on processes."""

import functools
import os
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from asking import answers
from listening import Listener
from tiny import TINY, save_tiny

from engine.ckks.parameters import Settings
from engine.data_sets.splits import ROOT_VARIABLE
from engine.messages.framing import Message
from engine.messages.to_cloud import Load
from engine.networks.layers import Network
from engine.parties.key_owner import KeyOwner
from engine.pictures.fitting import to_network_input
from engine.pictures.images import load_picture
from engine.planning.forecast import circuit_for, network_named
from engine.planning.outline import outline_for
from engine.resources import assets_dir, model_sha256
from engine.session.relay import Session
from engine.session.single import key_requests

Picture = npt.NDArray[np.uint8]

BESIDE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "data"


def child_processes() -> set[int]:
    """Return the ids of this process's children, ended but unreaped ones too (Linux; else none)."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    lists = tasks.glob("*/children") if tasks.is_dir() else ()
    return {int(pid) for each in lists for pid in each.read_text().split()}


@pytest.fixture(autouse=True)
def recommendations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is recommended out of the person's cache."""
    path = tmp_path / "recommended.json"
    monkeypatch.setattr("engine.planning.recommended._kept_path", lambda: path)


@pytest.fixture(autouse=True)
def no_models_of_ones_own(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if "tiny_model" not in request.fixturenames:
        monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path / "imported"))


@pytest.fixture(scope="module", autouse=True)
def no_process_left() -> Iterator[None]:
    """Fail a module that leaves a child process behind, running or as a zombie.

    The process that multiprocessing keeps beside any program that used it is ended here.
    """
    before = child_processes()
    yield
    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined]
    assert child_processes() <= before, "a test left a child process"


@pytest.fixture(scope="session")
def model() -> Network:
    """Return the network that the default settings name."""
    return network_named(Settings().model)


@pytest.fixture(scope="session")
def samples() -> tuple[Picture, ...]:
    """Return one bundled picture of each digit as the network sees it, in order."""
    folder = assets_dir() / "samples"
    return tuple(to_network_input(load_picture(folder / f"{digit}-pen.png")) for digit in range(10))


@pytest.fixture(scope="session")
def official_root() -> Path:
    """Return the folder with the official data sets; skip where there is none."""
    named = os.environ.get(ROOT_VARIABLE)
    folder = Path(named) if named else BESIDE_CHECKOUT
    if not (folder / "MNIST").is_dir():
        pytest.skip(f"no data sets: {ROOT_VARIABLE} is not set and {BESIDE_CHECKOUT} is not there")
    return folder


@pytest.fixture(autouse=True)
def costs_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the measured costs in a file of the test's own; it does not exist at first."""
    path = tmp_path / "cache" / "primitive-costs.json"
    for module in ("planning.forecast", "session.relay", "commands.plan"):
        monkeypatch.setattr(f"engine.{module}.costs_path", lambda: path)
    return path


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Add the tiny model to those that come with the program; return settings for it."""
    folder = tmp_path_factory.mktemp("models")
    save_tiny(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIPHERSKETCH_MODELS", str(folder))
        yield TINY


class Lab:
    """The client's and the cloud's roles in this very process, so that tests see their insides."""

    def __init__(self, wanted: Settings) -> None:
        self.settings = wanted
        self.circuit = circuit_for(wanted)
        self.owner = KeyOwner()
        self.answer(self.owner, self.begin_request())

    def begin_request(self) -> Message:
        """Return what a session sends to a new key owner."""
        return key_requests(outline_for(self.settings)).begin.as_message()

    def load_request(self) -> Message:
        """Return what a session sends to a new cloud."""
        return Load(model_sha256(self.settings.model), self.settings).as_message()

    def evaluation_keys(self, count: int | None = None) -> list[Message]:
        """Make the evaluation keys: all, or only those of the first `count` rotations."""
        steps = self.circuit.rotation_steps[:count]
        return answers(self.owner, Message("make_keys", {"steps": list(steps)}))

    def encrypt(self, picture: Picture) -> bytes:
        """Return the ciphertext of a picture."""
        request = Message("encrypt", {}, ((picture / 255).tobytes(),))
        return self.answer(self.owner, request).blobs[0]

    def decrypt(self, result: bytes, *, wrong_key: bool = False) -> list[float]:
        """Return the scores in a result."""
        request = Message("decrypt", {"wrong_key": wrong_key}, (result,))
        scores: list[float] = self.answer(self.owner, request).fields["scores"]
        return scores

    @staticmethod
    def answer(role: object, request: Message) -> Message:
        """Return the last answer to a request."""
        return answers(role, request)[-1]


@pytest.fixture(scope="session")
def make_lab() -> Callable[[Settings], Lab]:
    """Return what makes a laboratory for some settings; each is made once."""
    return functools.cache(Lab)


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def shared(listener: Listener) -> Iterator[Session]:
    with Session(listener) as session:
        yield session
