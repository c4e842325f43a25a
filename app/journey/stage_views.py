"""What each card of the journey shows, worked out from the state; pure functions."""

import time
from dataclasses import dataclass

from app.journey.stage_card import CardView
from app.journey.wire import Parcel
from app.kit.wording import TERMS, size_text, time_text
from app.state.records import Progress, StageState
from engine.planning.forecast import Forecast
from engine.planning.journey import StageInfo
from engine.session.events import KeysReady

TYPICAL_SECONDS = 0.05

CAPTIONS = {
    "keys": "secret and evaluation keys",
    "encrypt": "the pixels, laid out in slots",
    "encrypt-": "activations, all levels back",
    "decrypt-": "you see what the layer gave",
    "decrypt": "the scores, with the key",
}
"""By the key of a stage; those of a refresh have the number of their leg behind."""


@dataclass(frozen=True)
class JourneyView:
    """The journey as it stands: the forecast it belongs to, each stage, and the keys."""

    forecast: Forecast
    stages: dict[str, StageState]
    keys: KeysReady | None

    def stage(self, key: str) -> StageState:
        """Return a stage's state; one that never began is waiting."""
        return self.stages.get(key, StageState())

    def full_bar_seconds(self) -> float:
        """Return what a full bar stands for: the longest stage, measured or else predicted."""
        measured = [
            stage.seconds
            for key, stage in self.stages.items()
            if key != "keys" and stage.progress is Progress.DONE
        ]
        predicted = [seconds for _, seconds in self.forecast.stage_seconds]
        return max(measured or predicted, default=TYPICAL_SECONDS)

    def card(self, info: StageInfo) -> CardView:
        """Return what the card of a stage shows."""
        stage = self.stage(info.key)
        running = stage.progress is Progress.RUNNING
        elapsed = time.perf_counter() - stage.started_at if running else stage.seconds
        in_cloud = info.side == "cloud"
        waiting = stage.progress is Progress.WAITING
        return CardView(
            title=info.title,
            explanation=f"{info.explanation}\n{TERMS['level']}" if in_cloud else info.explanation,
            progress=stage.progress,
            value=self._predicted(info.key) if waiting else time_text(elapsed),
            caption=self._caption(info, stage),
            share=0.0 if waiting else self._share(info, stage, elapsed),
            level=self._level(info, stage) if in_cloud else 0,
            top_level=self._top_level() if in_cloud else 0,
        )

    def held_keys(self) -> CardView:
        """Return what the cloud holds: evaluation keys, never the secret one."""
        explanation = f"{TERMS['relin_keys']}\n{TERMS['galois_keys']}"
        if self.keys is None:
            return CardView("Cloud's keys", explanation, caption="no secret key")
        return CardView(
            title="Cloud's keys",
            explanation=explanation,
            progress=Progress.DONE,
            value=size_text(self.keys.galois_key_bytes + self.keys.relin_key_bytes),
            caption=f"{self.keys.galois_key_count} Galois, 1 relin., no secret key",
            share=1.0,
        )

    def parcels(self) -> tuple[Parcel, ...]:
        """Return what crosses the wire: the keys, then what goes up and what comes down."""
        keys = self.keys
        key_size = size_text(keys.galois_key_bytes + keys.relin_key_bytes) if keys else ""
        return (
            Parcel("eval. keys", key_size, to_cloud=True, has_crossed=keys is not None),
            *(self._parcel(info) for info in self.forecast.stages if info.side == "wire"),
        )

    def _parcel(self, info: StageInfo) -> Parcel:
        stage = self.stage(info.key)
        done = stage.progress is Progress.DONE
        size = size_text(stage.wire_bytes) if done else ""
        return Parcel("ciphertext", size, info.key.startswith("send"), done)

    def _share(self, info: StageInfo, stage: StageState, elapsed: float) -> float:
        if info.key != "keys":
            return elapsed / self.full_bar_seconds()
        if stage.progress is Progress.DONE:
            return 1.0
        return stage.done / stage.total if stage.total else 0.0

    def _predicted(self, key: str) -> str:
        seconds = dict(self.forecast.stage_seconds).get(key)
        return "" if seconds is None else f"~{time_text(seconds)}"

    def _caption(self, info: StageInfo, stage: StageState) -> str:
        if stage.progress is Progress.RUNNING and stage.total:
            return f"{stage.done} of {stage.total}"
        if info.side == "cloud":
            return f"{self._level(info, stage)} of {self._top_level()} primes left"
        return CAPTIONS.get(info.key.rstrip("0123456789"), "")

    def _level(self, info: StageInfo, stage: StageState) -> int:
        return stage.level if stage.progress is Progress.DONE else info.level

    def _top_level(self) -> int:
        return len(self.forecast.coeff_modulus_bits) - 1
