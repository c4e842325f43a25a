from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import Studio

from app.shell.preferences import Preferences, load_preferences, save_preferences
from engine.ckks.parameters import POLY_MODULUS_DEGREES, SCALE_BITS_RANGE, Settings

CHOSEN = Preferences(
    settings=Settings(poly_modulus_degree=16384, scale_bits=40),
    theme="dark",
    brush=31,
    reduce_motion=True,
    geometry=b"\x01\xd9\xd0\xcb",
)


def test_preferences_come_back_as_they_were_saved(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.ini"
    assert save_preferences(CHOSEN, path)

    assert load_preferences(path) == (CHOSEN, "")


def test_without_a_file_there_are_defaults_and_no_complaint(tmp_path: Path) -> None:
    assert load_preferences(tmp_path / "settings.ini") == (Preferences(), "")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe" * 100, b"[General]\nversion=99\n", b"no ini at all", b"[[[["],
)
def test_a_broken_file_is_put_aside_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.ini"
    path.write_bytes(content)
    preferences, complaint = load_preferences(path)

    assert preferences == Preferences()
    assert "settings.ini.broken" in complaint
    assert not path.exists()
    assert path.with_name("settings.ini.broken").read_bytes() == content


def test_values_out_of_range_are_replaced_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(
        "[General]\nversion=1\nmodel=../../etc/passwd\npoly_modulus_degree=1000\n"
        "scale_bits=9999\nouter_bits=many\ntheme=pink\nbrush=-4\nreduce_motion=maybe\n"
    )
    preferences, complaint = load_preferences(path)

    assert complaint == ""
    assert preferences.settings == Settings(scale_bits=SCALE_BITS_RANGE.stop - 1)
    assert preferences.theme == "system"
    assert preferences.brush == 12
    assert not preferences.reduce_motion


@given(content=st.text(st.characters(codec="utf-8"), max_size=200))
def test_no_text_in_the_file_can_crash_or_give_impossible_settings(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.mktemp("preferences") / "settings.ini"
    path.write_text(f"[General]\nversion=1\n{content}", encoding="utf-8")
    settings = load_preferences(path)[0].settings

    assert settings.poly_modulus_degree in POLY_MODULUS_DEGREES
    assert settings.scale_bits in SCALE_BITS_RANGE


def test_a_restarted_window_has_the_same_settings(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    first = Studio(qtbot, qapp, tmp_path).start()
    first.window.actions_.presets[2].trigger()
    first.window.actions_.themes.actions()[2].trigger()
    first.window.actions_.wider.trigger()
    before = first.window.preferences()
    first.window.close()
    second = Studio(qtbot, qapp, tmp_path)
    after = second.window.preferences()
    second.window.close()

    assert before.settings.scale_bits == 28
    assert (after.settings, after.theme, after.brush) == (before.settings, "dark", before.brush)


def test_a_window_with_a_broken_file_says_so_and_works(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    (tmp_path / "settings.ini").write_bytes(b"\xff\xfe\x00")
    studio = Studio(qtbot, qapp, tmp_path).start()

    assert "put aside" in studio.window.notices.sentence.text()
    studio.window.close()
