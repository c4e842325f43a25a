"""Where a talk is prepared: its steps, their order, notes for each, its drawings."""

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.draw.picture.rendering import drawn_pixmap
from app.kit.basics import label, push_button
from app.kit.overlay import Overlay
from app.kit.theme import Theme
from app.present.story import CHAPTERS, Step
from app.present.talk.file import MOST_DRAWINGS
from app.present.talk.notes import Notes
from app.present.talk.notes_editor import NotesEditor
from app.present.telling import Presentation
from app.state.everything import AppState
from engine.pictures.strokes import Stroke

INTRODUCTION = "Steps, notes and drawings; settings and rehearsed runs go along."
THUMBNAIL = 14
LOST = "The notes cannot be written to the disk; they last until the end."


class TalkPage(Overlay):
    """Lies over `room` until Esc or its button.

    Attributes: the lists `steps` and `drawings`, `notes` of the chosen step; the buttons `earlier`,
    `later`, `add`, `forward`, `remove` and `save`, which is connected elsewhere.
    """

    def __init__(
        self, state: AppState, presentation: Presentation, notes: Notes, theme: Theme, room: QWidget
    ) -> None:
        super().__init__(theme, room, "Prepare a talk")
        self._state, self._told = state, presentation
        self.steps, self.drawings = QListWidget(), QListWidget()
        self.notes = NotesEditor(notes, theme, "strong")
        self.earlier, self.later = _small("Earlier"), _small("Later")
        self.add, self.forward = _small("Add the drawing on the canvas"), _small("Earlier")
        self.add.setToolTip("Its strokes; a picture that was loaded does not go along")
        self.remove = _small("Remove")
        self.save = push_button("Save the talk\u2026", "small")
        self._about = label("", "strong")
        self.steps.setAccessibleName("Steps of the talk")
        self.drawings.setAccessibleName("Drawings of the talk")
        theme.apply(self, self._enlarge_drawings)
        self._arrange()
        self._connect()
        self._show_steps()
        self._show_drawings()

    def _enlarge_drawings(self) -> None:
        side = self.theme.px(THUMBNAIL)
        self.drawings.setIconSize(QSize(side, side))

    def _arrange(self) -> None:
        self.head.addWidget(label(INTRODUCTION, "caption", "muted"), 1)
        self.head.addWidget(self.save)
        self.head.addWidget(self.done)
        body = QHBoxLayout()
        self.theme.space(body, gap=4)
        for title, widget, buttons, share in (
            (label("Steps", "strong"), self.steps, (self.earlier, self.later), 2),
            (self._about, self.notes, (), 4),
            (label("Drawings", "strong"), self.drawings, (self.add, self.forward, self.remove), 3),
        ):
            column, row = QVBoxLayout(), QHBoxLayout()
            self.theme.space(column, gap=2)
            self.theme.space(row, gap=2)
            for button in buttons:
                row.addWidget(button)
            column.addWidget(title)
            column.addWidget(widget, 1)
            column.addLayout(row)
            body.addLayout(column, share)
        self.column.addLayout(body, 1)

    def _connect(self) -> None:
        self.steps.itemChanged.connect(self._tell_checked)
        self.steps.currentRowChanged.connect(self._choose_step)
        self.earlier.clicked.connect(lambda: self._move_step(-1))
        self.later.clicked.connect(lambda: self._move_step(1))
        self.drawings.currentRowChanged.connect(self._enable)
        self.add.clicked.connect(self._add_drawing)
        self.forward.clicked.connect(self._move_drawing)
        self.remove.clicked.connect(self._remove_drawing)
        self.notes.lost.connect(lambda: self._about.setText(LOST))
        self._told.planned.connect(self._follow)
        self._state.drawn.changed.connect(self._enable)

    # --- steps

    def _follow(self) -> None:
        """Show what another talk has."""
        if self._told.plan.steps != self._checked():
            self._show_steps()
        self._show_drawings()
        self.notes.keep()
        self.notes.read()

    def _listed(self) -> list[Step]:
        rows = range(self.steps.count())
        return [self.steps.item(row).data(Qt.ItemDataRole.UserRole) for row in rows]

    def _checked(self) -> tuple[Step, ...]:
        on = Qt.CheckState.Checked
        rows = range(self.steps.count())
        return tuple(
            step
            for row, step in zip(rows, self._listed(), strict=True)
            if self.steps.item(row).checkState() is on
        )

    def _show_steps(self, order: Sequence[Step] = (), chosen: Step = Step.DRAW) -> None:
        told = self._told.plan.steps
        steps = list(order) or [*told, *(step for step in Step if step not in told)]
        self.steps.blockSignals(True)
        self.steps.clear()
        for step in steps:
            item = QListWidgetItem(CHAPTERS[step].title, self.steps)
            item.setData(Qt.ItemDataRole.UserRole, step)
            item.setToolTip(CHAPTERS[step].sentence)
            on = Qt.CheckState.Checked if step in told else Qt.CheckState.Unchecked
            item.setCheckState(on)
            if step is Step.DRAW:  # leaving it begins the run
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
        self.steps.blockSignals(False)
        self.steps.setCurrentRow(steps.index(chosen))
        self._choose_step(self.steps.currentRow())

    def _choose_step(self, row: int) -> None:
        if row >= 0:
            step = self._listed()[row]
            self._about.setText(f"Notes for {CHAPTERS[step].title}")
            self.notes.show_step(step)
        self._enable()

    def _tell_checked(self) -> None:
        steps = self._checked()
        if len(steps) < 2:
            self._show_steps(self._listed(), self._listed()[self.steps.currentRow()])
        else:
            self._told.use(dataclasses.replace(self._told.plan, steps=steps))

    def _move_step(self, by: int) -> None:
        row, order = self.steps.currentRow(), self._listed()
        order[row], order[row + by] = order[row + by], order[row]
        told = self._told.plan.steps
        steps = tuple(step for step in order if step in told)
        chosen = order[row + by]
        self._show_steps(order, chosen)
        self._told.use(dataclasses.replace(self._told.plan, steps=steps))

    # --- drawings

    def _show_drawings(self) -> None:
        row, side = self.drawings.currentRow(), self.theme.px(THUMBNAIL)
        ratio = self.devicePixelRatioF()
        self.drawings.clear()
        for place, strokes in enumerate(self._told.plan.drawings, start=1):
            pixmap = drawn_pixmap(strokes, self.theme.color("clear"), round(side * ratio))
            QListWidgetItem(QIcon(pixmap), f"Drawing {place}", self.drawings)
        self.drawings.setCurrentRow(min(row, self.drawings.count() - 1))
        self._enable()

    def _use_drawings(self, drawings: tuple[tuple[Stroke, ...], ...], row: int) -> None:
        self._told.use(dataclasses.replace(self._told.plan, drawings=drawings))
        self.drawings.setCurrentRow(row)

    def _add_drawing(self) -> None:
        drawings = (*self._told.plan.drawings, self._state.drawn.history.current.strokes)
        self._use_drawings(drawings, len(drawings) - 1)

    def _move_drawing(self) -> None:
        row, drawings = self.drawings.currentRow(), list(self._told.plan.drawings)
        drawings.insert(row - 1, drawings.pop(row))
        self._use_drawings(tuple(drawings), row - 1)

    def _remove_drawing(self) -> None:
        row, drawings = self.drawings.currentRow(), list(self._told.plan.drawings)
        del drawings[row]
        self._use_drawings(tuple(drawings), min(row, len(drawings) - 1))

    def _enable(self) -> None:
        step, drawing = self.steps.currentRow(), self.drawings.currentRow()
        strokes, drawings = self._state.drawn.history.current.strokes, self._told.plan.drawings
        self.earlier.setEnabled(step > 1)
        self.later.setEnabled(0 < step < self.steps.count() - 1)
        room = len(drawings) < MOST_DRAWINGS
        self.add.setEnabled(bool(strokes) and strokes not in drawings and room)
        self.forward.setEnabled(drawing > 0)
        self.remove.setEnabled(drawing >= 0)


def _small(text: str) -> QPushButton:
    return push_button(text, "small")
