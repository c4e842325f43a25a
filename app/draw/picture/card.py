"""The card where a picture comes from: canvas, what the network sees of it, brush, loading."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout

from app.actions.window import Actions
from app.draw.picture.canvas import Canvas, Colour
from app.draw.picture.colours import Colours
from app.draw.picture.preview import Preview
from app.kit.basics import icon_button, label, set_tone, text_button
from app.kit.theme import Theme
from app.state.everything import AppState

BRUSH_RANGE = (12, 45)
"""Brush widths, in tenths of a pixel of the network's 28."""


class PictureCard(QFrame):
    """Puts canvas, preview and tools together.

    Attribute: `canvas`. Signal `brush_changed(tenths)`.
    """

    brush_changed = Signal(int)

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Picture")
        self._state = state
        self.canvas = Canvas(state, theme)
        self._preview = Preview(state, theme)
        self._message = self._make_message()
        self._brush = self._make_brush()
        self._brush_name = label("Brush", "caption")
        self._colours = Colours(theme)
        self._colours.chosen.connect(self._use_colour)
        self._arrange(theme, actions)
        state.drawn.message_changed.connect(self._show_message)
        state.chosen.changed.connect(self._follow_network)
        self._follow_network()

    def _make_message(self) -> QLabel:
        """Return the place for a sentence: over the foot of the canvas, in nobody's way."""
        message = label("", "note", "danger", wrap=True)
        message.setParent(self.canvas)
        message.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        message.hide()
        return message

    def _make_brush(self) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(*BRUSH_RANGE)
        slider.setAccessibleName("Brush width")
        slider.setToolTip("Brush width; the strokes of MNIST's digits are 2 to 3 pixels wide")
        slider.valueChanged.connect(self._use_brush)
        return slider

    def _arrange(self, theme: Theme, actions: Actions) -> None:
        theme.fix(self.canvas, 51.5, 51.5)
        theme.fix(self._preview, 28, 28)
        grid = QGridLayout(self)
        theme.space(grid, margin=3, gap=2)
        grid.addWidget(label("Your picture", "title", "clear"), 0, 0)
        grid.addWidget(label("The network sees", "caption"), 0, 1, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(self.canvas, 1, 0)
        side = QVBoxLayout()
        theme.space(side, gap=2)
        side.addWidget(self._preview)
        side.addStretch()
        side.addWidget(self._brush_name)
        side.addWidget(self._brush)
        side.addWidget(self._colours)
        tools = QHBoxLayout()
        theme.space(tools, gap=1)
        for action in (actions.undo, actions.redo, actions.clear):
            tools.addWidget(icon_button(action, theme))
        side.addLayout(tools)
        grid.addLayout(side, 1, 1)
        sources = QHBoxLayout()
        theme.space(sources, gap=2)
        for action in (actions.open, actions.paste, actions.samples):
            sources.addWidget(text_button(action, theme), 1)
        grid.addLayout(sources, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)

    def set_brush(self, tenths: int) -> None:
        """Set the brush width in tenths of a pixel of the network's 28."""
        self._brush.setValue(tenths)
        self._use_brush(self._brush.value())

    def brush(self) -> int:
        """Return the brush width in tenths of a pixel of the network's 28."""
        return self._brush.value()

    def change_brush(self, step: int) -> None:
        """Make the brush wider or narrower."""
        self._brush.setValue(self._brush.value() + step)

    def _use_brush(self, tenths: int) -> None:
        self.canvas.brush_width = tenths / 280
        self.brush_changed.emit(tenths)

    def _follow_network(self) -> None:
        """Offer colours to a network that sees them, and ink to any other."""
        in_colour = self._state.chosen.shape[0] == 3
        self._colours.setVisible(in_colour)
        self._brush_name.setVisible(not in_colour)  # there is room for one of them
        self._use_colour(self._colours.colour if in_colour else None)

    def _use_colour(self, colour: Colour | None) -> None:
        self.canvas.colour = colour

    def _show_message(self) -> None:
        message = self._state.drawn.message
        self._message.setText(message.text)
        set_tone(self._message, message.tone.value)
        self._message.setVisible(bool(message.text))
        width = self.canvas.width() - 4
        height = self._message.heightForWidth(width)
        self._message.setGeometry(2, self.canvas.height() - height - 2, width, height)
