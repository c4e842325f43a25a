"""The actions of the view of a run's inside, made by and listed in `app.actions.window`."""

from collections.abc import Callable

from PySide6.QtGui import QAction


class InsideActions:
    """The actions as attributes; none can be used until the view exists."""

    def __init__(self, add: Callable[..., QAction]) -> None:
        self.first = add("First step", "Ctrl+Home", "Go to the first step", "first")
        self.back = add("Step back", "Ctrl+Left", "Go to the step before", "back")
        self.play = add("Play or pause", "Ctrl+P", "Let the steps follow one another", "play")
        self.forward = add("Step on", "Ctrl+Right", "Go to the next step", "forward")
        self.last = add("Last step", "Ctrl+End", "Go to the last step", "last")
        self.previous_stage = add("Stage back", "Alt+PgUp", "Go to the stage before")
        self.next_stage = add("Stage on", "Alt+PgDown", "Go to the next stage")
        self.faster = add("Faster", "Ctrl+Up", "Play faster")
        self.slower = add("Slower", "Ctrl+Down", "Play slower")
        self.nearer = add("Nearer", "Ctrl++", "See fewer slots, larger")
        self.farther = add("Farther", "Ctrl+-", "See more slots")
        self.decrypted = add(
            "Show decrypted",
            "Ctrl+Shift+D",
            "See what is really in the ciphertexts, beside clear values",
        )
        self.decrypted.setCheckable(True)
        self.export = add("Export the step\u2026", "Ctrl+Shift+E", "Save the step as SVG or PNG")
        for action in self.listed():
            if action is not None:
                action.setEnabled(False)

    def listed(self) -> list[QAction | None]:
        """Return the actions as their menu has them; None is a line."""
        steps = [self.first, self.back, self.play, self.forward, self.last]
        ways = [self.previous_stage, self.next_stage, self.faster, self.slower]
        return [
            *steps, None, *ways, None, self.nearer, self.farther, None, self.decrypted, self.export,
        ]  # fmt: skip
