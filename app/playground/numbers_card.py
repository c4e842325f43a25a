"""The card with the chain, the number of slots, and the numbers to encrypt or to compute with."""

from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout

from app.actions.playground import PlaygroundActions
from app.kit.basics import label, push_button
from app.kit.segmented import Segmented
from app.kit.theme import Theme
from app.kit.wording import TERMS
from app.playground.formulas import parse_numbers
from app.playground.workbench import Workbench
from engine.playground.operations import Encrypt, Numbers, name_of
from engine.playground.settings import SETTINGS, SLOT_COUNTS, WorkbenchSetting

FIRST_NUMBERS = "1, 2, 3, 4, 5, 6, 7, 8"


class NumbersCard(QFrame):
    """Attributes: `chain`, `slots`, `text`, `encrypt`, `decrypt`."""

    def __init__(self, workbench: Workbench, theme: Theme, actions: PlaygroundActions) -> None:
        super().__init__()
        self.setProperty("panel", "clear")
        self.setAccessibleName("Your numbers")
        self._workbench = workbench
        self._theme = theme
        self.chain = QComboBox()
        self.chain.setAccessibleName("Coefficient modulus")
        for each in SETTINGS:
            self.chain.addItem(_chain_text(each), each.key)
        self.slots = Segmented(
            "Slots that are seen", SLOT_COUNTS, "So many numbers, repeated through all slots"
        )
        self.text = QLineEdit(FIRST_NUMBERS)
        self.text.setAccessibleName("Numbers in the clear")
        self.text.setToolTip("Numbers, with commas between; zeros come after the last")
        self.encrypt = push_button("Encrypt", "suggest")
        self.encrypt.setToolTip(actions.encrypt.toolTip())
        self.decrypt = push_button("Decrypt", "suggest")
        self.decrypt.setToolTip(actions.decrypt.toolTip())
        self._arrange()
        self.decrypt.clicked.connect(actions.decrypt.trigger)
        self.encrypt.clicked.connect(actions.encrypt.trigger)
        self.text.returnPressed.connect(actions.encrypt.trigger)
        actions.encrypt.triggered.connect(self._encrypt)
        self.chain.activated.connect(self._choose)
        self.slots.chosen.connect(self._choose)
        workbench.changed.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=2)
        column.addWidget(label("Your numbers", "title", "clear"))
        column.addWidget(self.text)
        row = QHBoxLayout()
        self._theme.space(row, gap=1.5)
        row.addWidget(self.encrypt, 1)
        row.addWidget(self.decrypt, 1)
        column.addLayout(row)
        grid = QGridLayout()
        self._theme.space(grid, gap=1.5)
        for place, (name, tip, widget) in enumerate(
            (
                ("Chain", TERMS["coeff_modulus"], self.chain),
                ("Slots", TERMS["slot"], self.slots),
            )
        ):
            title = label(name, "body", "muted")
            title.setToolTip(tip)
            grid.addWidget(title, place, 0)
            grid.addWidget(widget, place, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)

    def numbers(self) -> Numbers:
        """Return the numbers that were typed; ValueError with a sentence where they are none."""
        return parse_numbers(self.text.text(), self._workbench.program.slots)

    def name_selected(self, place: int) -> None:
        """Say on the button which value would be decrypted."""
        text = f"Decrypt {name_of(place)}" if place >= 0 else "Decrypt"
        self.decrypt.setText(text)
        self.decrypt.setAccessibleName(text)

    def _encrypt(self) -> None:
        try:
            self._workbench.perform(Encrypt(self.numbers()))
        except ValueError as error:
            self._workbench.say(str(error))

    def _choose(self) -> None:
        setting = SETTINGS[self.chain.currentIndex()]
        self._workbench.choose_setting(setting, self.slots.value())

    def _show(self) -> None:
        program = self._workbench.program
        self.chain.setCurrentIndex(self.chain.findData(program.setting.key))
        self.chain.setToolTip(
            f"{program.setting.about}. N = {program.setting.chain.poly_modulus_degree}; the last "
            "prime is the special one."
        )
        self.slots.set_value(program.slots)


def _chain_text(setting: WorkbenchSetting) -> str:
    *data, special = setting.chain.coeff_modulus_bits
    return f"{', '.join(map(str, data))} | {special}"
