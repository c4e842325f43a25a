import sys
import tarfile
from pathlib import Path

import pytest

from app.bundle.building import archive


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the archive is a .zip")
def test_the_archive_has_the_whole_folder_under_the_program_s_name_and_version(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "ciphersketch"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "text").write_text("hello")
    (folder / "ciphersketch").write_text("#!")
    (folder / "ciphersketch").chmod(0o755)
    packed = archive(folder)
    name = packed.name.removesuffix(".tar.xz")
    with tarfile.open(packed) as file:
        assert {f"{name}/inner/text", f"{name}/ciphersketch"} <= set(file.getnames())
        assert file.getmember(f"{name}/ciphersketch").mode & 0o111
