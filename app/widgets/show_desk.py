"""Opens and closes what is shown over or beside the window: the presentation and the stand's loop.

The full-screen view is made when it is first wanted, so that the window starts quickly.
"""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from app.actions import Actions
from app.program import Program
from app.theme import Theme
from app.widgets.canvas import Canvas
from app.widgets.presentation_window import PresentationWindow


class ShowDesk(QObject):
    """Attribute: `presentation`, the full-screen view or None before it was first wanted."""

    def __init__(
        self, window: QMainWindow, program: Program, theme: Theme, actions: Actions, canvas: Canvas
    ) -> None:
        super().__init__(window)
        self._window = window
        self._program = program
        self._theme = theme
        self._actions = actions
        self._canvas = canvas
        self.presentation: PresentationWindow | None = None
        actions.present.toggled.connect(program.presentation.turn)
        actions.stand.triggered.connect(program.stand.start)
        program.presentation.turned.connect(self._turn)

    def _turn(self, on: bool) -> None:
        self._actions.present.setChecked(on)
        if on:
            self._program.live.turn(on=False)
            self._open()
        elif self.presentation is not None:
            self.presentation.hide()
            self._window.activateWindow()

    def _open(self) -> None:
        if self.presentation is None:
            self.presentation = self._make()
        view = self.presentation
        view.theme.use(self._theme.palette)
        view.draw.canvas.brush_width = self._canvas.brush_width
        view.setGeometry(self._window.screen().geometry())
        view.showFullScreen()
        view.activateWindow()

    def _make(self) -> PresentationWindow:
        program, actions = self._program, self._actions
        view = PresentationWindow(program.state, program.presentation, program.stand, self._window)
        view.addActions([actions.present, actions.stand, actions.undo, actions.redo, actions.clear])
        view.left.connect(lambda: program.presentation.turn(on=False))
        view.draw.canvas.changing.connect(program.pictures.preview)
        view.draw.canvas.drawn.connect(program.pictures.draw)
        self._theme.changed.connect(lambda: view.theme.use(self._theme.palette))
        return view
