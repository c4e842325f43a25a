"""What the cloud gets to know: every byte that goes there, searched for the secret key."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recording import Recording, Words, hidden_in, recorded, words_of
from tenseal import sealapi

import engine
from engine.ckks.parameters import Settings
from engine.ckks.seal import (
    _scratch_file,
    load_ciphertext,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)
from engine.parties.messages import encode_message
from engine.parties.peer import Peer
from engine.session.session import Session
from engine.session.tampering import flip_bit

ENGINE = Path(engine.__file__).parent
FLIPPED = 48  # of a byte that nobody reads, so that scores come back


@pytest.fixture(scope="module")
def record(samples: tuple[Any, ...]) -> Recording:
    with recorded() as (session, record):
        record.ready = session.prepare(Settings())
        record.answers = [session.classify(picture) for picture in samples[:2]]
        session.encrypt(samples[2])
        session.decrypt_with_wrong_key()
        session.let_cloud_try()
        session.unpack()
        session.classify_with_flipped_bit(FLIPPED)
    return record


def secret_words(record: Recording) -> Words:
    return words_of(record.owned.secret_key.data())


def load_secret_key(context: sealapi.SEALContext, data: bytes) -> sealapi.SecretKey:
    """Take bytes for a secret key; SEAL raises if they are none for this context."""
    key = sealapi.SecretKey()
    with _scratch_file() as path:
        Path(path).write_bytes(data)
        key.load(context, path)
    return key


def test_the_recorded_run_was_a_real_one(record: Recording) -> None:
    assert [answer.prediction for answer in record.answers] == [0, 1]
    assert len(record.sent) > record.ready.galois_key_bytes


def test_the_cloud_gets_its_model_then_keys_then_one_ciphertext_a_picture(
    record: Recording,
) -> None:
    kinds = [message.kind for message in record.messages]
    keys = ["relin_keys", *["galois_keys"] * record.ready.galois_key_count]
    proofs = ["try_to_decrypt", "unpack", "classify"]
    assert kinds == ["load", *keys, "classify", "classify", *proofs]


def test_after_decryption_the_cloud_gets_nothing_but_ciphertexts_it_had(record: Recording) -> None:
    """Decrypting and looking send nothing; a proof sends again what was there before."""
    picture = record.answers[-1].ciphertext.data
    second, attempt, unpack, flipped = record.messages[-4:]
    assert second.blobs == unpack.blobs == attempt.blobs[:1] == (picture,)
    assert len(attempt.blobs[1]) == record.answers[-1].result_bytes
    assert flipped.blobs == (flip_bit(picture, FLIPPED),)


def test_the_log_has_every_message_to_the_cloud_with_its_true_size(record: Recording) -> None:
    logged = [entry for entry in record.log.entries if entry.receiver == "cloud"]
    assert [entry.name for entry in logged] == [message.kind for message in record.messages]
    sizes = [len(encode_message(message)) for message in record.messages]
    assert [entry.total_bytes for entry in logged] == sizes
    assert sum(sizes) == len(record.sent)


def test_messages_to_the_cloud_carry_no_field_but_the_model_settings_and_rotation(
    record: Recording,
) -> None:
    for message in record.messages:
        allowed = {"load": {"path", "settings"}, "galois_keys": {"step"}}.get(message.kind, set())
        assert set(message.fields) == allowed
        assert len(message.blobs) == {"load": 0, "try_to_decrypt": 2}.get(message.kind, 1)


def test_the_bytes_reported_are_those_that_were_sent(record: Recording) -> None:
    assert sum(map(len, record.blobs("galois_keys"))) == record.ready.galois_key_bytes
    assert sum(map(len, record.blobs("relin_keys"))) == record.ready.relin_key_bytes
    sent = [answer.ciphertext.data for answer in record.answers]
    assert record.blobs("classify")[:2] == sent
    framing = len(record.sent) - sum(map(len, record.all_blobs))
    assert framing < 200 * len(record.messages)


def test_the_search_would_find_a_secret_key(record: Recording) -> None:
    """The tests below mean something: each way of looking finds a key that is there."""
    secret = secret_words(record)
    assert len(secret) == 4 * 8192
    assert hidden_in(b"abc" + secret.astype("<u8").tobytes(), secret) > 30_000
    key = load_secret_key(record.owned.context, to_bytes(record.owned.secret_key))
    np.testing.assert_array_equal(words_of(key.data()), secret)


def test_the_serialised_secret_key_is_not_among_the_bytes_sent(record: Recording) -> None:
    serialised = to_bytes(record.owned.secret_key)
    assert to_bytes(record.owned.secret_key) == serialised  # it is saved the same way every time
    assert serialised not in record.sent
    for begin in range(64, len(serialised) - 64, 997):
        assert serialised[begin : begin + 64] not in record.sent


def test_no_coefficient_of_the_secret_key_is_among_the_bytes_sent(record: Recording) -> None:
    assert hidden_in(record.sent, secret_words(record)) == 0


def test_no_coefficient_of_the_secret_key_is_inside_what_was_sent_compressed(
    record: Recording,
) -> None:
    secret = np.unique(secret_words(record))
    relin = load_relin_keys(record.owned.context, record.blobs("relin_keys")[0])
    galois = load_galois_keys(record.owned.context, record.blobs("galois_keys")[0])
    parts = [words_of(public.data()) for keys in (*relin.data(), *galois.data()) for public in keys]
    parts.append(words_of(load_ciphertext(record.owned.context, record.blobs("classify")[0])))
    assert len(parts) == 2 * record.owned.chain.top_level + 1
    for part in parts:
        assert np.isin(part, secret).sum() < 10  # 53-bit words meet by chance less than once
        assert (part > 2**40).mean() > 0.9


def test_the_secret_key_is_in_no_serialised_form_of_other_lengths(record: Recording) -> None:
    """Each residue polynomial alone, negated, or as small ternary numbers, in common widths."""
    secret = secret_words(record).reshape(4, 8192)
    chain = sealapi.CoeffModulus.Create(8192, list(record.owned.chain.coeff_modulus_bits))
    for row, prime in zip(secret, chain, strict=True):
        negated = (np.uint64(prime.value()) - row).astype("<u8").tobytes()
        for form in (row.astype("<u8").tobytes(), negated, row.astype(">u8").tobytes()):
            for begin in range(0, len(form), 8192):
                assert form[begin : begin + 32] not in record.sent


def test_nothing_sent_can_be_taken_for_a_secret_key(record: Recording) -> None:
    for blob in record.all_blobs:
        with pytest.raises((RuntimeError, ValueError)):
            load_secret_key(record.owned.context, blob)


def test_what_the_cloud_holds_gives_no_decryptor(record: Recording) -> None:
    """SEAL's decryptor takes secret keys only; none of the cloud's objects passes for one."""
    relin = load_relin_keys(record.owned.context, record.blobs("relin_keys")[0])
    galois = load_galois_keys(record.owned.context, record.blobs("galois_keys")[0])
    public = relin.data()[0][0]
    for held in (relin, galois, public, public.data()):
        with pytest.raises(TypeError):
            sealapi.Decryptor(record.owned.context, held)


def test_a_key_of_the_clouds_own_making_decrypts_to_noise(record: Recording) -> None:
    guessed = sealapi.KeyGenerator(record.owned.context).secret_key()
    ciphertext = load_ciphertext(record.owned.context, record.blobs("classify")[0])
    shown = {}
    for name, key in (("true", record.owned.secret_key), ("guessed", guessed)):
        plaintext = sealapi.Plaintext()
        sealapi.Decryptor(record.owned.context, key).decrypt(ciphertext, plaintext)
        decoded = sealapi.CKKSEncoder(record.owned.context).decode_double(plaintext)
        shown[name] = np.abs(np.asarray(decoded)).max()
    assert shown["true"] < 1.01
    assert shown["guessed"] > 1e6


def test_the_client_answers_with_public_things_only(record: Recording) -> None:
    """The window relays what the client answers, so no answer may hold the secret key either."""
    assert [message.kind for message in record.client.answers] == [
        "begun",
        *("relin_keys", *["galois_keys"] * record.ready.galois_key_count),
        *("ciphertext", "scores", "ciphertext", "scores"),
        *("ciphertext", "scores"),
        "scores",
    ]
    secret, serialised = secret_words(record), to_bytes(record.owned.secret_key)
    for message in record.client.answers:
        data = encode_message(message)
        assert hidden_in(data, secret) == 0
        assert serialised[1000:1064] not in data


def test_the_cloud_process_is_started_with_nothing_but_its_name() -> None:
    with closing(Peer("server")) as peer:
        peer.start()
        assert peer._process is not None
        assert peer._process.args == [sys.executable, "-m", "engine.parties.server"]


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
    tree = ast.parse((ENGINE / "parties" / "client.py").read_text(encoding="utf-8"))
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
    assert len(serialised) == 3
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
        "import sys; import engine.parties.client, engine.parties.server; "
        "sweeps = ('engine.studies.sweeps.workplaces', 'engine.studies.sweeps.sweep'); "
        "print([name for name in sweeps if name in sys.modules])"
    )
    assert fresh(code) == "[]"


def test_the_cloud_never_imports_the_client() -> None:
    code = (
        "import sys; import engine.parties.server; "
        "foreign = ('engine.parties.client', 'torch', 'PySide6'); "
        "print([name for name in foreign if name in sys.modules])"
    )
    assert fresh(code) == "[]"


WINDOW_NEEDS = (
    "engine.session.inspection",
    "engine.parties.message_log",
    "engine.session.proofs",
    "engine.session.tampering",
    "engine",
    "engine.ckks.parameters",
    "engine.networks.network",
    "engine.pictures.images",
    "engine.pictures.datasets",
    "engine.parties.messages",
    "engine.session.events",
    "engine.session.forecast",
    "engine.session.session",
    "engine.resources",
    "engine.circuits.calibration",
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
