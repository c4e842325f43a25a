"""Where the parts of a value's row stand, for the rows and the titles over them."""

from dataclasses import dataclass

from PySide6.QtCore import QRect

from app.kit.theme import Theme

ROW_HEIGHT = 11
MARGIN, GAP = 2, 3
NAME, FORMULA, CHAIN, SCALE, SIZE, ERROR = 7, 29, 30, 15, 8, 25
"""Widths in the theme's units; the slots get what is left."""

TITLES = ("", "Made by", "Slots", "Primes left", "Scale", "Polys", "Error")
TIPS = (
    "",
    "The operation, and how long it took where it was done",
    "What is in the slots once it was decrypted; before, what the cloud has in their place",
    "The primes of the coefficient modulus and their bits; rescale and mod switch drop the last",
    "By what the numbers are multiplied before they are rounded; a product multiplies the scales",
    "Polynomials: a product of two ciphertexts has three, until it is relinearised",
    "No slot is off by more than the bound; once decrypted, by how much the worst one is",
)


@dataclass(frozen=True)
class Columns:
    """The boxes of a row's parts."""

    name: QRect
    formula: QRect
    slots: QRect
    chain: QRect
    scale: QRect
    size: QRect
    error: QRect

    def all(self) -> tuple[QRect, ...]:
        """Return them from left to right, as the titles are."""
        return (
            self.name, self.formula, self.slots, self.chain, self.scale, self.size, self.error,
        )  # fmt: skip

    def slot(self, place: int, count: int) -> QRect:
        """Return the box of one slot."""
        left = self.slots.left() + self.slots.width() * place // count
        right = self.slots.left() + self.slots.width() * (place + 1) // count
        return QRect(left, self.slots.top(), right - left, self.slots.height())


def columns(row: QRect, theme: Theme) -> Columns:
    """Return where the parts stand in a row."""
    inside = row.adjusted(theme.px(MARGIN), theme.px(1.5), -theme.px(MARGIN), -theme.px(1.5))
    gap, left, right = theme.px(GAP), inside.left(), inside.right() + 1
    boxes = []
    for width in (NAME, FORMULA):
        boxes.append(QRect(left, inside.top(), theme.px(width), inside.height()))
        left += theme.px(width) + gap
    last = []
    for width in (ERROR, SIZE, SCALE, CHAIN):
        right -= theme.px(width)
        last.append(QRect(right, inside.top(), theme.px(width), inside.height()))
        right -= gap
    slots = QRect(left, inside.top(), right - left, inside.height())
    return Columns(boxes[0], boxes[1], slots, *reversed(last))
