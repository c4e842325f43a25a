import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QScrollBar,
    QTableView,
    QWidget,
)
from studio import Studio

from app.palette import DARK, LIGHT, PALETTES, READABLE_PAIRS, Palette, contrast
from app.widgets.canvas import Canvas
from app.widgets.chain_bar import ChainBar
from app.widgets.noise_view import NoiseView
from app.widgets.preview import Preview
from app.widgets.score_bars import ScoreBars
from app.widgets.stage_card import StageCard

LEAST_CONTRAST = 4.5
CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QTableView)
PAINTED = (Canvas, Preview, StageCard, ChainBar, ScoreBars, NoiseView)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
@pytest.mark.parametrize("pair", READABLE_PAIRS, ids="-on-".join)
def test_text_can_be_read_on_its_background(palette: Palette, pair: tuple[str, str]) -> None:
    text, background = (getattr(palette, name) for name in pair)
    assert contrast(text, background) >= LEAST_CONTRAST


def test_contrast_follows_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def own_children(window: QWidget, kinds: tuple[type[QWidget], ...]) -> list[QWidget]:
    return [
        child
        for child in window.findChildren(QWidget)
        if isinstance(child, kinds)
        and not isinstance(child, QScrollBar)  # a part of its list or table, which has a name
        and not child.objectName().startswith("qt_")
    ]


def test_every_control_has_an_accessible_name(studio: Studio) -> None:
    studio.window.gallery.open_at(studio.window.rect().topLeft())
    nameless = [
        child
        for child in own_children(studio.window, (*CONTROLS, *PAINTED))
        if not child.accessibleName() and child.metaObject().className() != "QTableCornerButton"
    ]
    assert nameless == []


def test_every_control_can_be_reached_with_tab(studio: Studio) -> None:
    reached = set()
    widget: QWidget = studio.window.draw.picture_card.canvas
    while widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    unreachable = [
        child
        for child in own_children(studio.window, CONTROLS)
        if child.isVisible() and child.isEnabled() and child not in reached
    ]
    assert unreachable == []


def test_every_action_has_a_key_and_is_in_a_menu(studio: Studio) -> None:
    menus = studio.window.menuBar().actions()
    listed = [action for menu in menus for action in menu.menu().actions()]  # type: ignore[union-attr]
    actions = [action for action in listed if not action.isSeparator()]
    keys = [action.shortcut().toString() for action in actions]

    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert set(studio.window.actions()) <= set(actions)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped(studio: Studio, size: tuple[int, int]) -> None:
    studio.draw()
    studio.classify()
    studio.window.actions_.encrypt_again.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.evidence.again is not None)
    studio.window.resize(*size)
    studio.window.fit()
    studio.qtbot.waitExposed(studio.window)
    studio.qtbot.waitUntil(lambda: clipped(studio.window) == [])
    assert studio.window.size() == QSize(*size)


def clipped(window: QWidget) -> list[object]:
    """Return the labels and buttons whose text does not fit into them."""
    labels = [
        (label.text(), label.size(), label.sizeHint())
        for label in window.findChildren(QLabel)
        if label.isVisible()
        and not label.wordWrap()
        and (label.width() < label.sizeHint().width() or label.height() < 1)
    ]
    buttons = [
        (button.text(), button.size(), button.sizeHint())
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        and button.text()
        and button.width() < button.minimumSizeHint().width()
    ]
    return [*labels, *buttons]


def test_nothing_moves_when_an_answer_comes(studio: Studio) -> None:
    studio.draw()
    before = places(studio)
    studio.classify()
    studio.window.actions_.encrypt_again.trigger()
    studio.window.actions_.wrong_key.trigger()
    studio.qtbot.waitUntil(lambda: bool(studio.state.evidence.wrong_scores))
    studio.window.grab()

    assert places(studio) == before


def places(studio: Studio) -> dict[str, object]:
    window = studio.window
    window.grab()
    cards = {key: card.geometry() for key, card in window.draw.journey.cards.items()}
    for name in ("picture_card", "settings_card", "forecast_card", "run_bar", "journey",
                 "answer_card", "ciphertext_card"):  # fmt: skip
        cards[name] = getattr(window.draw, name).geometry()
    cards["notices"] = window.notices.geometry()
    return dict(cards)


def test_the_window_is_light_or_dark_as_asked(studio: Studio) -> None:
    for name, palette in (("dark", DARK), ("light", LIGHT)):
        action = next(a for a in studio.window.actions_.themes.actions() if a.data() == name)
        action.trigger()
        image = studio.window.grab().toImage()
        assert image.pixelColor(3, image.height() - 3).name() == palette.window


def test_a_larger_window_has_larger_type(studio: Studio) -> None:
    theme = studio.window.theme
    theme.fit(QSize(1280, 720))
    small = theme.points("body")
    theme.fit(QSize(1920, 1080))

    assert theme.points("body") == pytest.approx(1.5 * small)
