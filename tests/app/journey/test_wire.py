import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.journey.wire import Wire
from app.kit.theme import Theme


@pytest.fixture
def wire(qtbot: QtBot, qapp: QApplication) -> Wire:
    wire = Wire(Theme(qapp), lambda: (10.0, 50.0, 200.0))
    qtbot.addWidget(wire)
    return wire


def test_the_ciphertext_goes_all_the_way_and_is_gone(wire: Wire, qtbot: QtBot) -> None:
    places: list[float] = []
    wire.tile_moved.connect(places.append)
    wire.place_tile(0.0)
    for target in (0.25, 0.5, 0.75, 1.0):
        wire.place_tile(target)
    wire.land_tile()
    qtbot.waitUntil(lambda: places[-1] == -1.0)

    assert places[:-1] == sorted(places[:-1])
    assert len(places) > 5


def test_with_reduced_motion_it_is_there_at_once(wire: Wire) -> None:
    places: list[float] = []
    wire.tile_moved.connect(places.append)
    wire.reduce_motion = True
    wire.place_tile(0.0)
    wire.place_tile(1.0)
    wire.land_tile()

    assert places == [0.0, 1.0, -1.0]
