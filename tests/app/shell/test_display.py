import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from app.shell import display

ROOT = Path(__file__).resolve().parents[3]
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can lack a display")


def run(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own, in a folder, with little environment."""
    folders = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "CACHE", "STATE")}
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=variables | folders | environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@LINUX_ONLY
def test_no_display_is_found_out_and_told() -> None:
    assert "DISPLAY and WAYLAND_DISPLAY are not set" in display.window_fault({})


@LINUX_ONLY
def test_a_display_that_does_not_answer_is_found_out() -> None:
    fault = display.window_fault({"DISPLAY": ":987"})
    assert "does not answer" in fault or "apt-get install" in fault


@LINUX_ONLY
def test_a_wayland_socket_that_does_not_answer_is_no_display(tmp_path: Path) -> None:
    fault = display.window_fault({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": str(tmp_path)})
    assert fault != ""


@LINUX_ONLY
def test_missing_libraries_are_named_by_their_debian_packages() -> None:
    libraries = {"libc.so.6": "libc6", "libnothere.so.1": "libnothere1"}
    assert display.missing_packages(libraries) == ["libnothere1"]
    assert display.install_command(["libnothere1"]) == "sudo apt-get install libnothere1"


def test_asking_for_no_window_counts_as_no_display() -> None:
    assert "QT_QPA_PLATFORM" in display.window_fault({"QT_QPA_PLATFORM": "offscreen"})


def test_without_qt_there_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(display, "missing_packages", lambda _libraries: ["libegl1"])
    monkeypatch.setattr(sys, "platform", "linux")

    assert main([]) == 1
    assert "sudo apt-get install libegl1" in capsys.readouterr().err


def test_without_a_display_the_program_runs_its_path_and_says_so(tmp_path: Path) -> None:
    done = run("from app.__main__ import main; raise SystemExit(main([]))", tmp_path)

    assert done.returncode == 0, done.stderr
    assert "DISPLAY" in done.stdout or sys.platform != "linux"
    for word in ("Make keys", "Encrypt", "Convolution", "Decrypt", "Answer: 3 encrypted, 3 clear"):
        assert word in done.stdout
    assert (tmp_path / "ciphersketch.png").stat().st_size > 10_000


def test_the_windows_process_never_imports_cryptography(tmp_path: Path) -> None:
    code = (
        "import sys; from app.__main__ import main\n"
        "code = main(['--screenshot', 'shot.png', '--size', '1920x1080', '--theme', 'dark'])\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('tenseal', 'torch')])\n"
        "raise SystemExit(code)"
    )
    done = run(code, tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert (tmp_path / "shot.png").exists()


@pytest.mark.parametrize("size", ["10x10", "wide", "1280", "99999x99999"])
def test_an_impossible_screenshot_size_is_refused(
    size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--screenshot", "x.png", "--size", size])
    assert "--size" in capsys.readouterr().err


def test_a_screenshot_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    code = "from app.__main__ import main; raise SystemExit(main(['--screenshot', 'no/x.png']))"
    done = run(code, tmp_path)

    assert done.returncode == 1
    assert "cannot be written" in done.stderr
