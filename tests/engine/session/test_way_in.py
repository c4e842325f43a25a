"""The stable way in for scripts and notebooks, as the README shows it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import engine

ROOT = Path(__file__).resolve().parents[3]


def fresh(code: str) -> str:
    """Return what an interpreter of its own prints for `code`, run in the checkout."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


def test_the_readmes_snippet_classifies_the_sample_digit_three() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(from engine import .*?)```", readme, re.DOTALL)
    answer, error = fresh(snippet).splitlines()
    assert answer == "3 3"
    assert float(error.rstrip("%")) <= 0.5


def test_the_way_in_loads_neither_tenseal_nor_torch() -> None:
    code = (
        "import sys; from engine import Session, Settings, read_picture; "
        "print([name for name in ('tenseal', 'torch', 'PySide6') if name in sys.modules])"
    )
    assert fresh(code).strip() == "[]"


def test_a_name_that_the_engine_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Sesion"):
        engine.Sesion  # noqa: B018
