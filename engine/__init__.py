"""The CKKS engine: encrypted convolutional networks, with no knowledge of any window.

`Session`, `Settings`, `read_picture` and `parse_address` are the stable way in for scripts and
notebooks. They load when they are first asked for, so that a process which needs one room does not
load the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.ckks.parameters import Settings
    from engine.data_sets.preparation import read_picture
    from engine.remote.address import Address, parse_address
    from engine.session.relay import Session

__all__ = ["Address", "Session", "Settings", "parse_address", "read_picture"]

_HOMES = {
    "Address": "engine.remote.address",
    "parse_address": "engine.remote.address",
    "Session": "engine.session.relay",
    "Settings": "engine.ckks.parameters",
    "read_picture": "engine.data_sets.preparation",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
