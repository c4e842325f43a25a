"""Landlock: a process gives up, for good, the files it has no business with (Linux 5.13 and newer).

Files in memory, on which SEAL reads and writes, belong to no folder and stay as they are. See
https://docs.kernel.org/userspace-api/landlock.html for the calls and bits.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_ACCESS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""So many kinds of access to files does each version of the interface know."""
_NETWORK_ABI, _CONNECT_OR_BIND = 4, 0b11
_SCOPE_ABI, _SOCKETS_AND_SIGNALS = 6, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version(libc: ctypes.CDLL) -> int:
    """Return the version of the kernel's interface, 0 if it has none."""
    return max(0, int(libc.syscall(_CREATE_RULESET, None, 0, _VERSION)))


def restrict_to_reading(libc: ctypes.CDLL, readable: Iterable[Path]) -> None:
    """Leave this process the reading of some folders and files; no TCP, no signal to others.

    Raises OSError where the kernel refuses, as one without Landlock does.
    """
    abi = version(libc)
    ruleset = _Ruleset(
        (1 << _ACCESS_OF_ABI[min(max(abi, 1), max(_ACCESS_OF_ABI))]) - 1,
        _CONNECT_OR_BIND if abi >= _NETWORK_ABI else 0,
        _SOCKETS_AND_SIGNALS if abi >= _SCOPE_ABI else 0,
    )
    size = 8 * (1 + (abi >= _NETWORK_ABI) + (abi >= _SCOPE_ABI))
    rules = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), size, 0))
    for path in readable:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        access = _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        rule = _PathBeneath(access, folder)
        _checked(libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(rule), 0))
        os.close(folder)
    _checked(libc.syscall(_RESTRICT_SELF, rules, 0))
    os.close(rules)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
