"""The second view: a list of proofs on the left, the chosen one large on the right."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.actions.window import Actions
from app.kit.following import Following
from app.kit.pages import Pages
from app.kit.save_dialog import ask_where_to_save
from app.kit.theme import Theme
from app.link.saving import Saving
from app.prove.counted import CountedPage
from app.prove.flip import FlipPage
from app.prove.keys import CloudTryPage, WrongKeyPage
from app.prove.log import LogPage
from app.prove.noise import AgainPage, CiphertextPage
from app.prove.page import ProofPage
from app.prove.proofs import Proofs
from app.prove.proved_run import ProvedRun
from app.prove.recordings import Recordings
from app.prove.texts import (
    AGAIN,
    CIPHERTEXT,
    CLOUD_TRY,
    FLIP,
    LOG,
    PROOFS,
    WIRE,
    WRONG_KEY,
    ProofText,
)
from app.prove.wire import WirePage
from app.state.everything import AppState

LEFT_WIDTH = 66
WIRE_KIND = "Recording of the wire (*.wire)"


class ProveView(QWidget):
    """Shows `state.proved.evidence`.

    Attributes: `run`, the card of the last one; `pages` by the keys of their texts, `flip_page`,
    `log_page` and `wire_page` once more by name.
    """

    def __init__(
        self,
        state: AppState,
        proofs: Proofs,
        recordings: Recordings,
        saving: Saving,
        theme: Theme,
        actions: Actions,
    ) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self.flip_page = FlipPage(state, theme, actions)
        self.log_page = LogPage(state, saving, theme, actions)
        self.wire_page = WirePage(state, recordings, theme, actions)
        self._recordings = recordings
        pages: tuple[ProofPage, ...] = (
            CiphertextPage(state, theme),
            CountedPage(state, theme, proofs),
            AgainPage(state, theme, actions),
            WrongKeyPage(state, theme, actions),
            CloudTryPage(state, theme, actions),
            self.flip_page,
            self.log_page,
            self.wire_page,
        )
        self.pages = dict(zip((text.key for text in PROOFS), pages, strict=True))
        self._stack = Pages()
        for page in pages:
            self._stack.addWidget(page)
        self._list = QButtonGroup(self)
        self.run = ProvedRun(state, theme, actions.classify)
        self._arrange()
        self._performances: dict[QAction, Callable[[], None]] = {
            actions.cloud_try: lambda: self._turn_and(CLOUD_TRY, proofs.let_cloud_try),
            actions.flip_bit: lambda: self._turn_and(
                FLIP, lambda: proofs.flip_bit(self.flip_page.chosen_bit())
            ),
            actions.flip_random_bit: lambda: self._turn_and(
                FLIP, lambda: proofs.flip_bit(self.flip_page.choose_any_bit())
            ),
            actions.next_proof: lambda: self._step(1),
            actions.previous_proof: lambda: self._step(-1),
            actions.export_log: lambda: self._turn_and(LOG, self._ask_where_to_export),
            actions.record_wire: lambda: self._turn_and(WIRE, self._record),
            actions.open_wire: lambda: self._turn_and(WIRE, self._ask_what_to_open),
        }
        actions.encrypt_again.triggered.connect(lambda: self.show_proof(AGAIN))
        actions.wrong_key.triggered.connect(lambda: self.show_proof(WRONG_KEY))
        Following(self, self._mark_tried, state.proved.changed, state.wire.changed)
        self.show_proof(CIPHERTEXT)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        self._theme.space(row, gap=3)
        left = QVBoxLayout()
        self._theme.space(left, gap=3)
        self._theme.fix(self.run, LEFT_WIDTH, None)
        left.addWidget(self.run)
        left.addWidget(self._make_list(), 1)
        row.addLayout(left)
        row.addWidget(self._stack, 1)

    def _make_list(self) -> QFrame:
        card = QFrame()
        card.setProperty("panel", "card")
        card.setAccessibleName("Proofs")
        self._theme.fix(card, LEFT_WIDTH, None)
        column = QVBoxLayout(card)
        self._theme.space(column, margin=2, gap=1.5)
        for place, text in enumerate(PROOFS):
            button = QPushButton(text.title)
            button.setProperty("kind", "proof")
            button.setCheckable(True)
            button.setToolTip(text.shows)
            self._list.addButton(button, place)
            column.addWidget(button)
        column.addStretch(1)
        self._list.idToggled.connect(self._turn_to)
        self._theme.apply(self, self._mark_tried)
        return card

    def perform(self, action: QAction) -> None:
        """Do what an action of `Actions.proofs` asks, and show what it is about."""
        self._performances[action]()

    def _turn_and(self, text: ProofText, act: Callable[[], None]) -> None:
        self.show_proof(text)
        act()

    def _ask_where_to_export(self) -> None:
        kinds = ("CSV table (*.csv)", "JSON (*.json)")
        ask_where_to_save(self, "Export the message log", "messages", kinds, self.log_page.export)

    def _record(self) -> None:
        if self._state.wire.target is not None:
            self._recordings.stop()
        else:
            ask_where_to_save(
                self, "Record the wire", "wire", (WIRE_KIND,), self._recordings.record
            )

    def _ask_what_to_open(self) -> None:
        dialog = QFileDialog(self, "Open a recording of the wire")
        dialog.setNameFilters((WIRE_KIND, "All files (*)"))
        dialog.fileSelected.connect(lambda name: self._recordings.open_file(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_proof(self, text: ProofText) -> None:
        """Turn to a proof."""
        button, shown = self._list.button(PROOFS.index(text)), self._list.checkedButton()
        if shown is not None and shown.hasFocus():
            button.setFocus()
        button.setChecked(True)

    def _turn_to(self, place: int, checked: bool) -> None:
        if checked:
            self._stack.setCurrentIndex(place)

    def _step(self, places: int) -> None:
        self.show_proof(PROOFS[(self._list.checkedId() + places) % len(PROOFS)])

    def _mark_tried(self) -> None:
        evidence = self._state.proved.evidence
        tried = (
            evidence.ciphertext, evidence.coefficients, evidence.again, evidence.wrong_scores,
            evidence.attempt, evidence.flips, self._state.proved.messages.entries,
            self._state.wire.recording,
        )  # fmt: skip
        for place, (text, found) in enumerate(zip(PROOFS, tried, strict=True)):
            button = self._list.button(place)
            button.setIconSize(QSize(self._theme.px(4), self._theme.px(4)))
            button.setIcon(
                self._theme.icon(
                    "check" if found else "circle", "encrypted" if found else "control"
                )
            )
            button.setAccessibleName(f"{text.title}, {'tried' if found else 'not tried yet'}")
