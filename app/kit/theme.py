"""The design system: a spacing unit, a type scale, fonts, icons and the style sheet.

Everything that has a size asks here, so the whole window grows with the space it is given: sizes
are written for 1280x720 and multiplied by `scale` (1.5 at 1920x1080). Type is in points.
"""

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from app.kit.dressed import Applier, Dressed
from app.kit.palette import LIGHT, Palette
from app.kit.style_sheet import style_sheet
from engine.resources import assets_dir

UNIT = 4
"""Every margin, gap and height is a multiple of this many pixels."""

POINTS = {
    "caption": 8.25,
    "body": 9.5,
    "strong": 9.5,
    "title": 10.5,
    "lane": 13.0,
    "number": 12.5,
    "story": 14.5,
    "mono": 8.25,
    "digit": 54.0,
}
"""The type scale, in points at 96 dots per inch."""

BOLD_ROLES = {"strong", "title", "lane", "number", "story", "digit"}
BASE_SIZE = QSize(1280, 720)
SCALES = (0.875, 1.0, 1.125, 1.25, 1.375, 1.5, 1.75, 2.0, 2.5, 3.0)
SYMBOLIC_DPI = 96.0
HIDDEN_MS = 5
"""Between two parts that are not seen: nobody waits for them, and somebody may want something."""


