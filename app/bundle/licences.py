"""The licence texts of everything in a bundle: one file for each part, and a list of all parts."""

import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

TEXT = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)", re.IGNORECASE)
KEPT_HERE = Path(__file__).with_name("licences")
"""Texts of what comes without one: Qt for Python (LGPL 3 builds on GPL 3), SEAL inside TenSEAL."""
OF_QT = ("LGPL-3.0.txt", "GPL-3.0.txt")
WITHOUT_TEXT = {
    "PySide6_Essentials": OF_QT,
    "shiboken6": OF_QT,
}
ALWAYS = ("pyinstaller", "ciphersketch")
"""The executable is PyInstaller's starter; the rest is this project's."""


def write_licences(folder: Path, sources: Iterable[Path]) -> None:
    """Write to `folder` the texts for the files `sources`, which went into the bundle."""
    folder.mkdir()
    files = list(sources)
    lines = [_write_python(folder)]
    lines += [_write(folder, each) for each in sorted(_distributions(files), key=str.lower)]
    lines.append(_copy(folder, "Microsoft SEAL", [KEPT_HERE / "Microsoft-SEAL.txt"]))
    lines += [_write_system(folder, each) for each in sorted(_system_packages(files))]
    (folder / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _distributions(files: list[Path]) -> set[str]:
    """Return the distributions that any of `files` was installed by."""
    site = Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))
    owners = metadata.packages_distributions()
    tops = {
        path.relative_to(root).parts[0].partition(".")[0]
        for path in files
        for root in site
        if path.is_relative_to(root)
    }
    return {name for top in tops for name in owners.get(top, ())} | set(ALWAYS)


def _write(folder: Path, name: str) -> str:
    found = metadata.distribution(name)
    listed = [file for file in found.files or () if "dist-info" in str(file.parent)]
    texts = [Path(str(file.locate())) for file in listed if TEXT.search(file.name)]
    texts += [KEPT_HERE / each for each in WITHOUT_TEXT.get(name, ())]
    return _copy(folder, f"{name} {found.version}", texts)


def _write_python(folder: Path) -> str:
    version = sysconfig.get_python_version()
    return _copy(folder, f"Python {version}", [Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"])


def _system_packages(files: list[Path]) -> set[str]:
    """Return the Debian packages of libraries of the system; none where there is no dpkg."""
    query = shutil.which("dpkg")
    libraries = {str(path) for path in files if str(path).startswith(("/lib", "/usr/lib"))}
    if query is None or not libraries:
        return set()
    names = {path.replace("/usr/lib", "*/lib", 1) for path in libraries}
    told = subprocess.run(  # noqa: S603 - names of files of this system
        [query, "-S", *sorted(names)], capture_output=True, text=True, check=False
    ).stdout
    return {line.split(":")[0] for line in told.splitlines() if ": " in line}


def _write_system(folder: Path, package: str) -> str:
    return _copy(folder, package, [Path("/usr/share/doc") / package / "copyright"])


def _copy(folder: Path, name: str, texts: list[Path]) -> str:
    """Copy the texts of a part; return its line in the list."""
    there = [text for text in texts if text.is_file()]
    for place, text in enumerate(there):
        shutil.copyfile(text, folder / f"{name.replace(' ', '-')}-{place}-{text.stem}.txt")
    return f"{name}: {len(there)} text{'s' * (len(there) != 1)}"
