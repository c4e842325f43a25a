"""The actions of the playground, made by and listed with all others in `app.actions.window`."""

from collections.abc import Callable

from PySide6.QtGui import QAction


class PlaygroundActions:
    """The actions as attributes; none can be used until the view of the playground exists."""

    def __init__(self, add: Callable[..., QAction]) -> None:
        self.encrypt = add("Encrypt", "Alt+N", "Encrypt the numbers and send them to the cloud")
        self.add = add("Add", "Alt+A", "Add slot by slot")
        self.subtract = add("Subtract", "Alt+B", "Subtract slot by slot")
        self.multiply = add("Multiply", "Alt+M", "Multiply slot by slot")
        self.rotate = add("Rotate", "Alt+T", "Move every slot to the left, or to the right below 0")
        self.relinearize = add(
            "Relinearise", "Alt+L", "Bring three polynomials back to two, with a key"
        )
        self.rescale = add("Rescale", "Alt+X", "Divide by the last prime and drop it")
        self.mod_switch = add("Mod switch", "Alt+O", "Drop the last prime and keep the scale")
        self.set_scale = add("Set scale", "Alt+K", "Say that the scale is the setting's")
        self.decrypt = add("Decrypt", "Alt+Y", "Show on your side what is in the value")
        self.remedy = add("Do what would work", "Alt+Return", "Do what was refused another way")
        self.next_step = add("Next step", "Alt+Right", "Take the lesson's next step")
        self.undo = add("Undo step", "Alt+Backspace", "Take back the last step", "undo")
        self.redo = add("Redo step", "Shift+Alt+Backspace", "Take the step again", "redo")
        self.start_over = add("Start over", "Alt+Q", "Begin without values")
        self.copy_line = add("Copy line", "Alt+J", "Copy the Python of the last step")
        self.copy_script = add("Copy script", "Alt+I", "Copy the whole program as Python")
        for action in self.all():
            action.setEnabled(False)

    def operations(self) -> list[QAction]:
        """Return the actions that compute."""
        return [
            self.encrypt, self.add, self.subtract, self.multiply, self.rotate, self.relinearize,
            self.rescale, self.mod_switch, self.set_scale, self.decrypt,
        ]  # fmt: skip

    def all(self) -> list[QAction]:
        """Return every action of the view."""
        return [action for action in self.menu() if action is not None]

    def menu(self) -> list[QAction | None]:
        """Return the actions as a menu shows them; None is a line between them."""
        steps = [self.remedy, self.next_step, self.undo, self.redo, self.start_over]
        return [*self.operations(), None, *steps, None, self.copy_line, self.copy_script]
