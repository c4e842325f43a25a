"""System calls that a worker gives up for good: the kernel answers them with EPERM (seccomp).

What is listed opens connections, makes or touches processes, or goes round the list. The filter is
the classic BPF of https://docs.kernel.org/userspace-api/seccomp_filter.html.
"""

import ctypes
import errno
import os
import platform
import struct

_SET_SECCOMP, _FILTER = 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_LOAD, _JUMP_EQUAL, _JUMP_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_X32 = 0x40000000

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED: dict[str, tuple[int, int]] = {  # numbers on x86_64, aarch64; -1: not there
    "socket": (41, 198),
    "socketpair": (53, 199),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "connect": (42, 203),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fork": (57, -1),
    "vfork": (58, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "keyctl": (250, 219),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_known() -> bool:
    """Tell whether the numbers of this processor's system calls are listed."""
    return platform.machine() in _ARCHITECTURES


def refuse(libc: ctypes.CDLL) -> None:
    """Give the listed calls up; raise OSError where the kernel has no filters."""
    program = _program(platform.machine())
    filters = _Program(len(program) // 8, program)
    if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(filters), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(machine: str) -> bytes:
    column = list(_ARCHITECTURES).index(machine)
    numbers = [numbers[column] for numbers in _REFUSED.values() if numbers[column] >= 0]
    end = len(numbers)
    return b"".join(
        (
            _step(_LOAD, _ARCHITECTURE_AT),
            _step(_JUMP_EQUAL, _ARCHITECTURES[machine], 0, end + 3),  # another kind of program
            _step(_LOAD, _NUMBER_AT),
            _step(_JUMP_LEAST, _X32, end + 1),
            *(_step(_JUMP_EQUAL, number, end - place) for place, number in enumerate(numbers)),
            _step(_RETURN, _ALLOW),
            _step(_RETURN, _REFUSE),
        )
    )


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
