"""The actions of the sweep's view, made by and listed with all others in `app.actions.window`."""

from collections.abc import Callable

from PySide6.QtGui import QAction

from app.state.poster_graphs import PRESETS


class SweepActions:
    """The actions as attributes; none can be used until the view of the sweep exists."""

    def __init__(self, add: Callable[[str, str, str], QAction]) -> None:
        self.start = add("Start or resume", "Ctrl+Alt+S", "Measure the chosen points")
        self.pause = add("Pause", "Ctrl+Alt+P", "Stop the sweep for now")
        self.cancel = add("Cancel the sweep", "Ctrl+Alt+X", "Stop the sweep; its rows are kept")
        self.presets = [
            add(f"Poster: {preset.title}", f"Ctrl+Alt+{place}", preset.explanation)
            for place, preset in enumerate(PRESETS, start=1)
        ]
        self.next_protocol = add(
            "Next protocol of the sweep", "Ctrl+Alt+R", "Measure in one shot, or with refreshes"
        )
        self.next_chain = add(
            "Next chain of the sweep", "Ctrl+Alt+H", "Measure with the engine's or poster's chain"
        )
        self.use = add(
            "Use this setting", "Ctrl+Alt+U", "Draw with the setting of the selected point"
        )
        self.copy = add(
            "Copy command", "Ctrl+Alt+C", "Copy the command that measures the selected point"
        )
        self.export = add(
            "Export the sweep\u2026", "Ctrl+Alt+E", "Save the sweep as CSV, JSON, PNG or SVG"
        )
        for action in self.listed():
            if action is not None:
                action.setEnabled(False)

    def listed(self) -> list[QAction | None]:
        """Return the actions as their menu has them; None is a line."""
        runs = [self.start, self.pause, self.cancel]
        ways = [self.next_protocol, self.next_chain]
        last = [self.use, self.copy, self.export]
        return [*runs, None, *self.presets, None, *ways, None, *last]
