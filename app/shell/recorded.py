"""The window with a recorded run in place of the engine, for a talk on a machine that fails.

It says so wherever it is shown, and answers nothing but the picture that the run was made of.
"""

import functools
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.present.stand.recorded_run import SAMPLE, bundled_story
from app.shell.launch import forgetful_paths, make_application, make_window, show_window
from app.shell.main_window import MainWindow
from engine.data_sets.preparation import FIRST_DATASET
from engine.planning.forecast import forecast


def make_recorded_window(application: QApplication) -> MainWindow:
    """Return a window with the recorded run, not yet shown; raise OSError or ValueError."""
    story = bundled_story()
    return make_window(
        application,
        forgetful_paths(),
        story.factory,
        functools.partial(forecast, costs=story.recording.costs),
        is_recorded=True,
    )


def run_recorded() -> int:
    """Show the recorded run in a window until it is closed; return the exit code."""
    application = make_application()
    try:
        window = make_recorded_window(application)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"The recorded run cannot be read: {error}\n")
        return 1
    QTimer.singleShot(0, lambda: window.program.pictures.draw_sample(SAMPLE, FIRST_DATASET))
    return show_window(application, window)
