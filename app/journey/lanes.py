"""The journey: two lanes that an audience can tell apart, and the wire between them.

You have the key and the cloud has none; each stage lights up on the side that runs it.
"""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.journey.lane import Lane, SecretNote
from app.journey.stage_card import StageCard
from app.journey.stage_views import JourneyView
from app.journey.wire import LEG, Wire
from app.kit.theme import Theme
from app.state.everything import AppState
from app.state.records import Phase, Progress
from engine.planning.journey import KEYS, StageInfo

TICK_MS = 33
"""How often the bars of running stages grow."""


class Journey(QWidget):
    """Shows `state.run.stages` on the two lanes; rebuilt when the circuit is another.

    Attributes: `wire`, `cloud` (its lane), `cards` by the key of their stage.
    """

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self._infos: tuple[StageInfo, ...] = ()
        self._crossings: list[int] = []  # rows at which something goes up, then comes down
        self.cards: dict[str, StageCard] = {}
        self._held_keys = StageCard(theme, "encrypted")
        self.wire = Wire(theme, self._wire_heights)
        self._you = Lane(theme, "clear", "key", "You", "have the key")
        self.cloud = Lane(theme, "encrypted", "cloud", "The cloud", "has no key")
        self._stays = SecretNote(theme)
        layout = QHBoxLayout(self)
        theme.space(layout, gap=0)
        layout.addWidget(self._you, 21)
        layout.addWidget(self.wire, 9)
        layout.addWidget(self.cloud, 24)
        self._held_keys.installEventFilter(self)
        self.wire.tile_moved.connect(self._light_card)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_all)
        self._you.say_place("")
        state.cloud.changed.connect(self._show_place)
        self._show_place()
        state.chosen.changed.connect(self._show_all)
        state.chosen.forecast_changed.connect(self._rebuild)
        state.run.stage_changed.connect(self._show_stage)
        state.run.phase_changed.connect(self._follow_phase)

    def _show_place(self) -> None:
        self.cloud.say_place(self._state.cloud.where)

    def _rebuild(self) -> None:
        forecast = self._state.chosen.last_forecast
        if forecast is None:
            return
        is_another = [each.key for each in forecast.stages] != [each.key for each in self._infos]
        self._infos = forecast.stages
        if is_another:
            self._place_cards()
        self._show_all()

    def _place_cards(self) -> None:
        """Lay the stages out from top to bottom; what you do stands beside what the cloud does."""
        for card in self.cards.values():
            card.deleteLater()
        self.cards, self._crossings = {}, []
        you: dict[int, QWidget] = {}
        cloud: dict[int, QWidget] = {0: self._held_keys}
        for info in self._infos:
            up = info.key.startswith(("encrypt", "send"))  # these come before the cloud's next row
            row = len(cloud) if up else len(cloud) - 1
            if info.side == "wire":
                self._crossings.append(row)
                continue
            card = StageCard(self._theme, "encrypted" if info.side == "cloud" else "clear")
            self.cards[info.key] = card
            if info.side == "cloud":
                card.installEventFilter(self)
                cloud[len(cloud)] = card
            else:
                you[row] = card
        self.cloud.arrange(cloud, len(cloud))
        self._you.arrange(you, len(cloud))
        start, height = _longest_gap(you, len(cloud))
        self._stays.use_rows(height)
        if height:
            self._you.cover(self._stays, start, height)
        self._stays.setVisible(height > 0)  # only once it has a parent, or it is a window

    def _show_stage(self, key: str) -> None:
        self._show_all()
        place = self._tile_place(key)
        if key == "decrypt":
            self.wire.land_tile()
        elif place is not None:
            self.wire.place_tile(place)

    def _tile_place(self, key: str) -> float | None:
        """Return where the ciphertext is while the stage `key` runs; see `Wire`."""
        is_shown = any(each.key == key for each in self._infos)  # not of settings chosen before
        if not is_shown or self._state.run.stages[key].progress is Progress.WAITING:
            return None
        leg = sum(each.key.startswith("receive") for each in self._before(key))
        if key.startswith("encrypt"):
            return leg * LEG
        if key.startswith("send"):
            return leg * LEG + 0.25
        if key.startswith(("receive", "decrypt")):
            return (leg - key.startswith("decrypt")) * LEG + 1.0
        row = self._cloud_keys().index(key) + 1 if key in self._cloud_keys() else 0
        first, last = self._crossings[2 * leg], self._crossings[2 * leg + 1]
        return leg * LEG + 0.25 + 0.5 * (row - first) / max(1, last - first) if row else None

    def _before(self, key: str) -> list[StageInfo]:
        keys = [each.key for each in self._infos]
        return list(self._infos[: keys.index(key)])

    def _light_card(self, share: float) -> None:
        """Mark the card that the ciphertext passes."""
        leg, within = divmod(share, LEG)
        lit = 0
        if share >= 0 and 0.2 < within < 0.8:
            first, last = self._crossings[2 * int(leg)], self._crossings[2 * int(leg) + 1]
            lit = round(first + (within - 0.25) * 2 * (last - first))
        for row, key in enumerate(self._cloud_keys(), start=1):
            self.cards[key].set_lit(row == lit)

    def _cloud_keys(self) -> list[str]:
        return [each.key for each in self._infos if each.side == "cloud"]

    def _view(self) -> JourneyView | None:
        forecast = self._state.chosen.last_forecast
        if forecast is None:
            return None
        return JourneyView(forecast, self._state.run.stages, self._state.run.keys)

    def _show_all(self) -> None:
        view = self._view()
        if view is None:
            return
        for info in self._infos:
            if info.key in self.cards:
                self.cards[info.key].show_view(view.card(info))
        stale, new_keys = self._state.is_stale, self._state.has_keys
        for key, card in self.cards.items():
            is_old = stale and not (key == KEYS.key and new_keys)
            card.set_stale(is_old and card.view().progress is Progress.DONE)
        self.wire.fade_from((1 if new_keys else 0) if stale else None)
        self._held_keys.show_view(view.held_keys())
        self.wire.show_parcels(view.parcels())

    def _wire_heights(self) -> tuple[float, ...]:
        rows = [self._held_keys, *(self.cards[key] for key in self._cloud_keys())]
        cards = (rows[row] for row in (0, *self._crossings))
        return tuple(float(card.mapTo(self, card.rect().center()).y()) for card in cards)

    def _follow_phase(self) -> None:
        if self._state.run.phase is Phase.IDLE:
            self._tick.stop()
        else:
            self._tick.start()
        self._show_all()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.wire.update()
        return super().eventFilter(watched, event)


def _longest_gap(taken: Mapping[int, QWidget], rows: int) -> tuple[int, int]:
    """Return the first row and the length of the longest run of rows that nothing stands in."""
    gaps = [(0, 0)]
    for row in range(rows):
        start, length = gaps[-1]
        if row not in taken:
            gaps.append((start, length + 1) if start + length == row else (row, 1))
    return max(gaps, key=lambda gap: gap[1])
