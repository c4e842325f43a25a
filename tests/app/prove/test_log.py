import csv
import json
from pathlib import Path

import pytest
from looks import CONTROLS, clipped, own_children
from prove_steps import flip, shown
from PySide6.QtWidgets import QFileDialog
from studio import Studio

from app.prove.log import COLUMNS
from app.prove.message_meanings import DECRYPTED, MEANINGS, meaning_of
from app.prove.texts import LOG, PROOFS
from app.prove.view import ProveView
from app.state.records import Tone
from engine.messages import to_cloud, to_key_owner, to_workbench
from engine.messages.log import MessageLogged


def test_the_log_lists_what_crossed_newest_first(studio: Studio, view: ProveView) -> None:
    view.show_proof(LOG)
    model = view.log_page.model
    assert model.rowCount() == len(studio.state.proved.messages.entries)
    row = [model.index(0, column).data() for column in range(len(COLUMNS))]
    assert row[1:] == ["The cloud", "You", "classify", MEANINGS["classify"], "60 B", "\u2013"]
    assert "to the cloud" in view.log_page.totals.text()


def test_every_message_that_the_engine_knows_is_explained() -> None:
    said = (
        each for module in (to_cloud, to_key_owner, to_workbench) for each in vars(module).values()
    )
    names = {each.kind for each in said if isinstance(each, type) and hasattr(each, "kind")}
    assert {"classify", "galois_keys", "scores"} < names
    assert names | {"end", "error", "stages"} == set(MEANINGS)


def test_scores_are_encrypted_from_the_cloud_and_decrypted_from_the_key_owner() -> None:
    assert meaning_of(MessageLogged(0, "cloud", "window", "scores", 1, 1)) == MEANINGS["scores"]
    assert meaning_of(MessageLogged(0, "client", "window", "scores", 1, 1)) == DECRYPTED


def test_new_messages_appear_while_the_log_is_looked_at(studio: Studio, view: ProveView) -> None:
    view.show_proof(LOG)
    before = view.log_page.model.rowCount()
    studio.window.program.proofs.use_wrong_key()
    studio.qtbot.waitUntil(lambda: view.log_page.model.rowCount() == before + 2)


@pytest.mark.parametrize("name", ["log.csv", "log.json"])
def test_the_log_is_exported_as_its_name_says(
    studio: Studio, view: ProveView, tmp_path: Path, name: str
) -> None:
    view.log_page.export(tmp_path / name)
    studio.qtbot.waitUntil(lambda: name in studio.state.run.message.text)
    text = (tmp_path / name).read_text(encoding="utf-8")
    rows = json.loads(text) if name.endswith("json") else list(csv.DictReader(text.splitlines()))
    assert [row["name"] for row in rows] == [
        each.name for each in studio.state.proved.messages.entries
    ]


def test_a_log_that_cannot_be_written_is_told_in_a_sentence(
    studio: Studio, view: ProveView, tmp_path: Path
) -> None:
    view.log_page.export(tmp_path / "nowhere" / "log.csv")
    studio.qtbot.waitUntil(lambda: studio.state.run.message.tone is Tone.ERROR)
    assert "log.csv cannot be written (No such file or directory)" in view.run.message.text()


def test_export_asks_where_to(
    studio: Studio, view: ProveView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: None)
    studio.window.actions_.export_log.trigger()
    (dialog,) = view.findChildren(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit(str(tmp_path / "log.csv"))
    studio.qtbot.waitUntil((tmp_path / "log.csv").exists)
    assert shown(view) is LOG


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped_on_any_proof(
    studio: Studio, view: ProveView, size: tuple[int, int]
) -> None:
    actions = studio.window.actions_
    for action in (actions.encrypt_again, actions.wrong_key, actions.cloud_try):
        action.trigger()
    flip(studio, actions.flip_bit)
    studio.resize(*size)
    for text in PROOFS:
        view.show_proof(text)
        studio.window.grab()
        studio.qtbot.waitUntil(lambda: clipped(view) == [])
        assert (studio.window.width(), studio.window.height()) == size


def test_every_control_has_a_name_and_can_be_reached_with_tab(
    studio: Studio, view: ProveView
) -> None:
    for text in PROOFS:
        view.show_proof(text)
        controls = [
            each
            for each in own_children(view.pages[text.key], CONTROLS)
            if each.isVisible() and each.metaObject().className() not in HIDDEN_PARTS
        ]
        assert all(each.accessibleName() for each in controls)
        reached, widget = set(), view._list.checkedButton()
        while widget not in reached:
            reached.add(widget)
            widget = widget.nextInFocusChain()
        assert all(each in reached for each in controls if each.isEnabled())


HIDDEN_PARTS = ("QTableCornerButton", "QScrollBar")
