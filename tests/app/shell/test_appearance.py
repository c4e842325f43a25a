import pytest
from looks import CONTROLS, PAINTED, clipped, own_children
from made_splits import made_contents
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMenu,
    QToolButton,
    QWidget,
)
from studio import Studio

from app.actions.views import VIEWS
from app.compare.view import CompareView
from app.kit.palette import DARK, LIGHT, PALETTES, READABLE_PAIRS, Palette, contrast
from app.kit.plots.data import model_marks
from engine.resources import model_names

KEYS = [view.key for view in VIEWS]
LEAST_CONTRAST = 4.5
LEAST_CONTRAST_OF_SHAPES = 3.0


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
@pytest.mark.parametrize("pair", READABLE_PAIRS, ids="-on-".join)
def test_text_can_be_read_on_its_background(palette: Palette, pair: tuple[str, str]) -> None:
    text, background = (getattr(palette, name) for name in pair)
    assert contrast(text, background) >= LEAST_CONTRAST


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_every_kind_of_point_in_a_plot_stands_out_and_has_a_shape_of_its_own(
    palette: Palette,
) -> None:
    marks = model_marks(model_names())

    assert len({mark.symbol for mark in marks.values()}) == len(marks)
    for mark in marks.values():
        assert contrast(getattr(palette, mark.color), palette.surface) >= LEAST_CONTRAST


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
@pytest.mark.parametrize("background", ["window", "surface", "sunken"])
def test_the_outlines_of_controls_and_axes_can_be_seen(palette: Palette, background: str) -> None:
    shape = contrast(palette.control, getattr(palette, background))
    assert shape >= LEAST_CONTRAST_OF_SHAPES


def test_contrast_follows_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def open_view(studio: Studio, key: str) -> QWidget:
    """Show a view of a classified drawing, with as much in it as there can be."""
    studio.window.program.browser._loader = made_contents
    studio.draw()
    studio.classify()
    studio.window.views.show_view(key)
    studio.window.activateWindow()
    studio.qtbot.waitUntil(lambda: key != "data" or studio.window.program.browser.split is not None)
    view = studio.window.views.view(key)
    if isinstance(view, CompareView):
        view.plots.settle()
    return view


def tabbed(studio: Studio) -> list[QWidget]:
    """Press Tab until it comes back; return what had the focus, in that order."""
    reached: list[QWidget] = []
    studio.window.view_bar.findChildren(QToolButton)[-1].setFocus()
    while (focused := QApplication.focusWidget()) not in reached:
        assert focused is not None
        reached.append(focused)
        studio.qtbot.keyClick(focused, Qt.Key.Key_Tab)
    return reached


@pytest.mark.parametrize("key", KEYS)
def test_every_control_of_every_view_has_an_accessible_name(studio: Studio, key: str) -> None:
    open_view(studio, key)
    studio.window.gallery.open_at(studio.window.rect().topLeft(), "MNIST")
    nameless = [
        child
        for child in own_children(studio.window, (*CONTROLS, *PAINTED))
        if not child.accessibleName()
    ]
    assert nameless == []


@pytest.mark.parametrize("key", KEYS)
def test_every_control_of_every_view_is_reached_with_tab_or_from_its_group(
    studio: Studio, key: str
) -> None:
    open_view(studio, key)
    reached = tabbed(studio)
    unreachable = [
        child.accessibleName()
        for child in own_children(studio.window, CONTROLS)
        if child.isVisible() and child.isEnabled() and not is_reached(child, reached)
    ]
    assert unreachable == []


def is_reached(control: QWidget, reached: list[QWidget]) -> bool:
    """Tell whether Tab comes to a control, or to one of its group, where arrow keys go on."""
    group = control.group() if isinstance(control, QAbstractButton) else None
    others = group.buttons() if group is not None and group.exclusive() else []
    return any(each in reached for each in (control, *others))


@pytest.mark.parametrize("key", KEYS)
def test_tab_goes_from_the_tabs_through_the_view_to_the_bottom_bar(
    studio: Studio, key: str
) -> None:
    view = open_view(studio, key)
    reached = tabbed(studio)
    place = reached.index(studio.window.notices.open_runs)

    assert all(view.isAncestorOf(each) for each in reached[1:place])
    assert not any(view.isAncestorOf(each) for each in reached[place:])


