"""The window at its first start: on the screen with its frame, and large where there is room."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMargins, QRect

from app.kit.theme import BASE_SIZE
from app.shell.first_size import BORDER, TITLE_BAR, first_geometry

FRAME = QMargins(BORDER, TITLE_BAR - BORDER, BORDER, BORDER)


@given(
    st.integers(-4000, 4000),
    st.integers(-4000, 4000),
    st.integers(800, 8000),
    st.integers(600, 5000),
)
def test_the_frame_is_on_the_screen_on_any_screen(x: int, y: int, width: int, height: int) -> None:
    available = QRect(x, y, width, height)
    place = first_geometry(available, *BASE_SIZE.toTuple())
    assert available.contains(place.marginsAdded(FRAME))


def test_a_large_screen_is_mostly_filled() -> None:
    place = first_geometry(QRect(0, 0, 1920, 1040), 1280, 720)
    assert 0.8 < place.width() / 1920 < 0.9
    assert 0.8 < place.height() / 1040 < 0.9


def test_on_a_screen_of_its_usual_size_it_is_a_little_smaller() -> None:
    place = first_geometry(QRect(0, 0, 1280, 720), 1280, 720)
    assert (place.width(), place.height()) == (1264, 672)
