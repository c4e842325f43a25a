"""The check before a talk over the window: a list that fills as each thing has been looked at."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from app.check.findings import Finding, Surroundings, look_at
from app.kit.basics import label, push_button
from app.kit.overlay import Overlay
from app.kit.theme import Theme
from app.link.background import Background
from app.link.session import EngineSession
from engine.errors import CancelledError
from engine.remote.address import Address
from engine.session.events import Event

INTRODUCTION = "What a talk needs on this machine, tried out. It takes up to 20 seconds."


class CheckPage(Overlay):
    """Lies over `room` until Esc or its button. Attributes: `again`, `text`, `findings`."""

    _found = Signal(object)

    def __init__(self, theme: Theme, room: QWidget) -> None:
        super().__init__(theme, room, "Check before a talk")
        self.findings: list[Finding] = []
        self.is_checking = False
        self._is_closed = False
        self._session: EngineSession | None = None
        self._background = Background(self)
        self.again = push_button("Check again", "small")
        self.text = QTextBrowser()
        self.text.setAccessibleName("What was found")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.head.addWidget(label(INTRODUCTION, "caption", "muted"), 1)
        self.head.addWidget(self.again)
        self.head.addWidget(self.done)
        self.column.addWidget(self.text, 1)
        self._found.connect(self._add)
        theme.changed.connect(self._show)

    def check(self, here: Surroundings) -> None:
        """Show the page and look at everything, unless that is going on."""
        self.open_page()
        if self.is_checking:
            return
        self.findings = []
        self._set_checking(True)
        self._background.run("check", lambda: self._look(here), self._end, self._fail)

    def close_page(self) -> None:
        """End what is going on, for good."""
        self._is_closed = True
        if self._session is not None:
            self._session.cancel()
        self._background.close()

    def _look(self, here: Surroundings) -> None:
        def make(on_event: Callable[[Event], None], cloud: Address | None = None) -> EngineSession:
            session = here.factory(on_event, cloud)
            self._session = session  # before the flag is read; `close_page` sets it first
            if self._is_closed:
                session.close()
                raise CancelledError("The window was closed.")
            return session

        for finding in look_at(replace(here, factory=make)):
            self._found.emit(finding)

    def _add(self, finding: Finding) -> None:
        self.findings.append(finding)
        self._show()

    def _end(self, _: object) -> None:
        self._set_checking(False)

    def _fail(self, error: Exception) -> None:
        self._add(Finding("Check", str(error), "Start the program again."))
        self._set_checking(False)

    def _set_checking(self, checking: bool) -> None:
        self.is_checking = checking
        self.again.setEnabled(not checking)
        self._show()

    def _show(self) -> None:
        rows = [self._row(finding) for finding in self.findings]
        if self.is_checking:
            rows.append("<tr><td></td><td>Looking\u2026</td></tr>")
        elif self.findings:
            rows.append(f"<tr><td></td><td><b>{self._verdict()}</b></td></tr>")
        self.text.setHtml(f"<table cellpadding='6'>{''.join(rows)}</table>")

    def _verdict(self) -> str:
        count = sum(not finding.is_good for finding in self.findings)
        return f"{count} to do before the talk." if count else "All is ready."

    def _row(self, finding: Finding) -> str:
        color = self.theme.color("series_1" if finding.is_good else "danger").name()
        mark = "\u2713" if finding.is_good else "\u2717"
        advice = f"<br><span style='color: {color}'>{escape(finding.advice)}</span>"
        return (
            f"<tr><td style='color: {color}'><b>{mark}</b></td>"
            f"<td><b>{escape(finding.name)}</b><br>{escape(finding.found)}"
            f"{'' if finding.is_good else advice}</td></tr>"
        )
