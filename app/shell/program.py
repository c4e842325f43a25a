"""The program behind the window: state, what changes it, the engine, and what is remembered."""

import functools
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.architecture.trainer import Trainer
from app.cloud.clouds import Clouds
from app.cloud.secret_models import SecretModels
from app.compare.archive import Archive
from app.compare.exports import Exports
from app.data_sets.browsing import Browser
from app.data_sets.downloading import Downloads
from app.data_sets.sample_runs import SampleRuns
from app.draw.picture.pictures import Pictures
from app.journey.runs import Runs
from app.link.background import Background
from app.link.crash import CrashReporter
from app.link.networks import Networks
from app.link.saving import Saving
from app.link.session import SessionFactory
from app.live.frames import Live
from app.present.stand.loop import StandLoop
from app.present.stand.stand_in import StandIn
from app.present.talk.notes import Notes
from app.present.talk.talks import Talks
from app.present.telling import Presentation
from app.prove.proofs import Proofs
from app.prove.recordings import Recordings
from app.settings.choices import Choices, Forecaster
from app.shell.garbage import MainThreadCollector
from app.shell.paths import Paths
from app.shell.preferences import Preferences, save_preferences
from app.shell.preloading import Preloading
from app.state.everything import AppState
from app.state.records import Phase
from app.tour.steps import Tour
from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.resources import assets_dir

if TYPE_CHECKING:
    from app.architecture.drafting import Drafting
    from app.architecture.trainer import Trained
    from app.inside.revealing import Revealing
    from app.inside.viewing import Viewing
    from app.playground.workbench import Workbench
    from app.sweep.running import Sweeps
    from engine.studies.architectures import StudyRow