class Theme(QObject):
    """The current palette and scale, of the application or, with `root`, of one window of it.

    Attributes: `palette`, `scale`. After either was replaced, the parts of the window follow one
    after the other, a turn of the event loop each, and nothing is painted before all that are seen
    have; then signal `changed` fires. Widgets that paint themselves repaint on it, and what was
    passed to `apply` has been applied again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, root: QWidget | None = None) -> None:
        super().__init__(root)
        self.palette: Palette = LIGHT
        self.scale = 1.0
        self._application = application
        self._coloured = root or application
        self._dressed: list[Dressed] = []
        self._later = QTimer(self)
        self._later.timeout.connect(self._follow)
        self._loose: list[Applier] = []
        self._held: list[QWidget] = []
        self._is_told = True
        self._fonts: dict[str, QFont] = {}
        screen = QGuiApplication.primaryScreen()
        self._dpi = screen.logicalDotsPerInch() if screen else SYMBOLIC_DPI
        if root is None and application.style().name() != "fusion":
            application.setStyle("Fusion")
        self._restyle()
        if root is not None:
            self.dress(root)

    def use(self, palette: Palette) -> None:
        """Switch to `palette`."""
        if palette != self.palette:
            self.palette = palette
            self._restyle()

    def fit(self, size: QSize) -> None:
        """Choose the largest scale at which the window's content fits into `size`."""
        ratio = min(size.width() / BASE_SIZE.width(), size.height() / BASE_SIZE.height())
        self.scale_to(max((each for each in SCALES if each <= ratio + 1e-6), default=SCALES[0]))

    def scale_to(self, scale: float) -> None:
        """Show everything `scale` times as large as at 1280x720."""
        if scale != self.scale:
            self.scale = scale
            self._restyle()

    def px(self, units: float) -> int:
        """Return `units` spacing units as pixels at the current scale."""
        return round(units * UNIT * self.scale)

    def color(self, name: str) -> QColor:
        """Return the palette's colour called `name`."""
        return QColor(getattr(self.palette, name))

    def font(self, role: str) -> QFont:
        """Return the font of a role in `POINTS`, with figures of equal width."""
        if role not in self._fonts:
            self._fonts[role] = self._make_font(role)
        return QFont(self._fonts[role])

    def _make_font(self, role: str) -> QFont:
        font = QFont(self._application.font())
        if role == "mono":
            font.setFamilies(["SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "monospace"])
            font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(self.points(role))
        if role in BOLD_ROLES:
            font.setWeight(QFont.Weight.DemiBold)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def points(self, role: str) -> float:
        """Return the size of a role in points, the same height in pixels at any dpi."""
        return POINTS[role] * self.scale * SYMBOLIC_DPI / self._dpi

    def icon(self, name: str, color: str = "text") -> QIcon:
        """Return an icon of `assets/icons` in a palette colour, dimmed when disabled."""
        return _icon(name, getattr(self.palette, color), self.palette.control)

    def drawing(self, name: str, color: str, side: float) -> QPixmap:
        """Return an icon of `assets/icons` as large as so many spacing units."""
        return _render(_svg(name, getattr(self.palette, color)), self.px(side))

    def apply(self, owner: QObject, applier: Callable[[], None]) -> None:
        """Call `applier` now and after every change, as long as its owner lives."""
        Applier(owner, applier, self._loose)
        applier()

    def space(self, layout: QLayout, margin: float = 0, gap: float = 2) -> None:
        """Keep a layout's margins and gap at so many spacing units."""

        def set_spacing() -> None:
            layout.setContentsMargins(*[self.px(margin)] * 4)
            layout.setSpacing(self.px(gap))

        self.apply(layout, set_spacing)

    def fix(self, widget: QWidget, width: float | None, height: float | None) -> None:
        """Keep a widget's width and height at so many spacing units."""

        def set_size() -> None:
            if width is not None:
                widget.setFixedWidth(self.px(width))
            if height is not None:
                widget.setFixedHeight(self.px(height))

        self.apply(widget, set_size)

    def dress(self, part: QWidget) -> None:
        """Give a part of a window the style sheet: now, and after every change."""
        dressed = Dressed(part, self._sheet())
        self._dressed.append(dressed)
        part.destroyed.connect(lambda: self._dressed.remove(dressed))

    @property
    def is_shown(self) -> bool:
        """Tell whether all that is seen was painted as the palette and the scale want it."""
        return self._is_told and not self._held

    @property
    def is_settled(self) -> bool:
        """Tell whether everything, seen or not, is as the palette and the scale want it."""
        return not self._later.isActive()

    def _sheet(self) -> str:
        sizes = {role: self.points(role) for role in POINTS}
        icons = (assets_dir() / "icons").as_posix()
        return style_sheet(self.palette, self.px, sizes, icons)

    def _restyle(self) -> None:
        self._fonts.clear()
        self._sort_appliers()
        for applier in self._loose:
            applier.act()
        self._coloured.setPalette(_qt_palette(self.palette))
        sheet = self._sheet()
        for dressed in self._dressed:
            dressed.want(sheet)
        self._is_told = False
        self._hold_still()
        self._later.start(0)

    def _sort_appliers(self) -> None:
        """Leave what has found its part of a window meanwhile to that."""
        parts: dict[QObject, Dressed] = {dressed.part: dressed for dressed in self._dressed}
        for applier in list(self._loose):
            place = applier.place(parts)
            if place is not None:
                applier.move(place.appliers)

    def _hold_still(self) -> None:
        """Paint nothing until all that is seen has followed."""
        for dressed in self._dressed:
            window = dressed.part.window()
            if dressed.is_seen_behind and window not in self._held:
                self._held.append(window)
                window.setUpdatesEnabled(False)

    @Slot()
    def _follow(self) -> None:
        """Do what comes next; all at once would hold up what a person does."""
        seen = next((each for each in self._dressed if each.is_seen_behind), None)
        if seen is not None:
            seen.put_on()
        elif not self._is_told:
            self._is_told = True
            self.changed.emit()
        elif self._held:
            window = self._held.pop()
            window.setUpdatesEnabled(True)
            window.repaint()  # Qt forgot what it was asked to paint meanwhile
            self._later.start(HIDDEN_MS)
        elif not any(dressed.put_on() for dressed in self._dressed):
            self._later.stop()


def _qt_palette(colors: Palette) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for place, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "sunken",
        role.Text: "text",
        role.PlaceholderText: "muted",
        role.Button: "surface",
        role.ButtonText: "text",
        role.Highlight: "encrypted",
        role.HighlightedText: "on_encrypted",
        role.ToolTipBase: "surface",
        role.ToolTipText: "text",
        role.Link: "encrypted",
        role.Mid: "border",
    }.items():
        palette.setColor(place, QColor(getattr(colors, name)))
    disabled = QPalette.ColorGroup.Disabled
    for place in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(disabled, place, QColor(colors.control))
    return palette


@lru_cache(maxsize=256)
def _icon(name: str, color: str, disabled: str) -> QIcon:
    icon = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        icon.addPixmap(_render(_svg(name, shade), 96), mode)
    return icon


def _svg(name: str, color: str) -> str:
    source = (assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    return source.replace("currentColor", color)


def _render(svg: str, side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(pixmap.rect()))
    return pixmap
