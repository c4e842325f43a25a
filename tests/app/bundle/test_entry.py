"""What the bundle's executable answers to, run from source: the same code stands in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from engine.resources import assets_dir

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = str(assets_dir() / "samples" / "3-pen.png")


def entry(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "app.bundle.entry", *arguments],
        input=given,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def test_a_party_is_started_as_by_an_interpreter_and_ends_with_its_input() -> None:
    for role in ("key_owner", "cloud"):
        ended = entry("-m", f"engine.parties.{role}")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_a_module_is_given_the_arguments_after_its_name() -> None:
    listed = entry("-m", "engine", "models")
    assert listed.returncode == 0
    assert b"mnist-network1" in listed.stdout


@pytest.mark.parametrize("module", ["http.server", "os", ""])
def test_no_other_module_is_run(module: str) -> None:
    refused = entry("-m", module)
    assert refused.returncode == 2
    assert refused.stdout == b""
    assert repr(module).encode() in refused.stderr


def test_a_word_of_the_command_line_is_no_module() -> None:
    assert entry("engine", "models").stdout == entry("-m", "engine", "models").stdout


def test_the_window_s_command_has_the_engine_s_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["engine", "classify", SAMPLE]) == 0
    assert "prediction  3" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "engine", "cloud"])
def test_the_help_of_a_command_says_how_it_was_called(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: ciphersketch {command} ")
