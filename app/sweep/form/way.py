"""How a sweep's points are measured: the protocol, and who chooses the primes."""

import dataclasses

from PySide6.QtWidgets import QGridLayout, QWidget

from app.actions.window import Actions
from app.kit.basics import label
from app.kit.segmented import Segmented
from app.kit.theme import Theme
from app.kit.wording import TERMS
from app.sweep.choice import CHAINS, POSTER_OUTER_BITS
from app.sweep.figures import CHAIN_TITLES, PROTOCOL_TITLES
from app.sweep.running import Sweeps
from engine.ckks.parameters import PROTOCOLS

CHAIN_TIP = (
    "Chain: the primes of the coefficient modulus. The engine packs the budget of all "
    "multiplications into few large primes; the poster had one prime of the bit scale for each "
    f"multiplication, between two of {POSTER_OUTER_BITS[8192]} bits "
    f"({POSTER_OUTER_BITS[16384]} from N = 16384 on)."
)


class SweepWay(QWidget):
    """Attributes: `protocol`, `chain`. Batches know no refreshes: choosing them ends batching."""

    def __init__(self, sweeps: Sweeps, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._sweeps = sweeps
        self.protocol = Segmented(
            "Protocol of the sweep", range(len(PROTOCOLS)), TERMS["protocol"],
            [PROTOCOL_TITLES[each] for each in PROTOCOLS],
        )  # fmt: skip
        self.chain = Segmented(
            "Chain of primes",
            range(len(CHAINS)),
            CHAIN_TIP,
            [CHAIN_TITLES[each] for each in CHAINS],
        )
        grid = QGridLayout(self)
        theme.space(grid, gap=1)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, (text, control) in enumerate(
            (("Protocol", self.protocol), ("Chain of primes", self.chain))
        ):
            name = label(text, "caption")
            name.setToolTip(control.toolTip())
            grid.addWidget(name, 0, column)
            grid.addWidget(control, 1, column)
            grid.setColumnStretch(column, 1)
        self.protocol.chosen.connect(self._choose_protocol)
        self.chain.chosen.connect(self._choose_chain)
        actions.sweep.next_protocol.triggered.connect(
            lambda: self._choose_protocol((self.protocol.value() + 1) % len(PROTOCOLS))
        )
        actions.sweep.next_chain.triggered.connect(
            lambda: self._choose_chain((self.chain.value() + 1) % len(CHAINS))
        )
        self._actions = (actions.sweep.next_protocol, actions.sweep.next_chain)
        sweeps.choice_changed.connect(self._show)
        sweeps.phase_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        choice = self._sweeps.choice
        self.protocol.set_value(PROTOCOLS.index(choice.protocol))
        self.chain.set_value(CHAINS.index(choice.chain))
        self.setEnabled(self._sweeps.can_change)
        for action in self._actions:
            action.setEnabled(self._sweeps.can_change)

    def _choose_protocol(self, place: int) -> None:
        self._sweeps.choose(self._sweeps.choice.with_protocol(PROTOCOLS[place]))

    def _choose_chain(self, place: int) -> None:
        self._sweeps.choose(dataclasses.replace(self._sweeps.choice, chain=CHAINS[place]))
