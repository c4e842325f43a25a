"""A step as pictures of slots: what it takes, a sign between, what it gives."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.inside.revealing import Revealing
from app.inside.slots.parts import PartOfStep, caption, parts_of, parts_of_look
from app.inside.slots.slot_view import SlotView
from app.inside.slots.tensor_view import TensorView
from app.inside.viewing import Viewing
from app.kit.basics import label
from app.kit.following import Following
from app.kit.theme import Theme
from engine.inside.names import COLOURS

MOST_PARTS = 3


class SlotsCard(QWidget):
    """Shows `viewing.step`, or what was decrypted after its stage. Attribute `views`."""

    def __init__(self, viewing: Viewing, revealing: Revealing, theme: Theme) -> None:
        super().__init__()
        self._viewing = viewing
        self._revealing = revealing
        self._frames = [PartFrame(viewing, theme) for _ in range(MOST_PARTS)]
        self.views = [each.view for each in self._frames]
        self._picture = TensorView(theme, "The picture", centred=True)
        row = QHBoxLayout(self)
        theme.space(row, gap=2)
        self._packed = QWidget()
        column = QVBoxLayout(self._packed)
        theme.space(column, gap=1)
        self._heading = label("", "strong")
        column.addWidget(self._heading)
        column.addWidget(self._picture, 1)
        self._planes = label("", "caption", "muted")
        column.addWidget(self._planes)
        row.addWidget(self._packed, 1)
        for each in self._frames:
            row.addWidget(each.sign)
            row.addWidget(each, 1)
        signals = viewing.traced, viewing.stepped, viewing.turned, revealing.changed
        Following(self, self._show, *signals)

    def parts(self) -> tuple[PartOfStep, ...]:
        """Return what is to be shown."""
        viewing = self._viewing
        if viewing.trace is None:
            return ()
        look = self._revealing.look_of(viewing.span.key) if viewing.is_decrypted else None
        if look is None:
            return parts_of(viewing.trace, viewing.number)
        return parts_of_look(look, viewing.step.ciphertext if len(look.clear) > 1 else 0)

    def _show(self) -> None:
        trace = self._viewing.trace
        if trace is None:
            return
        packs = self._viewing.step.operation == "pack"
        _show_or_hide(self._packed, packs)
        if packs:
            self._picture.show_values(*self._viewing.packing)
            is_picture = self._viewing.span.source == 0
            self._heading.setText("The picture" if is_picture else "The layer before")
            is_colour = is_picture and trace.tensors[0][0] == len(COLOURS)
            self._planes.setText(f"{', '.join(COLOURS)}: a plane each" if is_colour else "")
        for frame, part in zip(self._frames, (*self.parts(), *(None,) * MOST_PARTS), strict=False):
            frame.show_part(part)


class PartFrame(QWidget):
    """Slots under their title: `view`, and `second` below it where slots hold two values.

    Attribute `sign`: what stands before.
    """

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self.view = SlotView(viewing, theme)
        self.second = SlotView(viewing, theme, part=1)
        self.sign: QLabel = label("", "story", "muted")
        self._title = label("", "strong")
        self._count = label("", "caption", "muted")
        column = QVBoxLayout(self)
        theme.space(column, gap=1)
        column.addWidget(self._title)
        column.addWidget(self.view, 1)
        column.addWidget(self.second, 1)
        column.addWidget(self._count)
        self._viewing = viewing
        self._part: PartOfStep | None = None
        viewing.pointed.connect(self._tell)

    def show_part(self, part: PartOfStep | None) -> None:
        """Show another part of a step, or none."""
        _show_or_hide(self, part is not None)
        _show_or_hide(self.sign, part is not None and bool(part.sign))
        if part is not None:
            self.sign.setText(part.sign)
            self._title.setText(part.title)
            self.view.show_slots(part.shown[0], part.title)
            _show_or_hide(self.second, len(part.shown) > 1)
            for each in part.shown[1:]:
                self.second.show_slots(each, f"{part.title}, the second values of slots")
        self._part = part
        self._tell()

    def _tell(self) -> None:
        """Say what stands in the slot that is pointed at, or how many are used."""
        if self._part is not None:
            self._count.setText(caption(self._part.shown, self._viewing.slot))


def _show_or_hide(widget: QWidget, is_shown: bool) -> None:
    """Change whether a widget is seen; Qt lays everything out again even for nothing."""
    if widget.isHidden() == is_shown:
        widget.setVisible(is_shown)
