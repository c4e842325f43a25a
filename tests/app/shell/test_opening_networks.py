"""An ONNX file that is opened or dropped becomes the chosen network, or says why not."""

from pathlib import Path

import pytest
from studio import Studio

from app.state.records import Tone
from engine.ckks.parameters import Settings
from engine.errors import ModelError


def test_an_opened_network_is_listed_and_chosen(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "app.link.networks.import_file", lambda _path, _hold: Settings("mine", 8192, 26)
    )
    monkeypatch.setattr("app.settings.card.imported_names", lambda: ("mine",))
    studio.window._load_named("/somewhere/mine.onnx")
    studio.qtbot.waitUntil(lambda: studio.state.chosen.settings.model == "mine")
    assert studio.window.draw.settings_card._model.currentText() == "mine"


def test_a_network_that_cannot_run_says_why_and_changes_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _hold: object) -> Settings:
        raise ModelError("Relu is no polynomial.")

    monkeypatch.setattr("app.link.networks.import_file", refuse)
    told: list[tuple[str, Tone]] = []
    monkeypatch.setattr(
        studio.window.notices, "tell", lambda text, _, tone: told.append((text, tone))
    )
    before = studio.state.chosen.settings
    studio.window._load_named("/somewhere/deep.ONNX")
    studio.qtbot.waitUntil(lambda: ("Relu is no polynomial.", Tone.ERROR) in told)
    assert studio.state.chosen.settings == before
