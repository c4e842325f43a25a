"""What a worker cannot do once it is confined: each is tried in a process that was."""

import fcntl
import os
import struct
import subprocess
import sys

import pytest

from engine.gateway import landlock, syscalls
from engine.gateway.limits import missing
from engine.resources import ROOT

TRIALS = {
    "opens a connection": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "makes a socket": "import socket; socket.socket(socket.AF_UNIX)",
    "starts a process": "os.fork()",
    "becomes another program": "os.execv('/bin/true', ['true'])",
    "starts a thread": "import threading; threading.Thread(target=print).start()",
    "writes a file": "open('/tmp/ciphersketch-escaped', 'w')",
    "reads another's file": "open('/etc/passwd').read()",
    "lists a folder": "os.listdir('/home')",
    "signals another process": "os.kill(os.getppid(), 0)",
    "reads its parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "raises its memory": "import resource as r; r.setrlimit(r.RLIMIT_AS, (1 << 50, 1 << 50))",
    "takes a gigabyte too many": "bytearray(3 << 30)",
    "opens too many files": "[os.memfd_create('x') for _ in range(99)]",
    "reads another's limits": "import resource as r; r.prlimit(os.getppid(), r.RLIMIT_CORE)",
    "takes a core from another": "os.sched_setaffinity(os.getppid(), {0})",
    "slows another": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "has another wait": "os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0))",
    "leaves memory behind": "called('shmget', 0, 4096, 0o600)",
    "leaves semaphores behind": "called('semget', 0, 1, 0o600)",
    "leaves messages behind": "called('msgget', 0, 0o600)",
    "has others signalled": "import fcntl; fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
    "has others killed": "import fcntl; fcntl.fcntl(0, fcntl.F_SETSIG, 9)",
    "outlives its parent": "called('prctl', 1, 0, 0, 0, 0)",
    "opens its files to others": "os.chmod(OWN, os.stat(OWN).st_mode)",
    "gives its files away": "os.chown(OWN, -1, -1)",
    "makes files look old": "os.utime(OWN, times=(2e9, os.stat(OWN).st_mtime))",
    "watches others' files": "called('inotify_init1', 0)",
}
OUTCOMES = {True: 0x7FFF0000, False: 0x50001}
"""What a filter returns for a call that it lets pass, and for one that is not permitted."""


def confined(code: str) -> subprocess.CompletedProcess[str]:
    script = (
        "import ctypes, os, engine.parties.cloud\n"
        "OWN = engine.parties.cloud.__file__\n"
        "def called(name, *arguments):\n"
        "    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) < 0:\n"
        "        raise OSError(ctypes.get_errno(), name)\n"
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


def outcome(program: bytes, data: bytes) -> int:
    """Run a filter as the kernel does on `data`, its `struct seccomp_data`."""
    steps = list(struct.iter_unpack("=HBBI", program))
    held = place = 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        if code == syscalls._RETURN:
            return int(value)
        if code == syscalls._LOAD:
            (held,) = struct.unpack_from("=I", data, value)
        else:
            holds = held >= value if code == syscalls._JUMP_LEAST else held == value
            place += if_true if holds else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_refuses_what_is_listed_and_no_more(machine: str) -> None:
    column, program = ["x86_64", "aarch64"].index(machine), syscalls._program(machine)

    def passes(number: int, *arguments: int, kind: str = machine) -> bool:
        six = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
        data = struct.pack("=IIQ6Q", number, syscalls._ARCHITECTURES[kind], 0, *six)
        found = outcome(program, data)
        assert found in OUTCOMES.values()
        return found == OUTCOMES[True]

    refused = {numbers[column] for numbers in syscalls._REFUSED.values()}
    by_argument = {syscalls._LIMITS[column]}
    for number in set(range(500)) - by_argument:
        assert passes(number) == (number not in refused), number
        assert not passes(number | syscalls._X32)
        assert not passes(number, kind="aarch64" if machine == "x86_64" else "x86_64")
    assert passes(syscalls._LIMITS[column], 0, 7)
    assert not passes(syscalls._LIMITS[column], os.getpid(), 7)
    for calls, commands in syscalls._REFUSED_COMMANDS.values():
        assert not any(passes(calls[column], 0, command) for command in commands)
        assert passes(calls[column], 0, fcntl.F_SETFL)


def test_a_kernel_that_refuses_is_heard() -> None:
    assert syscalls.is_known()
    assert landlock._checked(3) == 3
    with pytest.raises(OSError, match="Errno"):
        landlock._checked(-1)
