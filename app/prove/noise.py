"""Two proofs that show the ciphertext's own bytes: what it is, and that it is never the same."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from app.actions.window import Actions
from app.draw.noise_view import NoiseView
from app.draw.picture.pixels_view import PixelsView
from app.kit.basics import RIGHT, label, text_button
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import TERMS, size_text
from app.prove.hex_view import HexView
from app.prove.page import ProofPage, captioned
from app.prove.texts import AGAIN, CIPHERTEXT
from app.state.everything import AppState
from engine.session.events import Encrypted
from engine.session.inspection import entropy_bits

TILE = 58
FACTS = (
    ("Numbers", "N coefficients x primes x 2 polynomials"),
    ("Bits of each", "The primes of the coefficient modulus that a fresh ciphertext has"),
    ("On the wire", "Saved and compressed; of the second polynomial only the seed is sent"),
    ("Larger by", "Size on the wire over that of the picture"),
    ("Entropy", "Of the bytes as they are sent; 8 bits a byte would be nothing but chance"),
)


class CiphertextPage(ProofPage):
    """The picture beside its ciphertext: as an image, as numbers, and as hex."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__(theme, CIPHERTEXT)
        self._state = state
        self.picture = PixelsView(theme, "clear", "The picture that was encrypted")
        self.noise = NoiseView(theme)
        self.hex = HexView(theme, "The ciphertext's bytes in hex")
        self._values = [label("", "strong") for _ in FACTS]
        self._arrange(theme)
        Following(self, self._show_evidence, state.proved.changed)

    def _arrange(self, theme: Theme) -> None:
        row = QHBoxLayout(self.content)
        theme.space(row, gap=5)
        left = QVBoxLayout()
        theme.space(left, gap=4)
        tiles = QHBoxLayout()
        theme.space(tiles, gap=5)
        for view, title, tone in (
            (self.picture, "Your picture", "clear"),
            (self.noise, "What the cloud gets", "encrypted"),
        ):
            theme.fix(view, TILE, TILE)
            tiles.addLayout(captioned(theme, view, title, tone))
        left.addLayout(tiles)
        facts = QGridLayout()
        theme.space(facts, gap=1)
        for place, ((name, tip), value) in enumerate(zip(FACTS, self._values, strict=True)):
            name_label = label(name, "body", "muted")
            for each in (name_label, value):
                each.setToolTip(tip)
            value.setAlignment(RIGHT)
            facts.addWidget(name_label, place, 0)
            facts.addWidget(value, place, 1)
        facts.setColumnStretch(1, 1)
        left.addLayout(facts)
        left.addStretch(1)
        row.addLayout(left)
        row.addLayout(captioned(theme, self.hex, "Byte by byte", "encrypted"), 1)
        self.hex.setToolTip(TERMS["ciphertext"])

    def _show_evidence(self) -> None:
        sent = self._state.proved.evidence.ciphertext
        self.show_content(sent is not None)
        if sent is None:
            return
        self.picture.show_pixels(self._state.run.classified)
        self.noise.show_data(sent.data)
        self.hex.show_data(sent.data)
        for value, text in zip(
            self._values, _fact_texts(sent, self._state.run.picture_bytes), strict=True
        ):
            value.setText(text)


class AgainPage(ProofPage):
    """Two encryptions of one picture, and what is between them."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, AGAIN)
        self._state = state
        self._tiles = [NoiseView(theme, "not tried\nyet") for _ in range(3)]
        self.share = label("", "number")
        self._sentence = label("", "body", "muted", wrap=True)
        self.buttons.addWidget(text_button(actions.encrypt_again, theme))
        column = QVBoxLayout(self.content)
        theme.space(column, gap=3)
        column.addStretch(1)
        row = QHBoxLayout()
        theme.space(row, gap=6)
        row.addStretch(1)
        titles = ("First", "Again", "Where their bits differ")
        for view, title in zip(self._tiles, titles, strict=True):
            theme.fix(view, 72, 72)
            row.addLayout(captioned(theme, view, title, "encrypted"))
        row.addStretch(1)
        column.addLayout(row)
        for each in (self.share, self._sentence):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(each)
        column.addStretch(1)
        Following(self, self._show_evidence, state.proved.changed)

    def _show_evidence(self) -> None:
        evidence = self._state.proved.evidence
        self.show_content(evidence.ciphertext is not None)
        if evidence.ciphertext is None:
            return
        first, again = evidence.ciphertext.data, evidence.again
        self._tiles[0].show_data(first)
        second = b"" if again is None else again.encrypted.data
        self._tiles[1].show_data(second)
        self._tiles[2].show_data(difference(first, second))
        if again is None:
            self.share.setText("One picture, one ciphertext so far")
            self._sentence.setText("Encrypt the same picture again to compare the two.")
        else:
            self.share.setText(f"{again.differing:.2%} of the bytes differ")
            self._sentence.setText(
                "Bytes that have nothing to do with each other differ in 255 of 256 places, 99.61%."
            )


def difference(first: bytes, second: bytes) -> bytes:
    """Return the bits in which two byte strings differ, as long as the shorter one."""
    length = min(len(first), len(second))
    both = int.from_bytes(first[:length], "little") ^ int.from_bytes(second[:length], "little")
    return both.to_bytes(length, "little")


def _fact_texts(sent: Encrypted, picture_bytes: int) -> tuple[str, ...]:
    bits = sent.coeff_modulus_bits[:-1]
    return (
        f"{sent.poly_modulus_degree:,} \u00d7 {len(bits)} \u00d7 2 = "
        f"{sent.poly_modulus_degree * len(bits) * 2:,}",
        f"{min(bits)}" if min(bits) == max(bits) else f"{min(bits)} to {max(bits)}",
        size_text(len(sent.data)),
        f"{len(sent.data) / picture_bytes:.0f}\u00d7",
        f"{entropy_bits(sent.data):.2f} bits a byte",
    )
