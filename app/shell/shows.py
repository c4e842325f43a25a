"""Turns the shows on and off: live mode, the presentation, the stand's loop, the tour.

What they are shown on is made when it is first wanted, so that the window starts quickly.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from app.actions.window import Actions
from app.check.machine import surroundings
from app.check.page import CheckPage
from app.draw.view import DrawView
from app.kit.overlay import hide_pages
from app.kit.save_dialog import ask_where_to_save
from app.kit.theme import Theme
from app.present.speaker import SpeakerView
from app.present.talk.file import ENDING
from app.present.talk.page import TalkPage
from app.present.window import PresentationWindow
from app.shell.program import Program
from app.tour.coach_marks import CoachMarks

SPEAKER_ZOOM = 1.375
"""How much larger the speaker's view is than the window: it is read while standing."""


class Shows(QObject):
    """Attributes: `presentation`, on the full screen; `coach`, the marks of the tour.

    The pages `check` and `talk` are for before a talk; with a projector there is also `speaker`,
    the view beside the story. Each is None before it was first wanted. `screens` returns those
    that there are.
    """

    def __init__(
        self, window: QMainWindow, program: Program, theme: Theme, actions: Actions, draw: DrawView
    ) -> None:
        super().__init__(window)
        self._window = window
        self._program = program
        self._theme = theme
        self._actions = actions
        self._draw = draw
        self.presentation: PresentationWindow | None = None
        self.coach: CoachMarks | None = None
        self.check: CheckPage | None = None
        self.talk: TalkPage | None = None
        self.speaker: SpeakerView | None = None
        self.screens: Callable[[], Sequence[QScreen]] = QGuiApplication.screens
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenAdded.connect(self.follow_screens)
        application.screenRemoved.connect(self.follow_screens)
        self._escape: QShortcut | None = None
        actions.live.toggled.connect(program.live.turn)
        actions.present.toggled.connect(program.presentation.turn)
        actions.stand.triggered.connect(program.stand.start)
        actions.tour.triggered.connect(self._tour)
        actions.check.triggered.connect(self._check)
        actions.prepare_talk.triggered.connect(self._prepare)
        program.presentation.turned.connect(self._turn)
        program.tour.changed.connect(self._share_escape)

    def offer_tour(self) -> None:
        """Show the tour to who has never seen it."""
        if not self._program.tour.is_seen:
            self._tour()

    def _tour(self) -> None:
        tour = self._program.tour
        if self.coach is None:
            self.coach = CoachMarks(tour, self._theme, self._draw, self._room())
            self._theme.dress(self.coach.card)
            self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._draw)
            self._escape.activated.connect(tour.end)
            self._actions.cancel.enabledChanged.connect(self._share_escape)
        hide_pages(self._room())
        tour.start()

    def _room(self) -> QWidget:
        room = self._window.centralWidget()
        assert room is not None
        return room

    def _check(self) -> None:
        if self.check is None:
            self.check = CheckPage(self._theme, self._room())
            self._theme.dress(self.check)
            self.check.again.clicked.connect(self._check)
        self.check.check(surroundings(self._program.state.cloud.address))

    def _prepare(self) -> None:
        if self.talk is None:
            program = self._program
            self.talk = TalkPage(
                program.state, program.presentation, program.notes, self._theme, self._room()
            )
            self._theme.dress(self.talk)
            self.talk.save.clicked.connect(self._save)
        self.talk.open_page()

    def _save(self) -> None:
        kinds = [f"Talks (*{ENDING})"]
        ask_where_to_save(self._window, "Save the talk", "talk", kinds, self._program.talks.save)

    def follow_screens(self) -> None:
        """Show everything where it belongs after a screen has come or gone."""
        self._place()

    def close(self) -> None:
        """End what is going on."""
        if self.check is not None:
            self.check.close_page()

    def _share_escape(self) -> None:
        """Let Esc end the tour while it is shown, unless there is a run to stop first."""
        if self._escape is not None:
            shown = self._program.tour.stop is not None
            self._escape.setEnabled(shown and not self._actions.cancel.isEnabled())

    def _turn(self, on: bool) -> None:
        self._actions.present.setChecked(on)
        if on:
            self._program.live.turn(on=False)
            self._open()
        elif self.presentation is not None:
            self._hide_speaker()
            self.presentation.hide()
            self._window.activateWindow()

    def _open(self) -> None:
        if self.presentation is None:
            self.presentation = self._make()
        view = self.presentation
        view.theme.use(self._theme.palette)
        view.draw.canvas.brush_width = self._draw.picture_card.canvas.brush_width
        self._place()

    def _place(self) -> None:
        """Show the story on the projector, if there is one, and here what the speaker needs."""
        view, here = self.presentation, self._window.screen()
        if view is None or not self._program.presentation.is_on:
            return
        others = [each for each in self.screens() if each is not here]
        alone = not others or self._program.stand.is_running
        stage = here if alone else others[0]
        view.setScreen(stage)
        view.setGeometry(stage.geometry())
        view.showFullScreen()
        if alone:
            self._hide_speaker()
            view.activateWindow()
            return
        if self.speaker is None:
            program = self._program
            self.speaker = SpeakerView(
                program.presentation, program.notes, view, program.stand_in, program.state,
                self._window,
            )  # fmt: skip
        self.speaker.theme.use(self._theme.palette)
        self.speaker.theme.scale_to(SPEAKER_ZOOM * self._theme.scale)
        self.speaker.setScreen(here)
        self.speaker.setGeometry(here.availableGeometry())
        self.speaker.showMaximized()  # with its frame inside the screen
        self.speaker.activateWindow()

    def _hide_speaker(self) -> None:
        if self.speaker is not None:
            self.speaker.hide()

    def _make(self) -> PresentationWindow:
        program, actions = self._program, self._actions
        view = PresentationWindow(
            program.state,
            program.presentation,
            program.stand,
            program.viewing,
            program.revealing,
            program.stand_in,
            self._window,
        )
        view.addActions([actions.present, actions.stand, actions.undo, actions.redo, actions.clear])
        view.left.connect(lambda: program.presentation.turn(on=False))
        view.draw.canvas.changing.connect(program.pictures.preview)
        view.draw.canvas.drawn.connect(program.pictures.draw)
        self._theme.changed.connect(lambda: view.theme.use(self._theme.palette))
        return view
