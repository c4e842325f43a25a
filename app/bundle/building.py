"""Makes the bundle: PyInstaller by `ciphersketch.spec`, then what it leaves to be done.

Symbols for debuggers go, licence texts, desktop entry and icon come.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from app.bundle.licences import write_licences
from engine.errors import ResultsError
from engine.resources import ROOT, assets_dir

SPEC = Path(__file__).with_name("ciphersketch.spec")
NAME = "ciphersketch"
ELF = b"\x7fELF"
PACKING = ("--x86", "--lzma2=preset=3", "-T0")
"""72 MB. At preset 6, without the filter for x86, 68 MB take twice the time (measured)."""
DESKTOP_ENTRY = f"""[Desktop Entry]
Type=Application
Name=CipherSketch
Comment=Draw a digit, encrypt it, and let a cloud without a key classify it
Exec={NAME}
Icon={NAME}
Terminal=false
Categories=Education;Science;
"""


def build(out: Path) -> Path:
    """Make the bundle in a new folder inside `out`; return it. Raises ResultsError."""
    if not (ROOT / "pyproject.toml").is_file():
        raise ResultsError("A bundle is made from a checkout; this is an installed program.")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bundle-") as work:
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
        places = ["--distpath", str(out), "--workpath", work]
        ran = subprocess.run([*command, *places, str(SPEC)], cwd=ROOT, check=False)  # noqa: S603 - no input
        if ran.returncode:
            raise ResultsError(f"PyInstaller ended with {ran.returncode}; its own words are above.")
        sources = json.loads((Path(work) / SPEC.stem / "sources.json").read_text())
    folder = out / NAME
    write_licences(folder / "licences", map(Path, sources))
    shutil.copy(ROOT / "LICENSE", folder / "LICENSE")
    (folder / "VERSION").write_text(f"{metadata.version(NAME)}\n")
    if sys.platform == "linux":
        strip(folder.rglob("*"))
        (folder / f"{NAME}.desktop").write_text(DESKTOP_ENTRY)
        shutil.copy(assets_dir() / "icons" / "app.svg", folder / f"{NAME}.svg")
    return folder


def strip(files: Iterable[Path]) -> None:
    """Drop the symbols of libraries; not of those that auditwheel moved about, which break."""
    program = shutil.which("strip")
    if program is None:
        raise ResultsError("There is no strip on this machine; install binutils.")
    for path in files:
        if path.is_symlink() or not path.is_file() or path.parent.name.endswith(".libs"):
            continue
        with path.open("rb") as file:
            is_library = file.read(4) == ELF and ".so" in path.name
        if is_library:
            subprocess.run([program, "--strip-unneeded", path], check=True)  # noqa: S603 - no input


def archive(folder: Path) -> Path:
    """Pack a bundle beside it, .tar.xz on Linux, else .zip; return the archive."""
    version = metadata.version(NAME)
    named = folder.with_name(f"{NAME}-{version}-{sys.platform}")
    if sys.platform != "linux":
        return Path(shutil.make_archive(str(named), "zip", folder.parent, folder.name))
    program = shutil.which("xz")
    if program is None:
        raise ResultsError("There is no xz on this machine; install xz-utils.")
    packed = named.with_name(f"{named.name}.tar.xz")
    with (
        packed.open("wb") as out,
        # Python's own lzma uses one core only.
        subprocess.Popen([program, *PACKING], stdin=subprocess.PIPE, stdout=out) as xz,  # noqa: S603 - no input
        tarfile.open(fileobj=xz.stdin, mode="w|") as file,
    ):
        file.add(folder, named.name)
    if xz.returncode:
        raise ResultsError(f"{packed} cannot be written: xz ended with {xz.returncode}.")
    return packed
