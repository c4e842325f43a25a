"""System calls that a worker gives up for good: the kernel answers them with EPERM (seccomp).

What is listed opens connections, makes or touches processes, leaves something that outlives its
maker, changes files by their names or the machine, or goes round the list. The filter is the
classic BPF of https://docs.kernel.org/userspace-api/seccomp_filter.html.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence

_SET_SECCOMP, _FILTER = 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_LOAD, _JUMP_EQUAL, _JUMP_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000
_STEP = struct.Struct("=HBBI")

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
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "prctl": (157, 167),
    # other processes' time, place and memory
    "setpriority": (141, 140),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "kcmp": (312, 272),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    # System V's and POSIX's memory, semaphores and queues, which stay
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # what Landlock lets pass: a file's mode, owner, times and length, and the watching of it
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "fchown": (93, 55),
    "lchown": (94, -1),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "truncate": (76, 45),
    "inotify_init": (253, -1),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    # the machine, where the cloud is its root's
    "chroot": (161, 51),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "adjtimex": (159, 171),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "syslog": (103, 116),
}
_LIMITS = (302, 261)
"""prlimit64: refused but for the process itself, which glibc calls 0."""
_REFUSED_COMMANDS = {  # the second argument; those that have the kernel send signals to others
    "fcntl": ((72, 25), (8, 10, 15)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX
    "ioctl": ((16, 29), (0x8901, 0x8902)),  # FIOSETOWN, SIOCSPGRP
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_known() -> bool:
    """Tell whether the numbers of this processor's system calls are listed."""
    return platform.machine() in _ARCHITECTURES


def refuse(libc: ctypes.CDLL) -> None:
    """Give the listed calls up; raise OSError where the kernel has no filters."""
    program = _program(platform.machine())
    filters = _Program(len(program) // _STEP.size, program)
    if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(filters), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(machine: str) -> bytes:
    column = list(_ARCHITECTURES).index(machine)
    numbers = [numbers[column] for numbers in _REFUSED.values() if numbers[column] >= 0]
    end, refuse = len(numbers), _step(_RETURN, _REFUSE)
    return b"".join(
        (
            _step(_LOAD, _ARCHITECTURE_AT),
            _step(_JUMP_EQUAL, _ARCHITECTURES[machine], 1),
            refuse,  # another kind of program
            _step(_LOAD, _NUMBER_AT),
            _step(_JUMP_LEAST, _X32, 0, 1),
            refuse,
            _if_called(_LIMITS[column], 0, (_step(_JUMP_EQUAL, 0, 1), refuse)),
            *(
                _if_called(
                    calls[column], 1, [_step(_JUMP_EQUAL, each, 0, 1) + refuse for each in commands]
                )
                for calls, commands in _REFUSED_COMMANDS.values()
            ),
            *(_step(_JUMP_EQUAL, number, end - place) for place, number in enumerate(numbers)),
            _step(_RETURN, _ALLOW),
            refuse,
        )
    )


def _if_called(number: int, argument: int, steps: Sequence[bytes]) -> bytes:
    """Return the part that takes `steps` with an argument of one call, and allows the rest of it.

    The kernel, too, reads these arguments as 32 bits: they come first in their 64.
    """
    inner = b"".join((_step(_LOAD, _ARGUMENTS_AT + 8 * argument), *steps, _step(_RETURN, _ALLOW)))
    return _step(_JUMP_EQUAL, number, 0, len(inner) // _STEP.size) + inner


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return _STEP.pack(code, if_true, if_false, value)
