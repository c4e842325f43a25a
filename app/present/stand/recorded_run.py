"""A recorded run that can stand in for the engine: its drawing, its settings, and what plays it."""

import dataclasses
import functools
from dataclasses import dataclass

from app.draw.picture.pictures import network_input
from app.draw.picture.samples import sample_drawing
from app.link.recording import RecordedRun, Recording, load_recording, session_of
from app.link.session import SessionFactory
from app.state.chosen import shape_of
from app.state.drawing import Drawing, Picture
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import fitting_of
from engine.errors import ImageError
from engine.resources import assets_dir

SAMPLE = "3-mouse.png"
"""What the runs of `assets/recording.json.gz` were made of."""


@dataclass(frozen=True, eq=False)
class RecordedStory:
    """Runs that were made of `drawing`; `settings` are those of the one to be told."""

    drawing: Drawing
    picture: Picture
    recording: Recording

    @property
    def settings(self) -> Settings:
        """Return the settings of the last run, the only one whose ciphertexts are kept."""
        return self.recording.runs[-1].keys.settings

    @property
    def factory(self) -> SessionFactory:
        """Return what makes sessions that play the runs."""
        return session_of(self.recording, self.picture)


def bundled_story() -> RecordedStory:
    """Return the runs that come with the program; raise OSError or ValueError."""
    drawing, recording = sample_drawing(SAMPLE), _recording()
    picture = picture_of(drawing, recording.runs[-1].keys.settings.model)
    return RecordedStory(drawing, picture, recording)


def own_story(drawing: Drawing, picture: Picture, run: RecordedRun) -> RecordedStory:
    """Return a run of one's own drawing; raise OSError or ValueError."""
    return RecordedStory(drawing, picture, dataclasses.replace(_recording(), runs=(run,)))


def picture_of(drawing: Drawing, model: str) -> Picture:
    """Return what a network sees of a drawing; raise ImageError of one without ink."""
    shape = shape_of(model)
    picture = network_input(drawing, shape, fitting_of(model, shape))
    if picture is None:
        raise ImageError("There is nothing on the picture.")
    return picture


@functools.cache
def _recording() -> Recording:
    return load_recording(assets_dir() / "recording.json.gz")
