"""The program's window in live mode while a mouse draws; tells what it and its processes hold.

Started by `test_live_window.py` on a display of its own.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from held import held
from PySide6.QtGui import QGuiApplication

from app.measure.gap_recorder import GapRecorder
from app.measure.live_bench import Scribbler
from app.measure.rehearsal import Rehearsal
from app.shell.launch import make_application, make_window
from app.shell.paths import Paths

WARM_UP, ANSWERS = 40, 190


def main() -> int:
    folder = Path(sys.argv[1])
    application = make_application()
    window = make_window(application, Paths(folder / "log.txt", None))
    window.show()
    window.program.start()
    rehearsal, state = Rehearsal(window), window.program.state
    rehearsal.wait_until_ready()
    window.actions_.live.setChecked(True)
    scribbler, recorder = Scribbler(window, rehearsal), GapRecorder()
    rehearsal.wait_for(lambda: state.live.figures.answers >= WARM_UP)
    before = held()
    recorder.take_longest_ms()
    rehearsal.wait_for(lambda: state.live.figures.answers >= ANSWERS)
    facts = {
        "platform": QGuiApplication.platformName(),
        "before": asdict(before),
        "after": asdict(held()),
        "dropped": state.live.figures.dropped,
        "runs": len(state.past.runs),
        "shown": window.draw.run_bar.message.text(),
        "longest_gap_ms": recorder.take_longest_ms(),
    }
    scribbler.stop()
    window.actions_.cancel.trigger()
    facts["is_on"] = state.live.is_on
    window.close()
    sys.stdout.write(json.dumps(facts) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
