from importlib import metadata
from pathlib import Path

import numpy as np
import PySide6
import pytest

from app.bundle.licences import write_licences

pytest.importorskip("PyInstaller", reason="needs the extra bundle")


def test_every_part_comes_with_its_licence_text(tmp_path: Path) -> None:
    folder = tmp_path / "licences"
    write_licences(folder, [Path(np.__file__), Path(PySide6.__file__)])
    names = {path.name for path in folder.iterdir()}
    lines = (folder / "README.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 6
    for line in lines:
        part, _, count = line.rpartition(": ")
        assert not count.startswith("0"), line
        assert any(name.startswith(part.replace(" ", "-")) for name in names)
    assert any(line.startswith(f"numpy {metadata.version('numpy')}") for line in lines)
    lgpl = next(name for name in names if name.startswith("PySide6_Essentials") and "LGPL" in name)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (folder / lgpl).read_text(encoding="utf-8")


def test_a_part_that_went_into_no_bundle_is_not_listed(tmp_path: Path) -> None:
    write_licences(tmp_path / "licences", [Path(np.__file__)])
    listed = (tmp_path / "licences" / "README.txt").read_text(encoding="utf-8")
    assert "numpy" in listed
    assert "PySide6" not in listed
