"""What the layers of a leg may choose among, worked out once for all settings.

Which rotations and masks a layer needs between two layouts depends neither on its level nor on
what the noise of a setting allows; only what they cost does (`engine.circuits.planner`).
"""

import functools
from collections.abc import Iterator

from engine.circuits.arrangement import Arrangement, arrangements
from engine.circuits.diagonals import Layout
from engine.circuits.layouts import Packing, packings, placements
from engine.circuits.placing import Placement
from engine.networks.maps import LinearMap


class LayerOffers:
    """The placements of one layer after each layout of its input, and how a first one's is packed.

    Attributes: `linear`, the `unit` slots of a channel of its output, the `slots` of a ciphertext.
    """

    def __init__(self, linear: LinearMap, arrangement: Arrangement, slots: int) -> None:
        self.linear = linear
        self.unit = arrangement.unit
        self._arrangement = arrangement
        self.slots = slots
        self._packings: dict[int, tuple[Packing, ...]] = {}
        self._placements: dict[tuple[bytes | int, ...], tuple[Placement, ...]] = {}

    def packings(self, parts: int) -> Iterator[Packing]:
        """Return how the client may pack the input of a first layer, up to `parts` a slot."""
        for taken in range(1, parts + 1):
            if taken not in self._packings:
                found = packings(self.linear, self._arrangement, self.slots, taken)
                self._packings[taken] = tuple(found)
            yield from self._packings[taken]

    def placements(self, linear: LinearMap, source: Layout, parts: int) -> Iterator[Placement]:
        """Return where the outputs may stand, up to `parts` a slot.

        `linear` is the layer, or a first one as it reads a packing.
        """
        for taken in range(1, parts + 1):
            key = taken, *source.key
            if key not in self._placements:
                found = placements(linear, source, self._arrangement, taken)
                self._placements[key] = tuple(found)
            yield from self._placements[key]


@functools.lru_cache(maxsize=4)
def offers_of(maps: tuple[LinearMap, ...], slots: int) -> tuple[LayerOffers, ...]:
    """Return what each of the layers offers in ciphertexts of `slots` slots."""
    return tuple(
        LayerOffers(linear, arrangement, slots)
        for linear, arrangement in zip(maps, arrangements(maps), strict=True)
    )
