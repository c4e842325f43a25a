"""A run as an animated picture for slides: the ciphertext on its way, step by step.

Every step lasts longer than it did, by the same factor as far as it can still be followed.
"""

import io
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

from app.compare.moments import SIZE, Moment, Scene
from app.state.stored_run import StoredRun
from engine.planning.journey import StageInfo
from engine.session.events import StageFinished

SLOWER = 15
SHORTEST_MS, LONGEST_MS = 400, 1600
CROSSINGS = 6
LAST_MS = 3500
FORMATS = {".png": "PNG", ".gif": "GIF"}


def as_animation(run: StoredRun, stages: Sequence[StageInfo], ending: str) -> bytes:
    """Return the bytes of an animated PNG or GIF, which `ending` tells: `.png` or `.gif`."""
    scene = Scene(run, stages, SLOWER)
    moments = list(_moments(run.stages, {stage.key: stage.side for stage in stages}))
    first, *others = (_as_pillow(scene.paint(moment)) for moment in moments)
    buffer = io.BytesIO()
    first.save(
        buffer,
        FORMATS[ending],
        save_all=True,
        append_images=others,
        duration=[moment.milliseconds for moment in moments],
        loop=0,
    )
    return buffer.getvalue()


def _moments(stages: Sequence[StageFinished], sides: dict[str, str]) -> Iterator[Moment]:
    for done, stage in enumerate(stages):
        shown_ms = min(max(round(1000 * SLOWER * stage.seconds), SHORTEST_MS), LONGEST_MS)
        if sides.get(stage.key) == "wire":
            places = np.linspace(0, 1, CROSSINGS)
            for place in places if stage.key.startswith("send") else places[::-1]:
                yield Moment(done, float(place), shown_ms // CROSSINGS)
        else:
            yield Moment(done, 1.0 if sides.get(stage.key) == "cloud" else None, shown_ms)
    yield Moment(len(stages), None, LAST_MS)


def _as_pillow(image: QImage) -> Image.Image:
    width, height = SIZE.width(), SIZE.height()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return Image.frombytes("RGB", (width, height), rows[:, : 3 * width].tobytes())
