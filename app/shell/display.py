"""Finds out whether a window can be shown, before Qt is loaded: without a display Qt aborts.

Only Linux needs this; elsewhere there is always a display.
"""

import ctypes
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""What Qt needs to be loaded at all, and the Debian package of each."""

X11_LIBRARIES = {
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}
"""What Qt needs besides to open a window on an X11 display."""

WINDOWLESS = {"offscreen", "minimal"}


def missing_packages(libraries: Mapping[str, str]) -> list[str]:
    """Return the Debian packages of those libraries that cannot be loaded."""
    return [package for library, package in libraries.items() if not _can_load(library)]


def install_command(packages: list[str]) -> str:
    """Return the command that installs Debian packages."""
    return f"sudo apt-get install {' '.join(packages)}"


def qt_fault() -> str:
    """Return why Qt cannot be loaded, in one sentence, or nothing if it can."""
    packages = missing_packages(QT_LIBRARIES) if sys.platform == "linux" else []
    if packages:
        return (
            f"Qt needs libraries that are missing here; install them: {install_command(packages)}"
        )
    try:
        import PySide6.QtSvg  # noqa: PLC0415 - the question is whether this works
        import PySide6.QtWidgets  # noqa: F401, PLC0415 - as above
    except ImportError as error:
        return f"Qt cannot be loaded ({error}); reinstall it: pip install PySide6-Essentials"
    return ""


def window_fault(environment: Mapping[str, str] = os.environ) -> str:
    """Return why no window can be shown and how to get one, or nothing if it can be."""
    if environment.get("QT_QPA_PLATFORM", "").partition(":")[0] in WINDOWLESS:
        return "QT_QPA_PLATFORM asks for no window; unset it to get one."
    if sys.platform != "linux" or _wayland_answers(environment):
        return ""
    display = environment.get("DISPLAY", "")
    if not display:
        return (
            "There is no display: DISPLAY and WAYLAND_DISPLAY are not set. Run this on a desktop, "
            "or over 'ssh -X', or under 'xvfb-run'."
        )
    packages = missing_packages(X11_LIBRARIES)
    if packages:
        return f"There is a display, but Qt needs libraries to use it: {install_command(packages)}"
    if not _x11_answers(display):
        return (
            f"The display {display} does not answer. Check DISPLAY and the right to use it "
            "(xauth), or run this on a desktop."
        )
    return ""


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x11_answers(display: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    if not name or not _can_load("libwayland-client.so.0"):
        return False
    path = Path(environment.get("XDG_RUNTIME_DIR", "")) / name
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(path))
    except OSError:
        return False
    return True
