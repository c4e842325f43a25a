import ast
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from recording import Recording

import engine
from engine.ckks.parameters import Settings
from engine.ckks.seal import (
    make_context,
    to_bytes,
)
from engine.parties.peer import Peer
from engine.session.relay import Session

ENGINE = Path(engine.__file__).parent


def test_the_cloud_process_is_started_with_nothing_but_its_name() -> None:
    with closing(Peer("cloud")) as peer:
        peer.start()
        assert peer._process is not None
        assert peer._process.args == [sys.executable, "-m", "engine.parties.cloud"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="lists open files in /proc (Linux)")
def test_the_two_processes_share_no_file_and_no_pipe() -> None:
    with Session() as session:
        session.prepare(Settings())
        client, cloud = (open_files(pid) for pid in session.pids)
        inherited = open_files("self")
        shared = {
            name for name in client & cloud if name.startswith(("pipe:", "socket:", "/memfd"))
        }
        assert shared <= inherited  # standard error, which both have from the test
        assert not any(name.startswith("/memfd") for name in client | cloud)


def open_files(process: int | str) -> set[str]:
    names = set()
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists the folder
            names.add(str(descriptor.readlink()))
    return names


def test_a_run_leaves_no_file_anywhere_that_temporary_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: tuple[Any, ...]
) -> None:
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(tmp_path))
    with Session() as session:
        session.prepare(Settings())
        session.classify(samples[0])
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


class Probe:
    """Something to serialise that looks at where it is put."""

    place = ""

    def save(self, path: str) -> None:
        self.place = str(Path(path).readlink())


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="only Linux has files in memory")
def test_what_is_serialised_goes_through_memory_not_through_a_disk() -> None:
    probe = Probe()
    assert to_bytes(probe) == b""
    assert probe.place.startswith("/memfd:")


def test_the_client_writes_nothing_but_its_answers() -> None:
    """Its only ways to files are `to_bytes` and `load_ciphertext`; the key goes through neither."""
    names = ("key_owner.py", "batch_key_owner.py", "roles.py")
    sources = [(ENGINE / "parties" / name).read_text(encoding="utf-8") for name in names]
    tree = ast.parse("\n".join(sources))
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    writers = {"save", "open", "write", "write_bytes", "write_text", "dump", "print", "tofile"}
    assert not called & writers
    serialised = [
        ast.unparse(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "to_bytes"
    ]
    assert len(serialised) == 3  # two kinds of evaluation keys, and ciphertexts
    assert not any("secret" in each for each in serialised)


def modules() -> list[Path]:
    """Return all modules but those of the training, which meet no key and no ciphertext."""
    return sorted(path for path in ENGINE.rglob("*.py") if path.parent.name != "training")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module.split(".")[0]}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_nothing_is_pickled(path: Path) -> None:
    unsafe = {"pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib", "multiprocessing"}
    if path.stem == "workplaces":  # a sweep's own worker processes: all on the key owner's side
        unsafe -= {"multiprocessing"}
    assert not imported(path) & unsafe


def test_neither_the_client_nor_the_cloud_loads_the_pool_of_a_sweep() -> None:
    code = (
        "import sys; import engine.parties.key_owner, engine.parties.cloud; "
        "sweeps = ('engine.studies.sweeps.workplaces', 'engine.studies.sweeps.running'); "
        "print([name for name in sweeps if name in sys.modules])"
    )
    assert fresh(code) == "[]"


def test_the_cloud_never_imports_the_client() -> None:
    code = (
        "import sys; import engine.parties.cloud; "
        "foreign = ('engine.parties.key_owner', 'torch', 'PySide6'); "
        "print([name for name in foreign if name in sys.modules])"
    )
    assert fresh(code) == "[]"


WINDOW_NEEDS = (
    "engine.session.inspection",
    "engine.messages.log",
    "engine.session.proofs",
    "engine.session.tampering",
    "engine",
    "engine.ckks.parameters",
    "engine.networks.layers",
    "engine.pictures.images",
    "engine.data_sets.splits",
    "engine.messages.framing",
    "engine.session.events",
    "engine.planning.forecast",
    "engine.session.relay",
    "engine.resources",
    "engine.circuits.expected.calibration",
    "engine.errors",
)


def fresh(code: str) -> str:
    """Run code in a new interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ENGINE.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_what_the_window_imports_loads_neither_cryptography_nor_training_nor_qt() -> None:
    code = (
        "import sys, importlib\n"
        f"for name in {WINDOW_NEEDS!r}:\n"
        "    importlib.import_module(name)\n"
        "    for heavy in ('tenseal', '_sealapi_cpp', 'torch', 'PySide6', 'shiboken6'):\n"
        "        if heavy in sys.modules: print(name, 'loads', heavy)\n"
    )
    assert fresh(code) == ""


def test_the_context_that_the_cloud_makes_is_the_one_that_the_client_makes(
    record: Recording, make_lab: Callable[[Settings], Any]
) -> None:
    cloud = make_context(make_lab(Settings()).circuit.parameters.chain)
    assert cloud.key_parms_id() == record.owned.context.key_parms_id()
