"""What can be done with past runs: the actions of the Compare view."""

from collections.abc import Callable

from PySide6.QtGui import QAction


class RunActions:
    """The actions as attributes; the Compare view connects them and enables what is possible."""

    def __init__(self, add: Callable[..., QAction]) -> None:
        self.find = add("Find runs", "Ctrl+Shift+F", "Filter the runs by words")
        self.pin = add("Pin", "Ctrl+Shift+P", "Keep the selected runs on top, or no longer", "pin")
        self.delete = add("Delete", "Del", "Delete the selected runs", "clear")
        self.restore = add(
            "Undo delete", "Ctrl+Shift+Del", "Bring back the runs that were deleted last", "undo"
        )
        self.rerun = add(
            "Run again",
            "Ctrl+Shift+R",
            "Classify the same picture with the same settings; if the model is a cloud's secret, "
            "connected to that cloud",
            "redo",
        )
        self.copy_command = add(
            "Copy command", "Ctrl+Shift+C", "Copy the command line that repeats the run", "paste"
        )
        self.export = add(
            "Export runs\u2026", "Ctrl+Shift+X", "Save the selected runs, or all, as CSV or JSON"
        )
        self.take_along = add(
            "Save as page\u2026",
            "Ctrl+Shift+W",
            "Save the selected run as a page or an animated picture to take along",
        )
        self.save_plots = add("Save plots\u2026", "Ctrl+Shift+S", "Save the plots as SVG or PNG")
        for action in self.all():
            action.setEnabled(False)

    def all(self) -> list[QAction]:
        """Return every action of the view."""
        return [action for action in self.menu() if action is not None]

    def menu(self) -> list[QAction | None]:
        """Return the actions as a menu shows them; None is a line between them."""
        return [
            self.find, None,
            self.pin, self.delete, self.restore, None,
            self.rerun, self.copy_command, None,
            self.export, self.take_along, self.save_plots,
        ]  # fmt: skip
