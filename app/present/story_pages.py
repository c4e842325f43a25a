"""The pages of the presentation, one for each step; every figure on them is of the real run."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.draw.noise_view import NoiseView
from app.draw.picture.preview import Preview
from app.journey.big_arrow import BigArrow
from app.kit.basics import Panel, frame, label
from app.kit.theme import Theme
from app.kit.wording import place_text, settings_text, size_text, time_text
from app.present.story import Step
from app.present.telling import Presentation
from app.state.everything import AppState
from engine.session.events import Encrypted

NOTHING_YET = "\u2013"
HEX_BYTES = 12
HEX_SHARE = 0.42
"""Away from the heads of ciphertexts that lie in a row."""

_CENTRE = Qt.AlignmentFlag.AlignCenter


class StoryPage(QWidget):
    """A page that shows what `presentation` knows; `refresh` brings it up to date."""

    def __init__(self, state: AppState, theme: Theme, presentation: Presentation) -> None:
        super().__init__()
        self.state = state
        self.theme = theme
        self.presentation = presentation

    def refresh(self) -> None:
        """Show the state of things."""

    def time_of(self, step: Step) -> str:
        """Return the time that a step took, once it was done."""
        part = self.presentation.part(step)
        return time_text(part.seconds) if part.seconds else NOTHING_YET


class Exhibit(QWidget):
    """A square view with a title above and a line below it."""

    def __init__(self, theme: Theme, view: QWidget, title: str, tone: str, side: float) -> None:
        super().__init__()
        self.line = label("", "body", "muted")
        self.line.setAlignment(_CENTRE)
        heading = label(title, "lane", tone)
        heading.setAlignment(_CENTRE)
        theme.fix(view, side, side)
        column = QVBoxLayout(self)
        theme.space(column, gap=1.5)
        column.addStretch()
        column.addWidget(heading)
        column.addWidget(view, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.line)
        column.addStretch()


class EncryptPage(StoryPage):
    """The picture, and the noise that it becomes."""

    def __init__(self, state: AppState, theme: Theme, presentation: Presentation) -> None:
        super().__init__(state, theme, presentation)
        self.noise = NoiseView(theme)
        self._arrow = BigArrow(theme, to_right=True)
        self._picture = Exhibit(theme, Preview(state, theme), "Your picture", "clear", 41)
        self._made = Exhibit(theme, self.noise, "Its ciphertext", "encrypted", 41)
        self._hex = label("", "mono")
        self._hex.setAlignment(_CENTRE)
        grid = QGridLayout(self)
        theme.space(grid, gap=2)
        grid.addWidget(self._picture, 0, 0)
        grid.addWidget(self._arrow, 0, 1)
        grid.addWidget(self._made, 0, 2)
        grid.addWidget(self._hex, 1, 0, 1, 3)
        for column, stretch in enumerate((2, 1, 2)):
            grid.setColumnStretch(column, stretch)
        grid.setRowStretch(0, 1)

    def refresh(self) -> None:  # noqa: D102 - the page's
        settings = settings_text(self.state.chosen.settings).replace(", ", "\n")
        rounds = self.presentation.part(Step.ENCRYPT).rounds
        again = f"\nin {rounds} rounds" if rounds > 1 else ""
        self._arrow.show_texts(settings + again, self.time_of(Step.ENCRYPT))
        result = self.presentation.result
        encrypted = None if result is None else result.ciphertext
        self.noise.show_data(b"" if encrypted is None else encrypted.data)
        self._made.line.setText(NOTHING_YET if encrypted is None else self._size_line(encrypted))
        self._hex.setText("" if encrypted is None else _hex_line(encrypted))
        channels, height, width = self.state.chosen.shape
        values = "pixels" if channels == 1 else "values of colour"
        size = channels * height * width
        self._picture.line.setText(f"{size:,} {values}, {size_text(size)}")

    def _size_line(self, encrypted: Encrypted) -> str:
        size = len(encrypted.data)
        return f"{size_text(size)}, {size / self.state.run.picture_bytes:.0f}\u00d7 as large"


class CrossingPage(StoryPage):
    """Both sides, and what goes from one to the other: the picture's ciphertext or the answer's."""

    def __init__(
        self, state: AppState, theme: Theme, presentation: Presentation, to_cloud: bool
    ) -> None:
        super().__init__(state, theme, presentation)
        self._step = Step.SEND if to_cloud else Step.RETURN
        self.noise = NoiseView(theme)
        self._arrow = BigArrow(theme, to_right=to_cloud)
        row = QHBoxLayout(self)
        theme.space(row, gap=2)
        theme.fix(self.noise, 34, 34)
        you: list[QWidget] = [_icon(theme, "key", "clear", 16)]
        you.append(label("The secret key stays here", "body"))
        cloud: list[QWidget] = [_icon(theme, "cloud", "encrypted", 16)]
        cloud.append(label("It has no secret key", "body"))
        self._place = label("", "body", "muted")
        crossing: list[QWidget] = [self.noise]
        sides = (
            _side("You", "clear", theme, label(place_text(""), "body", "muted"),
                  you if to_cloud else crossing),
            _side("The cloud", "encrypted", theme, self._place, crossing if to_cloud else cloud),
        )  # fmt: skip
        row.addWidget(sides[0], 5)
        row.addWidget(self._arrow, 4)
        row.addWidget(sides[1], 5)

    def refresh(self) -> None:  # noqa: D102 - the page's
        part = self.presentation.part(self._step)
        size = size_text(part.wire_bytes) if part.wire_bytes else NOTHING_YET
        what = "ciphertext" if part.rounds == 1 else f"{part.rounds} rounds"
        self._arrow.show_texts(f"{what}, {size}", self.time_of(self._step))
        result = self.presentation.result
        self._place.setText(place_text(self.state.cloud.where))
        if result is None:
            data = b""
        else:
            data = result.ciphertext.data if self._step is Step.SEND else result.result
        self.noise.show_data(data)


def _side(title: str, tone: Panel, theme: Theme, place: QWidget, shown: list[QWidget]) -> QFrame:
    side = frame(tone, title)
    column = QVBoxLayout(side)
    theme.space(column, margin=3, gap=2)
    column.addWidget(label(title, "story", tone), 0, Qt.AlignmentFlag.AlignHCenter)
    column.addWidget(place, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch()
    for each in shown:
        column.addWidget(each, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch()
    return side


def _icon(theme: Theme, name: str, color: str, side: float) -> QLabel:
    picture = QLabel()
    theme.apply(picture, lambda: picture.setPixmap(theme.drawing(name, color, side)))
    return picture


def _hex_line(encrypted: Encrypted) -> str:
    primes, place = len(encrypted.coeff_modulus_bits) - 1, round(len(encrypted.data) * HEX_SHARE)
    shown = encrypted.data[place : place + HEX_BYTES].hex(" ")
    return f"{encrypted.poly_modulus_degree} \u00d7 {primes} \u00d7 2 numbers: {shown} \u2026"
