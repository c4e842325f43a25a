"""The panel and the badge: everything by keyboard, every state in words, the token kept hidden."""

import pytest
from cloud_steps import ADDRESS, OTHER, pair
from fake_session import FakeSession
from looks import CONTROLS, clipped, own_children
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from studio import Studio

from app.cloud.panel import AWAY_PAGE, HERE_PAGE, CloudPanel
from app.state.records import Phase
from engine.remote.address import Address

LONG = Address("a-machine-with-a-long-name.school.example.org", 8765, bytes(16), bytes(16))


@pytest.fixture
def panel(studio: Studio) -> CloudPanel:
    studio.window.activateWindow()
    studio.window.actions_.cloud.trigger()
    panel = studio.window.cloud_panel
    assert panel is not None
    return panel


def press(studio: Studio, key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    studio.qtbot.keyClick(focused, key)


def test_a_cloud_is_chosen_with_the_keyboard_alone(studio: Studio, panel: CloudPanel) -> None:
    assert panel.place.button(HERE_PAGE).hasFocus()
    press(studio, Qt.Key.Key_Right)
    press(studio, Qt.Key.Key_Space)
    assert panel.address.hasFocus()
    studio.qtbot.keyClicks(panel.address, ADDRESS.text.lower())
    press(studio, Qt.Key.Key_Return)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == ADDRESS.where and studio.is_ready())
    press(studio, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_escape_closes_the_panel_and_stops_no_run(studio: Studio, panel: CloudPanel) -> None:
    studio.draw()
    studio.session.hold = "conv"
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: "classify" in studio.session.calls)
    panel.place.button(HERE_PAGE).setFocus()
    press(studio, Qt.Key.Key_Escape)

    assert not panel.isVisible()
    assert studio.state.run.phase is Phase.CLASSIFYING
    studio.session.release()
    studio.qtbot.waitUntil(lambda: studio.state.run.result is not None)


def test_a_pasted_address_is_never_shown(studio: Studio, panel: CloudPanel) -> None:
    QGuiApplication.clipboard().setText(f"{ADDRESS.text}\n")
    panel.place.button(AWAY_PAGE).click()
    panel.paste.click()
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == ADDRESS.where and studio.is_ready())

    assert panel.address.text() == ""
    token = ADDRESS.text.rpartition("/")[2]
    shown = " ".join(
        (panel.status.title.text(), panel.status.text.text(), studio.window.notices.cloud.toolTip())
    )
    assert token not in shown
    assert panel.address.echoMode() is QLineEdit.EchoMode.PasswordEchoOnEdit


def test_a_remembered_cloud_is_used_and_forgotten_by_its_buttons(
    studio: Studio, panel: CloudPanel
) -> None:
    pair(studio)
    pair(studio, OTHER)
    studio.qtbot.waitUntil(lambda: list(panel.remembered.rows) == [OTHER.where, ADDRESS.where])
    assert not panel.remembered.rows[OTHER.where].use.isEnabled()
    panel.remembered.rows[ADDRESS.where].use.click()
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == ADDRESS.where and studio.is_ready())
    panel.remembered.rows[OTHER.where].forget.click()
    studio.qtbot.waitUntil(lambda: list(panel.remembered.rows) == [ADDRESS.where])


def test_choosing_this_computer_leaves_the_cloud_elsewhere(
    studio: Studio, panel: CloudPanel
) -> None:
    pair(studio)
    panel.place.button(HERE_PAGE).click()
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == "" and studio.is_ready())
    assert panel.status.title.text() == "On this computer"


def test_where_round_trip_and_protocol_are_always_in_sight(studio: Studio) -> None:
    badge = studio.window.notices.cloud
    assert badge.text() == "Cloud: this computer"
    session = pair(studio)
    assert badge.text() == "Cloud: 192.168.1.7:8765, 12 ms round trip, protocol 1"
    session.change_cloud("reconnecting")
    studio.qtbot.waitUntil(lambda: badge.text() == "Cloud: 192.168.1.7:8765, reconnecting\u2026")
    session.change_cloud("lost", "The cloud does not answer.")
    studio.qtbot.waitUntil(lambda: "no connection, again in 1 s" in badge.text())
    assert "does not answer" in badge.toolTip()
    studio.qtbot.waitUntil(lambda: "12 ms" in badge.text())


def test_the_lanes_say_where_each_side_is(studio: Studio) -> None:
    lanes = studio.window.draw.journey
    assert lanes.cloud.accessibleName() == "The cloud: has no key, on this computer"
    pair(studio)
    assert lanes.cloud.accessibleName() == "The cloud: has no key, on 192.168.1.7:8765"


def test_it_wears_the_style_sheet(studio: Studio, panel: CloudPanel) -> None:
    panel.ensurePolished()
    assert panel.styleSheet() or any(each.styleSheet() for each in ancestors(panel))


def ancestors(widget: QWidget) -> list[QWidget]:
    above = widget.parentWidget()
    return [] if above is None else [above, *ancestors(above)]


@pytest.mark.parametrize("page", [HERE_PAGE, AWAY_PAGE])
def test_its_parts_lie_one_below_the_other(studio: Studio, panel: CloudPanel, page: int) -> None:
    panel.place.button(page).click()
    studio.qtbot.waitUntil(lambda: panel.status.geometry().bottom() < panel.place.geometry().top())
    assert panel.rect().contains(panel.place.geometry())
    assert panel.address.isVisible() == (page == AWAY_PAGE)


@pytest.mark.parametrize("page", [HERE_PAGE, AWAY_PAGE])
@pytest.mark.parametrize("address", [ADDRESS, LONG], ids=["short", "long"])
def test_nothing_in_it_is_clipped_and_every_control_has_a_name(
    studio: Studio, panel: CloudPanel, page: int, address: Address
) -> None:
    pair(studio, address)
    studio.qtbot.waitUntil(lambda: bool(panel.remembered.rows))
    panel.place.set_value(page)
    assert all(each.accessibleName() for each in own_children(panel, CONTROLS))
    texts = [found for found in clipped(panel) if address.host[:8] not in str(found)]
    assert texts == []


def test_connecting_can_be_stopped_from_the_panel(studio: Studio, panel: CloudPanel) -> None:
    def hang(session: FakeSession) -> None:
        session.hold = "start"

    studio.prepare_session = hang
    panel.place.button(AWAY_PAGE).click()
    panel.address.setText(ADDRESS.text)
    panel.connect_button.click()
    studio.qtbot.waitUntil(lambda: studio.session.calls == ["start"])
    assert panel.status.title.text() == "Connecting to 192.168.1.7:8765\u2026"
    assert not panel.connect_button.isEnabled()
    panel.status.act.click()
    studio.qtbot.waitUntil(panel.connect_button.isEnabled)
    assert panel.message.text() == "Stopped. Nothing was sent."
