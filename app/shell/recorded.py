"""The window with a recorded run in place of the engine, for a talk on a machine that fails.

It says so wherever it is shown, and answers nothing but the picture that the run was made of.
"""

import functools
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.draw.picture.pictures import network_input
from app.draw.picture.samples import sample_drawing
from app.link.recording import load_recording, session_of
from app.shell.launch import forgetful_paths, make_application, make_window, show_window
from app.shell.main_window import MainWindow
from engine.data_sets.preparation import FIRST_DATASET
from engine.planning.forecast import forecast
from engine.resources import assets_dir

SAMPLE = "3-mouse.png"
"""What the runs of `assets/recording.json.gz` were made of."""
SHAPE = (1, 28, 28)


def make_recorded_window(application: QApplication) -> MainWindow:
    """Return a window with the recorded run, not yet shown; raise OSError or ValueError."""
    recording = load_recording(assets_dir() / "recording.json.gz")
    picture = network_input(sample_drawing(SAMPLE), SHAPE, "mass")
    return make_window(
        application,
        forgetful_paths(),
        session_of(recording, picture),
        functools.partial(forecast, costs=recording.costs),
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
