"""The built bundle on a machine without Python: a read-only folder, spaces and umlauts in its path.

CIPHERSKETCH_BUNDLE names the folder that `python -m app.bundle` made. Where the tests may, it is
run by another user, to whom the folder does not belong.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BUILT = os.environ.get("CIPHERSKETCH_BUNDLE", "")
pytestmark = pytest.mark.skipif(not BUILT, reason="CIPHERSKETCH_BUNDLE names no built bundle")
MOST_BYTES, MOST_PACKED = 250_000_000, 75_000_000
SOMEBODY = pwd.getpwnam("nobody")
WHO: dict[str, Any] = {}
if os.geteuid() == 0:
    WHO = {"user": SOMEBODY.pw_uid, "group": SOMEBODY.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="b\u00fcndel mit raum ") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def program(place: Path) -> Iterator[Path]:
    folder = place / "ciphersketch"
    shutil.copytree(BUILT, folder, symlinks=True)
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for each in places:
        each.chmod(0o555)
    yield folder / "ciphersketch"
    for each in places:
        each.chmod(0o755)


@pytest.fixture
def home(place: Path) -> Iterator[Path]:
    """The home of whoever runs the bundle; nothing else may be written to."""
    with tempfile.TemporaryDirectory(dir=place, prefix="home ") as name:
        if WHO:
            os.chown(name, SOMEBODY.pw_uid, SOMEBODY.pw_gid)
        yield Path(name)


def bare(home: Path, **more: str) -> dict[str, str]:
    """Return an environment with nothing in it but a home and a locale."""
    return {"HOME": str(home), "LC_ALL": "C.UTF-8", **more}


def run(program: Path, home: Path, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [program, *arguments],
        env=bare(home, **more),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        **WHO,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sample(program: Path) -> str:
    return str(program.parent / "_internal" / "app" / "assets" / "samples" / "3-pen.png")


def of_bundle(program: Path) -> list[int]:
    """Return the processes that run the bundle's executable."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "exe").readlink() == program:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_it_is_small_and_says_what_it_is_made_of(program: Path) -> None:
    files = [path for path in program.parent.rglob("*") if not path.is_dir()]
    assert sum(path.lstat().st_size for path in files) < MOST_BYTES
    names = {path.name for path in program.parent.iterdir()}
    assert {"LICENSE", "VERSION", "ciphersketch.desktop", "ciphersketch.svg"} <= names
    listed = (program.parent / "licences" / "README.txt").read_text(encoding="utf-8")
    assert "PySide6_Essentials" in listed
    assert ": 0 texts" not in listed
    (packed,) = Path(BUILT).parent.glob("ciphersketch-*-linux.tar.xz")
    assert packed.stat().st_size < MOST_PACKED


def test_it_classifies_encrypted(program: Path, home: Path) -> None:
    assert "prediction  3" in run(program, home, "engine", "classify", sample(program))
    assert of_bundle(program) == []


def test_its_window_is_painted_on_a_real_display(program: Path, home: Path, display: str) -> None:
    assert float(run(program, home, "--first-paint", DISPLAY=display)) > 0


def test_its_window_classifies_a_drawing(program: Path, home: Path) -> None:
    picture = home / "window.png"
    run(program, home, "--screenshot", str(picture))
    assert picture.stat().st_size > 10_000
    assert of_bundle(program) == []


def test_a_run_is_cancelled(program: Path, home: Path) -> None:
    command = [program, "engine", "classify", sample(program), "--model", "mnist-network2"]
    with subprocess.Popen(
        command, env=bare(home), cwd=home, stderr=subprocess.PIPE, text=True, **WHO
    ) as process:
        while len(of_bundle(program)) < 3:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert "stopped" in process.stderr.read()
        assert process.wait() == 130
    assert of_bundle(program) == []


def test_it_sweeps(program: Path, home: Path) -> None:
    grid = ["--models", "mnist-network1", "--poly-modulus-degrees", "8192", "--scale-bits", "26"]
    rest = [*["--mode", "batched", "--limit", "20", "--workers", "1", "--out"], str(home / "sweep")]
    raw = home / "data" / "MNIST" / "raw"  # where the data are, another user may not look
    raw.mkdir(parents=True)
    for file in Path(os.environ["CIPHERSKETCH_DATA"]).glob("MNIST/raw/t10k-*"):
        shutil.copyfile(file, raw / file.name)
    run(program, home, "engine", "sweep", *grid, *rest, CIPHERSKETCH_DATA=str(home / "data"))
    rows = next((home / "sweep").rglob("*.csv")).read_text(encoding="utf-8").splitlines()
    assert len(rows) == 2
    assert of_bundle(program) == []


def test_it_is_the_cloud_for_another(program: Path, home: Path) -> None:
    command = [program, "cloud", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        command, env=bare(home), cwd=home, stdout=subprocess.PIPE, text=True, **WHO
    ) as cloud:
        assert cloud.stdout is not None
        address = cloud.stdout.readline().strip()
        asked = ("engine", "classify", sample(program), "--cloud", address)
        assert "prediction  3" in run(program, home, *asked)
        cloud.terminate()
    assert of_bundle(program) == []


def test_nothing_is_left_of_a_window_that_was_killed(
    program: Path, home: Path, display: str
) -> None:
    with subprocess.Popen(
        [program], env=bare(home, DISPLAY=display), cwd=home, stderr=subprocess.DEVNULL, **WHO
    ) as window:
        while len(of_bundle(program)) < 3:  # the window, the key owner and the cloud
            assert window.poll() is None
        window.kill()
    while of_bundle(program):
        pass
