"""Makes the application, the program and the window, in the order that shows something soonest."""

import signal
import sys
import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.compare.store import default_store_path
from app.kit.theme import Theme
from app.link.crash import CrashReporter, default_log_path
from app.link.session import SessionFactory, open_session
from app.settings.choices import Forecaster
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.shell.preferences import Preferences, default_path, load_preferences
from app.shell.program import Program
from engine.ckks.parameters import Settings
from engine.planning.forecast import Forecast, Refusal

SIGNAL_POLL_MS = 250


def default_paths() -> Paths:
    """Return the places that the platform has for them."""
    return Paths(default_log_path(), default_path(), default_store_path())


def forgetful_paths() -> Paths:
    """Return places for a window that leaves nothing behind but its log."""
    return Paths(default_log_path(), None)


def real_forecast(settings: Settings) -> Forecast | Refusal:
    """Ask the engine; its planner is imported here, after the first window is shown."""
    from engine.planning.forecast import forecast  # noqa: PLC0415 - see above

    return forecast(settings)


def make_application() -> QApplication:
    """Return the one application object."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    # Every point of a fast pen counts.
    application.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, on=False)
    application.setApplicationName("CipherSketch")
    application.setDesktopFileName("ciphersketch")
    return application


def make_window(
    application: QApplication,
    paths: Paths,
    factory: SessionFactory = open_session,
    forecaster: Forecaster = real_forecast,
    *,
    is_recorded: bool = False,
) -> MainWindow:
    """Return the window, not yet shown, with everything behind it."""
    reporter = CrashReporter(paths.log)
    preferences, complaint = Preferences(), ""
    if paths.preferences is not None:
        preferences, complaint = load_preferences(paths.preferences)
    program = Program(preferences.settings, factory, forecaster, reporter, paths)
    window = MainWindow(program, Theme(application), preferences)
    if is_recorded:
        program.state.set_recorded(is_recorded=True)
    if complaint:
        window.notices.tell(complaint)
    return window


def run_window(until_painted: bool = False) -> int:
    """Show the window until it is closed, or only until its first paint; return the exit code."""
    application = make_application()
    paths = forgetful_paths() if until_painted else default_paths()
    return show_window(application, make_window(application, paths), until_painted)


def show_window(application: QApplication, window: MainWindow, until_painted: bool = False) -> int:
    """Show a window until it is closed, or only until its first paint; return the exit code."""
    window.program.reporter.install()
    if until_painted:
        window.painted.connect(_tell_time, Qt.ConnectionType.SingleShotConnection)
        window.painted.connect(window.close, Qt.ConnectionType.QueuedConnection)
    else:
        QTimer.singleShot(0, window.program.start)
        QTimer.singleShot(0, window.shows.offer_tour)
        window.program.preloading.loaded.connect(window.opening.warm_up)
        _close_on_signals(window)
    window.show()
    code = application.exec()
    window.program.close()
    window.program.reporter.uninstall()
    return code


def _tell_time() -> None:
    sys.stdout.write(f"{time.time()}\n")


def _close_on_signals(window: MainWindow) -> None:
    """Close the window on Ctrl+C and SIGTERM, so that no process is left."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: window.close())
    wake = QTimer(window, interval=SIGNAL_POLL_MS)  # Python handles signals between Qt's events
    wake.timeout.connect(lambda: None)
    wake.start()
