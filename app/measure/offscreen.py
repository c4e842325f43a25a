"""The window without a display: the same path, drawn into a picture file."""

# ruff: noqa: T201 - printing is what a command line does

import sys
from pathlib import Path

from app.draw.picture.samples import sample_strokes
from app.kit.palette import PALETTES
from app.kit.wording import settings_text, size_text, time_text
from app.measure.rehearsal import Rehearsal, RehearsalError
from app.shell.launch import forgetful_paths, make_application, make_window
from app.shell.main_window import MainWindow
from app.state.records import StageState
from engine.planning.forecast import Forecast
from engine.session.events import Classification, StageFinished

SAMPLE = "3-mouse.png"
SCREENSHOT = Path("ciphersketch.png")
SETTLE_MS = 600
"""Long enough for the ciphertext's tile to arrive."""


def take_screenshot(file: Path, size: tuple[int, int], theme: str) -> int:
    """Classify a drawing for real and save a picture of the window; return the exit code."""
    return _perform(file, size, theme, talk=False)


def run_without_display(reason: str) -> int:
    """Do what the window does, in words; return the exit code."""
    print(reason)
    print("Meanwhile the same run without a window:")
    return _perform(SCREENSHOT, (1280, 720), "light", talk=True)


def _perform(file: Path, size: tuple[int, int], theme: str, talk: bool) -> int:
    window = make_window(make_application(), forgetful_paths())
    window.program.reporter.install()
    window.theme.use(PALETTES[theme])
    window.resize(*size)
    window.show()
    window.program.start()
    try:
        return _rehearse(window, file, talk)
    except RehearsalError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        window.close()
        window.program.reporter.uninstall()


def _rehearse(window: MainWindow, file: Path, talk: bool) -> int:
    rehearsal = Rehearsal(window)
    rehearsal.wait_until_ready()
    rehearsal.draw(sample_strokes(SAMPLE))
    rehearsal.classify()
    rehearsal.pause(SETTLE_MS)
    state = window.program.state
    if talk and state.run.result is not None and isinstance(state.chosen.forecast, Forecast):
        _tell(state.run.result, state.chosen.forecast, state.run.stages["keys"])
    if not window.grab().save(str(file)):
        print(f"The picture of the window cannot be written to {file}.", file=sys.stderr)
        return 1
    if talk:
        print(f"A picture of the window is in {file.resolve()}")
    return 0


def _tell(result: Classification, forecast: Forecast, keys: StageState) -> None:
    print(f"Drawn: {SAMPLE}; {settings_text(result.settings)}")
    finished = {stage.key: stage for stage in result.stages}
    finished["keys"] = StageFinished("keys", keys.seconds, keys.wire_bytes, 0)
    sides = {"client": "you", "cloud": "cloud", "wire": "wire"}
    for info in forecast.stages:
        if info.key in finished:
            stage = finished[info.key]
            size = size_text(stage.wire_bytes) if stage.wire_bytes else ""
            print(f"  {sides[info.side]:<6}{info.title:<12}{time_text(stage.seconds):>8}  {size}")
    answer, clear = result.classes[result.prediction], result.classes[result.clear_prediction]
    print(
        f"Answer: {answer} encrypted, {clear} clear; largest difference "
        f"{result.largest_difference:.2g}; {time_text(result.total_seconds)} in all"
    )
