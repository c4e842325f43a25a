"""Which slots are in sight: a part of the grid of all slots, as numbers. Free of Qt.

Slot s stands in column s mod `columns` of row s // `columns`.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np

from engine.circuits.diagonals import IntArray

WIDEST = 64
"""Columns of up to 8,192 slots; more slots have twice as many."""
NEAR = (16, 6)
"""So many columns are seen at the nearer distances: shapes, then single numbers."""
FLAT = 2.0
"""A cell at the nearer distances is so many times as wide as high: numbers are wide."""


@dataclass(frozen=True)
class Sight:
    """The cells from (`top`, `left`) on, `across` columns and `down` rows, of `slots` slots."""

    slots: int
    top: int = 0
    left: int = 0
    distance: int = 0

    @property
    def columns(self) -> int:
        """Return how many columns the whole grid has."""
        return min(self.slots, WIDEST if self.slots <= 2 * WIDEST**2 else 2 * WIDEST)

    @property
    def rows(self) -> int:
        """Return how many rows the whole grid has."""
        return self.slots // self.columns

    @property
    def across(self) -> int:
        """Return how many columns are in sight."""
        return self.columns if self.distance == 0 else min(self.columns, NEAR[self.distance - 1])

    @property
    def down(self) -> int:
        """Return how many rows are in sight."""
        return self.rows if self.distance == 0 else min(self.rows, round(self.across * FLAT))

    @property
    def shows_numbers(self) -> bool:
        """Tell whether cells are large enough for their numbers."""
        return self.distance == len(NEAR)

    def moved(self, rows: int, columns: int) -> "Sight":
        """Return it moved by so many cells, as far as there are any."""
        top = min(max(0, self.top + rows), self.rows - self.down)
        left = min(max(0, self.left + columns), self.columns - self.across)
        return dataclasses.replace(self, top=top, left=left)

    def zoomed(self, nearer: int, slot: int) -> "Sight":
        """Return it at another distance; `slot` is then in its middle, as far as can be."""
        distance = min(max(0, self.distance + nearer), len(NEAR))
        row, column = divmod(slot, self.columns)
        there = Sight(self.slots, distance=distance)
        return there.moved(row - there.down // 2, column - there.across // 2)

    def showing(self, slot: int) -> "Sight":
        """Return it moved as little as needed to show a slot."""
        row, column = divmod(slot, self.columns)
        rows = min(0, row - self.top) + max(0, row - self.top - self.down + 1)
        columns = min(0, column - self.left) + max(0, column - self.left - self.across + 1)
        return self.moved(rows, columns)

    @property
    def middle(self) -> int:
        """Return the slot in the middle."""
        row, column = self.top + self.down // 2, self.left + self.across // 2
        return min(row * self.columns + column, self.slots - 1)

    def cells(self, shift: int = 0) -> IntArray:
        """Return the slot of every cell in sight, (down, across), `shift` slots further on."""
        rows = (self.top + np.arange(self.down))[:, None] * self.columns
        found: IntArray = (rows + self.left + np.arange(self.across) + shift) % self.slots
        return found