def test_every_action_has_a_key_and_is_in_a_menu(studio: Studio) -> None:
    menus = studio.window.menuBar().findChildren(QMenu)
    listed = [action for menu in menus for action in menu.actions()]
    actions = [each for each in listed if not each.isSeparator() and each.menu() is None]
    keys = [action.shortcut().toString() for action in actions]

    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert set(studio.window.actions()) <= set(actions)


def test_no_button_has_the_key_of_an_action(studio: Studio) -> None:
    for view in VIEWS:
        studio.window.views.show_view(view.key)
    buttons = studio.window.findChildren(QAbstractButton)
    pressed = [each.shortcut().toString() for each in buttons if not each.shortcut().isEmpty()]
    of_actions = [each.shortcut().toString() for each in studio.window.actions()]
    assert "Ctrl+R" in pressed
    assert not set(pressed) & set(of_actions)
    assert len(set(pressed)) == len(pressed)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped(studio: Studio, size: tuple[int, int]) -> None:
    studio.draw()
    studio.classify()
    studio.window.actions_.encrypt_again.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.proved.evidence.again is not None)
    studio.resize(*size)
    studio.qtbot.waitExposed(studio.window)
    studio.qtbot.waitUntil(lambda: clipped(studio.window) == [])
    assert studio.window.size() == QSize(*size)


def test_nothing_moves_when_an_answer_comes(studio: Studio) -> None:
    studio.draw()
    before = places(studio)
    studio.classify()
    studio.window.actions_.encrypt_again.trigger()
    studio.window.actions_.wrong_key.trigger()
    studio.qtbot.waitUntil(lambda: bool(studio.state.proved.evidence.wrong_scores))
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
        studio.qtbot.waitUntil(lambda window=palette.window: corner(studio) == window)


def corner(studio: Studio) -> str:
    image = studio.window.grab().toImage()
    return image.pixelColor(3, image.height() - 3).name()


def test_a_view_that_is_not_seen_is_dressed_after_all_that_is(studio: Studio) -> None:
    view, order = studio.window.views.view("prove"), list[str]()
    studio.settle()
    theme = studio.window.theme
    for name, part in (("seen", studio.window.draw), ("not seen", view)):
        theme.apply(part, lambda name=name: order.append(name))
    theme.changed.connect(lambda: order.append("told"))
    order.clear()
    studio.use(DARK)
    assert order == ["seen", "told", "not seen"]
    assert DARK.window in view.styleSheet()
    assert view.styleSheet() == studio.window.draw.styleSheet()


def test_nothing_is_painted_in_both_colours_at_once(studio: Studio) -> None:
    theme, painted = studio.window.theme, list[set[str]]()
    sheets = (studio.window.draw.styleSheet, studio.window.menuBar().styleSheet)
    studio.window.painted.connect(lambda: painted.append({sheet() for sheet in sheets}))
    theme.use(DARK)
    studio.window.update()
    studio.settle()
    studio.qtbot.waitUntil(lambda: bool(painted))
    assert [len(each) for each in painted] == [1] * len(painted)
    assert DARK.window in painted[-1].pop()


def test_a_view_is_dressed_before_it_is_shown(studio: Studio) -> None:
    view = studio.window.views.view("prove")
    studio.window.theme.use(DARK)
    studio.window.views.show_view("prove")
    assert DARK.window in view.styleSheet()


def test_a_larger_window_has_larger_type(studio: Studio) -> None:
    theme = studio.window.theme
    theme.fit(QSize(1280, 720))
    small = theme.points("body")
    theme.fit(QSize(1920, 1080))

    assert theme.points("body") == pytest.approx(1.5 * small)


def test_the_theme_forgets_what_is_gone(studio: Studio) -> None:
    theme, room = studio.window.theme, QWidget(studio.window.draw)
    asked: list[int] = []
    theme.apply(room, lambda: asked.append(theme.px(1)))
    studio.use(DARK)
    assert len(asked) == 2
    gone: list[bool] = []
    room.destroyed.connect(lambda: gone.append(True))
    room.deleteLater()
    studio.qtbot.waitUntil(lambda: bool(gone))
    studio.use(LIGHT)
    assert len(asked) == 2
