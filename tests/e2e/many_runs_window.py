"""The program's window, which classifies a drawing again and again; tells what it then holds.

Started by `test_many_runs.py` on a display of its own.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from held import held
from PySide6.QtGui import QGuiApplication

from app.draw.picture.samples import sample_strokes
from app.measure.rehearsal import Rehearsal
from app.shell.launch import Paths, make_application, make_window

WARM_UP, RUNS = 20, 100


def main() -> int:
    folder = Path(sys.argv[1])
    application = make_application()
    window = make_window(application, Paths(folder / "log.txt", None, folder / "runs.sqlite3"))
    window.actions_.reduce_motion.setChecked(True)
    window.show()
    window.program.start()
    rehearsal, state = Rehearsal(window), window.program.state
    rehearsal.wait_until_ready()
    rehearsal.draw(sample_strokes("3-mouse.png"))
    for _ in range(WARM_UP):
        rehearsal.classify()
    before = held()
    for _ in range(RUNS):
        rehearsal.classify()
    facts = {
        "platform": QGuiApplication.platformName(),
        "before": asdict(before),
        "after": asdict(held()),
        "runs": len(state.past.runs),
        "answers": sorted({run.answer for run in state.past.runs}),
    }
    window.close()
    sys.stdout.write(json.dumps(facts) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
