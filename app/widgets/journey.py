"""The journey: two lanes that an audience can tell apart, and the wire between them.

You have the key and the cloud has none; each stage lights up on the side that runs it.
"""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.records import Phase, Progress
from app.state import AppState
from app.theme import Theme
from app.widgets.lane import Lane, SecretNote
from app.widgets.stage_card import StageCard
from app.widgets.stage_views import JourneyView
from app.widgets.wire import Wire
from engine.events import StageInfo

TICK_MS = 33
"""How often the bars of running stages grow."""


class Journey(QWidget):
    """Shows `state.stages` on the two lanes; rebuilt when the circuit is another.

    Attributes: `wire`, `cards` by the key of their stage.
    """

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self._infos: tuple[StageInfo, ...] = ()
        self.cards: dict[str, StageCard] = {}
        self._held_keys = StageCard(theme, "encrypted")
        self.wire = Wire(theme, self._wire_heights)
        self._you = Lane(theme, "clear", "key", "You", "have the key")
        self._cloud = Lane(theme, "encrypted", "cloud", "The cloud", "has no key")
        self._stays = SecretNote(theme)
        layout = QHBoxLayout(self)
        theme.space(layout, gap=0)
        layout.addWidget(self._you, 21)
        layout.addWidget(self.wire, 9)
        layout.addWidget(self._cloud, 24)
        self._held_keys.installEventFilter(self)
        self.wire.tile_moved.connect(self._light_card)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_all)
        state.forecast_changed.connect(self._rebuild)
        state.stage_changed.connect(self._show_stage)
        state.phase_changed.connect(self._follow_phase)

    def _rebuild(self) -> None:
        forecast = self._state.last_forecast
        if forecast is None:
            return
        is_another = [each.key for each in forecast.stages] != [each.key for each in self._infos]
        self._infos = forecast.stages
        if is_another:
            self._place_cards()
        self._show_all()

    def _place_cards(self) -> None:
        for card in self.cards.values():
            card.deleteLater()
        cloud = [each for each in self._infos if each.side == "cloud"]
        you = [each for each in self._infos if each.side == "client"]
        self.cards = {}
        self._cloud.put(self._held_keys, 0)
        for row, info in enumerate(cloud, start=1):
            self.cards[info.key] = StageCard(self._theme, "encrypted")
            self.cards[info.key].installEventFilter(self)
            self._cloud.put(self.cards[info.key], row)
        for row, info in zip((0, 1, len(cloud)), you, strict=True):
            self.cards[info.key] = StageCard(self._theme, "clear")
            self._you.put(self.cards[info.key], row)
        self._you.put(self._stays, 2, max(1, len(cloud) - 2))

    def _show_stage(self, key: str) -> None:
        self._show_all()
        place = self._tile_place(key)
        if key == "decrypt":
            self.wire.land_tile()
        elif place is not None:
            self.wire.place_tile(place)

    def _tile_place(self, key: str) -> float | None:
        """Return where the ciphertext is while the stage `key` runs, as a share of its way."""
        progress = self._state.stages[key].progress
        if progress is Progress.WAITING:
            return None
        cloud = self._cloud_keys()
        if key in cloud:
            return 0.25 + 0.5 * cloud.index(key) / max(1, len(cloud) - 1)
        return {"encrypt": 0.0, "send": 0.25, "receive": 1.0}.get(key)

    def _light_card(self, share: float) -> None:
        """Mark the card that the ciphertext passes."""
        cloud = self._cloud_keys()
        place = round((share - 0.25) * 2 * (len(cloud) - 1))
        for row, key in enumerate(cloud):
            self.cards[key].set_lit(row == place and 0.2 < share < 0.8)

    def _cloud_keys(self) -> list[str]:
        return [each.key for each in self._infos if each.side == "cloud"]

    def _view(self) -> JourneyView | None:
        forecast = self._state.last_forecast
        if forecast is None:
            return None
        return JourneyView(forecast, self._state.stages, self._state.keys)

    def _show_all(self) -> None:
        view = self._view()
        if view is None:
            return
        for info in self._infos:
            if info.key in self.cards:
                self.cards[info.key].show_view(view.card(info))
        self._held_keys.show_view(view.held_keys())
        self.wire.show_parcels(view.parcels())

    def _wire_heights(self) -> tuple[float, float, float]:
        cloud = self._cloud_keys()
        cards = (self._held_keys, self.cards[cloud[0]], self.cards[cloud[-1]])
        keys, picture, scores = (
            float(card.mapTo(self, card.rect().center()).y()) for card in cards
        )
        return keys, picture, scores

    def _follow_phase(self) -> None:
        if self._state.phase is Phase.IDLE:
            self._tick.stop()
        else:
            self._tick.start()
        self._show_all()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.wire.update()
        return super().eventFilter(watched, event)
