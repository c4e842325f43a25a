"""The window: puts the parts in their places and connects what is asked to who can do it."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QVBoxLayout, QWidget

from app.actions.window import Actions
from app.cloud.panel import CloudPanel
from app.draw.picture.gallery import Gallery
from app.draw.picture.incoming import pictures_in, take_picture
from app.draw.view import DrawView
from app.help.lessons_page import LessonsPage
from app.help.page import HelpPage
from app.kit.palette import PALETTES
from app.kit.theme import BASE_SIZE, Theme
from app.kit.wording import model_text
from app.link.networks import ENDING
from app.present.talk.file import ENDING as TALK_ENDING
from app.present.talk.file import load_talk
from app.shell.first_size import first_geometry
from app.shell.notice_bar import NoticeBar
from app.shell.opening import ViewOpening
from app.shell.preferences import Preferences
from app.shell.program import Program
from app.shell.shows import Shows
from app.shell.view_stack import ViewBar
from app.state.records import Tone
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import dataset_of
from engine.errors import CipherSketchError
from engine.pictures.images import ENDINGS
from engine.resources import assets_dir

RESIZE_SETTLE_MS = 80


class MainWindow(QMainWindow):
    """The whole window. Signals: `painted` after the first paint, `closed` once it has ended."""

    painted = Signal()
    closed = Signal()

    def __init__(self, program: Program, theme: Theme, preferences: Preferences) -> None:
        super().__init__()
        self.setWindowTitle("CipherSketch")
        self.setWindowIcon(QIcon(str(assets_dir() / "icons" / "app.svg")))
        self.setMinimumSize(QSize(1120, 630))
        self.setAcceptDrops(True)
        self.program = program
        self.theme = theme
        for owned in (program, theme):  # one owner: everything ends with the window, in order
            owned.setParent(self)
        self._theme_name = preferences.theme
        state = program.state
        self.actions_ = Actions(self, theme)
        self.draw = DrawView(state, theme, self.actions_)
        self.opening = ViewOpening(program, theme, self.actions_, self.draw, self)
        self.views = self.opening.stack
        self._content = QWidget()
        self._content.setObjectName("content")
        column = QVBoxLayout(self._content)
        theme.space(column, margin=3, gap=3)
        column.addWidget(self.views, 1)
        self.notices = NoticeBar(state, theme, self.actions_, self._content)  # last for Tab as well
        column.addWidget(self.notices)
        self.setCentralWidget(self._content)
        self.actions_.fill(self.menuBar())
        self.view_bar = ViewBar(self.actions_, theme, self.menuBar())
        self.menuBar().setCornerWidget(self.view_bar)
        self.gallery = Gallery(theme, self._content)
        for part in (self.menuBar(), self.notices, self.gallery):
            theme.dress(part)
        self.shows = Shows(self, program, theme, self.actions_, self.draw)
        self.help: HelpPage | None = None
        self.lessons: LessonsPage | None = None
        self.cloud_panel: CloudPanel | None = None
        self._settle = QTimer(self, singleShot=True, interval=RESIZE_SETTLE_MS)
        self._settle.timeout.connect(self.fit)
        self._connect()
        self._use(preferences)

    def _connect(self) -> None:
        actions, program = self.actions_, self.program
        pictures, choices, runs = program.pictures, program.choices, program.runs
        for action, slot in (
            (actions.open, self._open),
            (actions.paste, self._paste),
            (actions.samples, self._show_gallery),
            (actions.take_along, self._take_along),
            (actions.quit, self.close),
            (actions.undo, pictures.undo),
            (actions.redo, pictures.redo),
            (actions.clear, pictures.clear),
            (actions.wider, self._widen_brush),
            (actions.narrower, self._narrow_brush),
            (actions.classify, runs.classify),
            (actions.cancel, program.cancel),
            (actions.encrypt_again, program.proofs.encrypt_again),
            (actions.wrong_key, program.proofs.use_wrong_key),
            (actions.suggestion, choices.use_suggestion),
            (actions.show_help, self._help),
            (actions.show_lessons, self._lessons),
            (actions.cloud, self._choose_cloud),
        ):
            action.triggered.connect(slot)
        actions.themes.triggered.connect(self._choose_theme)
        actions.reduce_motion.toggled.connect(self._set_reduce_motion)
        self.notices.open_runs.clicked.connect(self.opening.show_compare)
        self.opening.told.connect(self.notices.show_message)
        self.gallery.drawn.connect(pictures.draw_sample)
        self.gallery.chosen.connect(pictures.load_file)
        program.networks.began.connect(self._say)
        program.networks.failed.connect(self._say_error)
        program.networks.imported.connect(self._use_network)
        program.networks.found.connect(choices.change)
        program.state.past.changed.connect(self._enable_taking)
        actions.within.triggered.connect(self._find_setting)
        self.draw.settings_card.chosen.connect(choices.change)
        self.draw.picture_card.canvas.changing.connect(pictures.preview)
        self.draw.picture_card.canvas.drawn.connect(pictures.draw)
        program.reporter.crashed.connect(self.notices.tell)
        program.archive.told.connect(self.notices.tell)
        program.told.connect(self._tell)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)

    # --- preferences

    def _use(self, preferences: Preferences) -> None:
        self.draw.picture_card.set_brush(preferences.brush)
        self.actions_.reduce_motion.setChecked(preferences.reduce_motion)
        self.program.tour.is_seen = preferences.tour_seen
        self.program.clouds.last_where = preferences.cloud
        for action in self.actions_.themes.actions():
            action.setChecked(action.data() == preferences.theme)
        self._follow_system()
        if preferences.geometry:
            self.restoreGeometry(QByteArray(preferences.geometry))
        else:
            available = self.screen().availableGeometry()
            self.setGeometry(first_geometry(available, *BASE_SIZE.toTuple()))
        self.fit()
        self.draw.picture_card.canvas.setFocus()

    def preferences(self) -> Preferences:
        """Return what should survive a restart."""
        return Preferences(
            settings=self.program.state.chosen.settings,
            theme=self._theme_name,
            brush=self.draw.picture_card.brush(),
            reduce_motion=self.actions_.reduce_motion.isChecked(),
            tour_seen=self.program.tour.is_seen,
            cloud=self.program.clouds.last_where,
            geometry=bytes(self.saveGeometry().data()),
        )

    def _choose_theme(self, action: QAction) -> None:
        self._theme_name = action.data()
        self._follow_system()

    def _follow_system(self) -> None:
        name = self._theme_name
        if name == "system":
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
            name = "dark" if dark else "light"
        self.theme.use(PALETTES[name])

    def _set_reduce_motion(self, reduce: bool) -> None:
        self.draw.journey.wire.reduce_motion = reduce

    # --- actions

    def _say(self, sentence: str) -> None:
        self._tell(sentence, Tone.PLAIN)

    def _say_error(self, sentence: str) -> None:
        self._tell(sentence, Tone.ERROR)

    def _use_network(self, settings: Settings) -> None:
        """Choose a network that was just imported."""
        self.draw.settings_card.list_models()
        self.program.choices.change(settings)
        self._say(f"{model_text(settings.model)} is ready and chosen.")

    def _enable_taking(self) -> None:
        self.actions_.take_along.setEnabled(bool(self.program.state.past.runs))

    def _take_along(self) -> None:
        self.program.exports.ask_where_to_take(self.program.state.past.runs[-1], self)

    def _find_setting(self, action: QAction) -> None:
        self.program.networks.find(self.program.state.chosen.settings, action.data())

    def _tell(self, sentence: str, tone: Tone) -> None:
        self.notices.tell(sentence, "", tone)

    def _open(self) -> None:
        dialog = QFileDialog(self, "Open a picture or a network")
        endings = " ".join(f"*.{ending}" for ending in ENDINGS)
        kinds = f"Pictures ({endings})", f"Networks (*{ENDING})", f"Talks (*{TALK_ENDING})"
        dialog.setNameFilters((*kinds, "All files (*)"))
        dialog.fileSelected.connect(self._load_named)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _load_named(self, name: str) -> None:
        self._load(Path(name))

    def _load(self, path: Path) -> None:
        """Take a file: a network if it is one, else a picture."""
        if path.suffix.lower() == ENDING:
            self.program.networks.open_file(path)
        elif path.suffix.lower() == TALK_ENDING:
            self._open_talk(path)
        else:
            self.program.pictures.load_file(path)

    def _open_talk(self, path: Path) -> None:
        try:
            self._say(self.program.talks.open(load_talk(path)))
        except CipherSketchError as error:
            self._say_error(str(error))

    def _paste(self) -> None:
        self._take(QGuiApplication.clipboard().mimeData(), "clipboard")

    def _take(self, data: QMimeData, place: str) -> None:
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self._load(Path(files[0]))
        else:
            take_picture(data, place, self.program.pictures)

    def _show_gallery(self) -> None:
        card = self.draw.picture_card
        corner = card.mapTo(self._content, card.rect().topRight())
        dataset = dataset_of(self.program.state.chosen.settings.model)
        self.gallery.open_at(corner + QPoint(self.theme.px(2), 0), dataset)

    def _widen_brush(self) -> None:
        self.draw.picture_card.change_brush(3)

    def _narrow_brush(self) -> None:
        self.draw.picture_card.change_brush(-3)

    def _help(self) -> None:
        if self.help is None:
            self.help = HelpPage(self.theme, self, self._content)
            self.theme.dress(self.help)
        self.help.open_page()

    def _lessons(self) -> None:
        if self.lessons is None:
            self.lessons = LessonsPage(self.theme, self._content)
            self.theme.dress(self.lessons)
        self.lessons.open_page()

    def _choose_cloud(self) -> None:
        if self.cloud_panel is None:
            program = self.program
            self.cloud_panel = CloudPanel(
                program.state.cloud, program.clouds, self.theme, self._content
            )
            self.theme.dress(self.cloud_panel)
        self.cloud_panel.toggle()

    # --- events

    def fit(self) -> None:
        """Give everything the size that the window has room for."""
        self.theme.fit(self.size())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._settle.start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        super().paintEvent(event)
        self.painted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102 - Qt's
        if pictures_in(event.mimeData()):
            _accept_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102 - Qt's
        self._take(event.mimeData(), "dropped data")
        _accept_copy(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102 - Qt's
        self.program.presentation.turn(on=False)  # a recorded run goes, with its settings
        self.program.save(self.preferences())
        self.hide()
        self.shows.close()
        self.program.close()
        self.closed.emit()
        super().closeEvent(event)


def _accept_copy(event: QDropEvent) -> None:
    event.setDropAction(Qt.DropAction.CopyAction)  # the file stays where it came from
    event.accept()