class Program(QObject):
    """One attribute for each thing a person does; see their classes. `state` is what is shown.

    `collector` takes the garbage out.
    Signal `told(sentence, Tone)`: something was written or copied, or could not be.
    """

    told = Signal(str, object)

    def __init__(
        self,
        settings: Settings,
        factory: SessionFactory,
        forecaster: Forecaster,
        reporter: CrashReporter,
        paths: Paths,
    ) -> None:
        super().__init__()
        self.reporter = reporter
        self.collector = MainThreadCollector(self)
        self._paths = paths
        self._forecaster = forecaster
        self.state = AppState(settings, self)
        self._background = Background(self)
        self.preloading = Preloading(self._background, reporter.report, self)
        self.pictures = Pictures(self.state, self._background, reporter.report)
        self.choices = Choices(self.state, self._background, forecaster, reporter.report)
        self.runs = Runs(self.state, factory, reporter.report)
        self.clouds = Clouds(self.state, self.runs, reporter.report)
        self.secret_models = SecretModels(self.state, self.runs, self.choices)
        self.proofs = Proofs(self.state, self.runs)
        self.recordings = Recordings(self.state, self.runs, self._background, reporter.report)
        self.networks = Networks(reporter.report, self)
        self.browser = Browser(self.state, self._background, reporter.report)
        self.downloads = Downloads(reporter.report, self)
        self.downloads.fetched.connect(self.browser.look_again)
        self.sample_runs = SampleRuns(self.state, self.pictures, self.choices, self.runs)
        self.live = Live(self.state, self.runs)
        self.archive = Archive(self.state, paths.runs, reporter.report)
        folder = paths.runs.parent / "pictures" if paths.runs is not None else None
        self.saving = Saving(self._background, self.told.emit, reporter.report)
        self.exports = Exports(self.saving, self.told.emit, folder)
        self.log_saving = Saving(self._background, self.state.run.say, reporter.report)
        self.presentation = Presentation(self.state, self.runs)
        settings_file = paths.preferences
        self.notes = Notes(settings_file and settings_file.with_name("talk-notes.md"))
        self.stand_in = StandIn(
            self.state, self.runs, factory, self.clouds, self.choices, self.pictures,
            self.presentation, reporter.report,
        )  # fmt: skip
        self.stand = StandLoop(self.state, self.pictures, self.presentation, self.stand_in)
        self.talks = Talks(
            self.state, self.choices, self.presentation, self.stand, self.stand_in, self.notes,
            self.saving, self.told.emit,
        )  # fmt: skip
        self.tour = Tour(self)
        self.trainer = Trainer(self)
        self.choices.settled.connect(self.runs.make_keys)
        self.runs.calibrated.connect(self.choices.refresh)

    @cached_property
    def drafting(self) -> "Drafting":
        """Return what plans architectures; made when it is first wanted."""
        from app.architecture.drafting import Drafting  # noqa: PLC0415 - starts a thread
        from engine.planning.design import design  # noqa: PLC0415

        designer = functools.partial(design, forecaster=self._forecaster)
        return Drafting(self.reporter.report, self, designer)

    @cached_property
    def viewing(self) -> "Viewing":
        """Return what looks inside runs; made when it is first wanted."""
        from app.inside.viewing import Viewing  # noqa: PLC0415 - starts a thread
        from engine.planning.insight import look_inside  # noqa: PLC0415

        return Viewing(self.state, self.reporter.report, look_inside, self)

    @cached_property
    def workbench(self) -> "Workbench":
        """Return what computes in the playground; made when it is first wanted."""
        from app.playground.workbench import Workbench  # noqa: PLC0415 - not needed at the start

        return Workbench(self.runs, self.reporter.report, self)

    @cached_property
    def revealing(self) -> "Revealing":
        """Return what looks into the ciphertexts of teaching runs; made when it is first wanted."""
        from app.inside.revealing import Revealing  # noqa: PLC0415 - only for that view

        return Revealing(self.state, self.runs, self.reporter.report, self)

    @cached_property
    def study(self) -> tuple["StudyRow", ...]:
        """Return what was measured of architectures; none where the results are damaged."""
        from engine.studies import architectures  # noqa: PLC0415 - loads much of the engine

        try:
            return architectures.read_study(assets_dir() / "results" / "study")
        except ResultsError:
            return ()

    def save_step(self, data: bytes, path: Path) -> None:
        """Write the picture of a step."""
        self.saving.save(lambda: data, path, f"The step was saved as {path}.")

    def use_trained(self, found: "Trained") -> None:
        """Choose a network that was just trained, under its recommended setting."""
        self.networks.choose(found.model)

    @cached_property
    def sweeps(self) -> "Sweeps":
        """Return what measures grids of settings; made when it is first wanted."""
        from app.sweep import link, running, store  # noqa: PLC0415 - loads much of the engine

        return running.Sweeps(
            self.state,
            self._background,
            link.open_sweep,
            self.reporter.report,
            self._paths.sweeps or store.default_folder(),
        )

    def start(self) -> None:
        """Work out the forecast, and with it make the first keys."""
        self.clouds.start()
        self.choices.start()
        self.pictures.warm_up()
        self.preloading.start()
        self.archive.start()

    def cancel(self) -> None:
        """Stop the run; without one, end live mode."""
        if self.state.run.phase is Phase.CLASSIFYING or self.state.run.is_silent:
            self.runs.cancel()
        else:
            self.live.turn(on=False)

    def save(self, preferences: Preferences) -> None:
        """Remember preferences, if they are remembered at all."""
        if self._paths.preferences is not None:
            save_preferences(preferences, self._paths.preferences)

    def close(self) -> None:
        """End every thread and process; safe to call twice."""
        if "sweeps" in self.__dict__:
            self.sweeps.close()
        if "drafting" in self.__dict__:
            self.drafting.close()
        if "viewing" in self.__dict__:
            self.viewing.close()
        self.trainer.close()
        self.networks.close()
        self.preloading.close()
        self._background.close()
        self.downloads.close()
        self.clouds.close()
        self.runs.close()
        self.archive.close()
        self.collector.stop()
