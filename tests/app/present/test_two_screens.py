"""A laptop and a projector: Qt's offscreen platform has as many screens as one likes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from app.kit.wording import RECORDED
from app.present.story import CHAPTERS, Step

ROOT = Path(__file__).resolve().parents[3]
SCREEN = {"width": 1280, "height": 720, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}


def test_the_story_is_told_on_the_projector_and_by_notes_on_the_laptop(tmp_path: Path) -> None:
    screens = [
        {**SCREEN, "name": "laptop", "x": 0, "y": 0},
        {**SCREEN, "name": "projector", "x": 1280, "y": 0},
    ]
    (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}))
    told = subprocess.run(
        [sys.executable, Path(__file__).with_name("two_screens.py")],
        cwd=tmp_path,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen:configfile=screens.json",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    seen = json.loads(told.stdout)
    assert (seen["story"], seen["speaker"]) == ("projector", "laptop")
    assert seen["steps"] == [f"{step + 1}  {CHAPTERS[step].title}" for step in Step]
    assert seen["back"] == seen["steps"][-2]
    assert seen["by a button"] == seen["steps"][Step.SEND]
    clock, since = seen["times"]
    assert re.fullmatch(r"\d\d:\d\d:\d\d", clock)
    assert re.fullmatch(r"\d+:\d\d", since)
    answer, mark = seen["said"]
    assert answer.startswith("The answer is 3, after ")
    assert mark == f"{RECORDED}."
    assert seen["black"] == [True, True]
    assert seen["light"] is False
    assert (seen["notes"], seen["other notes"]) == ("Breathe, b", "")
    assert seen["alone"] == ["laptop", "", "RETURN"]
    assert seen["since the start"] is True
    assert seen["again"] == ["projector", "laptop", "RETURN"]
    assert seen["left"] == ["", ""]
