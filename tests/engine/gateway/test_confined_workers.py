"""What a worker cannot do once it is confined: each is tried in a process that was."""

import subprocess
import sys

import pytest

from engine.gateway import landlock, syscalls
from engine.gateway.limits import missing
from engine.resources import ROOT

TRIALS = {
    "opens a connection": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "makes a socket": "import socket; socket.socket(socket.AF_UNIX)",
    "starts a process": "import os; os.fork()",
    "becomes another program": "import os; os.execv('/bin/true', ['true'])",
    "starts a thread": "import threading; threading.Thread(target=print).start()",
    "writes a file": "open('/tmp/ciphersketch-escaped', 'w')",
    "reads another's file": "open('/etc/passwd').read()",
    "lists a folder": "import os; os.listdir('/home')",
    "signals another process": "import os; os.kill(os.getppid(), 0)",
    "reads its parent's memory": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    "raises its memory": "import resource as r; r.setrlimit(r.RLIMIT_AS, (1 << 50, 1 << 50))",
    "takes a gigabyte too many": "bytearray(3 << 30)",
    "opens too many files": "import os; [os.memfd_create('x') for _ in range(99)]",
}


def confined(code: str) -> subprocess.CompletedProcess[str]:
    script = (
        "import engine.parties.cloud\n"
        "from engine.gateway.limits import Limits, confine\n"
        "confine(Limits(memory=1 << 30))\n"
        f"try:\n    {code}\n"
        "except (OSError, MemoryError, RuntimeError, ValueError) as error:\n"
        "    print('refused', type(error).__name__)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(bool(missing()), reason="; ".join(missing()))
@pytest.mark.parametrize("trial", TRIALS)
def test_a_confined_process_does_not(trial: str) -> None:
    done = confined(TRIALS[trial])
    assert done.stdout.startswith("refused"), (done.stdout, done.stderr)


def test_seal_still_reads_and_writes_in_memory() -> None:
    code = (
        "from engine.ckks.seal import make_context, to_bytes; "
        "from engine.ckks.parameters import Chain; from tenseal import sealapi; "
        "c = make_context(Chain(4096, (36, 36, 34))); g = sealapi.KeyGenerator(c); "
        "print(len(to_bytes(g.create_relin_keys())) > 10000)"
    )
    done = confined(code)
    assert done.stdout.strip() == "True", done.stderr


def test_the_filter_names_only_calls_that_this_processor_has() -> None:
    assert syscalls.is_known()
    assert len(syscalls._program("x86_64")) % 8 == 0
    assert len(syscalls._program("aarch64")) % 8 == 0
    assert landlock._checked(3) == 3
    with pytest.raises(OSError, match="Errno"):
        landlock._checked(-1)
