"""A talk on a laptop with a projector, told by keys; prints what was seen. Run by a test."""

import json
import sys
from datetime import timedelta

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.present.stand.recorded_run import SAMPLE
from app.present.story import Step
from app.shell.launch import make_application
from app.shell.recorded import make_recorded_window

LONGEST = QDeadlineTimer(round(timedelta(minutes=2).total_seconds() * 1000))


def until(condition: object) -> None:
    while not condition():  # type: ignore[operator]
        assert not LONGEST.hasExpired()
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def where(widget: QWidget | None) -> str:
    return widget.screen().name() if widget is not None and widget.isVisible() else ""


application = make_application()
window = make_recorded_window(application)
window.program.tour.is_seen = True
window.show()
window.program.start()
state, told, shows = window.program.state, window.program.presentation, window.shows
until(lambda: state.has_keys)
window.program.pictures.draw_sample(SAMPLE, "MNIST")
window.actions_.present.trigger()
seen: dict[str, object] = {"story": where(shows.presentation), "speaker": where(shows.speaker)}
speaker = shows.speaker
assert speaker is not None
steps = [speaker.now.text()]
for _ in range(5):
    QTest.keyClick(speaker, Qt.Key.Key_PageDown)
    until(lambda: told.is_told)
    steps.append(speaker.now.text())
seen["steps"] = steps
QTest.keyClick(speaker, Qt.Key.Key_PageUp)
seen["back"] = speaker.now.text()
speaker.rail.tabs[Step.SEND].click()
seen["by a button"] = speaker.now.text()
QTest.keyClick(speaker, Qt.Key.Key_5)
seen["times"] = [speaker.clock.text(), speaker.since.text()]
seen["said"] = [speaker.run.text(), speaker.mark.text()]
QTest.keyClick(speaker, Qt.Key.Key_B)
assert shows.presentation is not None
seen["black"] = [shows.presentation.black.isVisible(), speaker.black.isChecked()]
QTest.keyClick(speaker, Qt.Key.Key_B)
seen["light"] = shows.presentation.black.isVisible()
speaker.notes.setFocus()
QTest.keyClicks(speaker.notes, "Breathe, b")
QTest.keyClick(speaker.notes, Qt.Key.Key_PageUp)
seen["other notes"] = speaker.notes.toPlainText()
QTest.keyClick(speaker.notes, Qt.Key.Key_PageDown)
seen["notes"] = speaker.notes.toPlainText()
if len(sys.argv) > 1:
    speaker.grab().save(sys.argv[1])
started = told.started_at
shows.screens = lambda: [window.screen()]  # the projector is pulled out
shows.follow_screens()
seen["alone"] = [where(shows.presentation), where(shows.speaker), told.step.name]
shows.screens = QGuiApplication.screens
shows.follow_screens()
seen["since the start"] = told.started_at == started
seen["again"] = [where(shows.presentation), where(shows.speaker), told.step.name]
QTest.keyClick(speaker, Qt.Key.Key_Escape)
seen["left"] = [where(shows.presentation), where(shows.speaker)]
window.close()
sys.stdout.write(json.dumps(seen))
