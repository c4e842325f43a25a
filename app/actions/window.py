"""Every action of the window: one place for its name, key, tooltip and menu."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.actions.inside import InsideActions
from app.actions.playground import PlaygroundActions
from app.actions.runs import RunActions
from app.actions.sweeps import SweepActions
from app.actions.views import VIEWS
from app.kit.theme import Theme
from app.state.presets import MOST_ERRORS, PRESETS
from engine.ckks.parameters import POLY_MODULUS_DEGREES


class Actions(QObject):
    """The actions as attributes; whoever can do what they ask connects their `triggered`.

    `drawing` are those whose outcome is seen where one draws, `proving` those that need a run to
    try something on, `proofs` those of the Prove view.
    """

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._icons: dict[QAction, tuple[str, str]] = {}
        self.open = self._add(
            "Open\u2026", "Ctrl+O", "Load a picture, or a network as an ONNX file", "open"
        )
        self.paste = self._add("Paste", "Ctrl+V", "Paste a picture or a copied file", "paste")
        self.samples = self._add("Samples", "Ctrl+G", "Choose a sample picture", "gallery")
        self.take_along = self._add(
            "Save the last run\u2026", "Ctrl+S", "Save it as a page or an animated picture"
        )
        self.take_along.setEnabled(False)
        self.quit = self._add("Quit", "Ctrl+Q", "End the program")
        self.undo = self._add("Undo", "Ctrl+Z", "Take back the last change", "undo")
        self.redo = self._add("Redo", "Ctrl+Shift+Z", "Bring back what was undone", "redo")
        self.clear = self._add("Clear", "Ctrl+Backspace", "Empty the canvas", "clear")
        self.wider = self._add("Wider brush", "]", "Make the brush wider")
        self.narrower = self._add("Narrower brush", "[", "Make the brush narrower")
        self.classify = self._add(
            "Classify encrypted", "Ctrl+Return", "Encrypt the picture and have it classified"
        )
        self.cloud = self._add(
            "Cloud\u2026",
            "Ctrl+J",
            "Say where the cloud is: this computer, or another machine",
            "cloud",
        )
        self.cancel = self._add("Cancel", "Esc", "Stop the run, or end live mode")
        self.encrypt_again = self._add(
            "Encrypt again", "Ctrl+E", "Encrypt the same picture again and compare the bytes"
        )
        self.wrong_key = self._add(
            "Use a wrong key", "Ctrl+K", "See what the result is without the right key"
        )
        self._add_proofs()
        self.suggestion = self._add(
            "Use the suggested setting", "Ctrl+U", "Take the nearest setting that works"
        )
        self.presets = [
            self._add(preset.title, f"Ctrl+{place}", preset.explanation)
            for place, preset in enumerate(PRESETS, start=1)
        ]
        self.degrees = [
            self._add(f"N = {degree}", f"Alt+{place}", f"Poly modulus degree {degree}")
            for place, degree in enumerate(POLY_MODULUS_DEGREES, start=1)
        ]
        self.more_bits = self._add("Larger bit scale", "Ctrl+.", "One bit more")
        self.fewer_bits = self._add("Smaller bit scale", "Ctrl+,", "One bit less")
        self.next_network = self._add("Next network", "Ctrl+N", "Choose the next network")
        self.next_protocol = self._add(
            "Next protocol", "Ctrl+Shift+N", "Change between one shot and refresh"
        )
        self.classify_sample = self._add(
            "Classify this", "Ctrl+Shift+Return", "Classify the selected test picture encrypted"
        )
        self.find_sample = self._add("Find by number", "Ctrl+F", "Go to a test picture")
        self.sweep = SweepActions(self._add)
        self.download = self._add("Download the data set", "Ctrl+D", "Fetch its official files")
        for action in (self.classify_sample, self.find_sample, self.download):
            action.setEnabled(False)  # until the view of the data sets exists
        self._add_shows()
        self.reduce_motion = self._add("Reduce motion", "Ctrl+M", "Let nothing on the window move")
        self.reduce_motion.setCheckable(True)
        self._add_choices()
        self._add_within()
        self.runs = RunActions(self._add)
        self.playground = PlaygroundActions(self._add)
        self.inside = InsideActions(self._add)
        self.show_help = self._add(
            "Help", "F1", "The way through the program, every term and every key"
        )
        self.prepare_talk = self._add(
            "Prepare a talk", "Ctrl+Alt+T", "Its steps, notes and drawings; saved in one file"
        )
        self.check = self._add(
            "Check before a talk", "Ctrl+Shift+F11", "Try out what a talk needs on this machine"
        )
        self.show_lessons = self._add(
            "Lessons", "Ctrl+F1", "Six lessons with their results, and a page for teachers"
        )
        theme.apply(self, self._restyle)

    def _add_choices(self) -> None:
        self.views = QActionGroup(self)
        for view in VIEWS:
            action = self._add(view.title, view.shortcut, view.explanation)
            action.setCheckable(True)
            action.setData(view.key)
            self.views.addAction(action)
        self.mark_view(VIEWS[0].key)
        self.themes = QActionGroup(self)
        for name, key in (("system", "Ctrl+F8"), ("light", "Ctrl+F9"), ("dark", "Ctrl+F10")):
            action = self._add(f"{name.capitalize()} colours", key, f"Use {name} colours")
            action.setCheckable(True)
            action.setData(name)
            self.themes.addAction(action)

    def _add_within(self) -> None:
        self.within = QActionGroup(self)
        for place, share in enumerate(MOST_ERRORS, start=1):
            action = self._add(
                f"Fastest within {100 * share:g} %",
                f"Alt+Shift+{place}",
                "The fastest setting whose expected error is at most this",
            )
            action.setData(share)
            self.within.addAction(action)

    def _add_shows(self) -> None:
        self.live = self._add("Live", "Ctrl+L", "Classify encrypted while you draw")
        self.live.setCheckable(True)
        self.present = self._add("Present", "F11", "Tell the story step by step on the full screen")
        self.present.setCheckable(True)
        self.present.setShortcuts([self.present.shortcut(), QKeySequence("Shift+F5")])  # remotes
        self.stand = self._add(
            "Run by itself", "Shift+F11", "Present for a stand: draw and tell until someone comes"
        )
        self.tour = self._add("Take the tour", "Shift+F1", "Be shown the parts of the window")
        self.drawing = (
            self.open, self.paste, self.samples, self.live, self.tour,
        )  # fmt: skip

    def _add_proofs(self) -> None:
        self.cloud_try = self._add(
            "Let the cloud try", "Ctrl+T", "Ask the cloud to decrypt what it was sent"
        )
        self.flip_bit = self._add(
            "Flip this bit", "Ctrl+B", "Flip the chosen bit of the ciphertext on its way"
        )
        self.flip_random_bit = self._add(
            "Flip a random bit", "Ctrl+Shift+B", "Flip any bit of the ciphertext on its way"
        )
        self.proving = (
            self.encrypt_again, self.wrong_key, self.cloud_try, self.flip_bit, self.flip_random_bit,
        )  # fmt: skip
        self.next_proof = self._add("Next proof", "Ctrl+PgDown", "Turn to the next proof")
        self.previous_proof = self._add("Previous proof", "Ctrl+PgUp", "Turn to the proof before")
        self.export_log = self._add(
            "Export the message log\u2026", "Ctrl+Shift+L", "Save the message log as CSV or JSON"
        )
        self.record_wire = self._add(
            "Record the wire\u2026",
            "Ctrl+Alt+W",
            "Write what crosses to a cloud elsewhere to a file",
        )
        self.record_wire.setEnabled(False)
        self.open_wire = self._add(
            "Open a recording\u2026", "Ctrl+Alt+O", "Look at a recording of what crossed"
        )
        self.proofs = QActionGroup(self)
        self.proofs.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for action in (
            self.cloud_try, self.flip_bit, self.flip_random_bit, self.next_proof,
            self.previous_proof, self.export_log, self.record_wire, self.open_wire,
        ):  # fmt: skip
            self.proofs.addAction(action)

    def _add(self, text: str, key: str, tip: str, icon: str = "") -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setIconText(text.rstrip("\u2026"))
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({shown})")
        action.setIconVisibleInMenu(False)
        self._window.addAction(action)
        if icon:
            self._icons[action] = (icon, "text")
        return action

    def view(self, key: str) -> QAction:
        """Return the action that shows a view."""
        return next(action for action in self.views.actions() if action.data() == key)

    def mark_view(self, key: str) -> None:
        """Check the action of the view that is shown."""
        for action in self.views.actions():
            action.setChecked(action.data() == key)

    def _restyle(self) -> None:
        for action, (icon, color) in self._icons.items():
            action.setIcon(self._theme.icon(icon, color))

    def fill(self, bar: QMenuBar) -> None:
        """Put every action into the menu bar."""
        menus: dict[str, list[QAction | None]] = {
            "&File": [
                self.open,
                self.paste,
                self.samples,
                None,
                self.take_along,
                None,
                self.quit,
            ],
            "&Edit": [self.undo, self.redo, self.clear, None, self.wider, self.narrower],
            "&View": [
                *self.views.actions(),
                None,
                self.present,
                self.stand,
                self.prepare_talk,
                self.check,
                None,
                *self.themes.actions(),
                None,
                self.reduce_motion,
            ],
            "&Run": [self.classify, self.live, self.cancel, None, self.cloud],
            "&Settings": [
                *self.presets,
                None,
                *self.within.actions(),
                None,
                *self.degrees,
                None,
                self.more_bits,
                self.fewer_bits,
                self.next_network,
                self.next_protocol,
                None,
                self.suggestion,
            ],
        }
        for title, actions in menus.items():
            _fill(bar.addMenu(title), actions)
        self._fill_of_views(bar.addMenu("A&ctions"))
        _fill(bar.addMenu("&Help"), [self.tour, self.show_help, self.show_lessons])
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    def _fill_of_views(self, menu: QMenu) -> None:
        """Put what belongs to one view each into a menu of its own, all of them in one."""
        menus: dict[str, list[QAction | None]] = {
            "&Compare": self.runs.menu(),
            "S&weep": self.sweep.listed(),
            "&Data sets": [self.classify_sample, self.find_sample, self.download],
            "&Prove": [
                *self.proving,
                None,
                self.next_proof,
                self.previous_proof,
                None,
                self.export_log,
                self.record_wire,
                self.open_wire,
            ],
            "&Inside": self.inside.listed(),
            "Pla&yground": self.playground.menu(),
        }
        for title, actions in menus.items():
            _fill(menu.addMenu(title), actions)


def _fill(menu: QMenu, actions: list[QAction | None]) -> None:
    """Put actions into a menu; None is a line between them."""
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
