"""Judging one model on its test pictures, encrypted and clear, so that it can be stopped any time.

Every finished part (a picture, or a batch) is on the disk at once; the next run does the others.
"""

import dataclasses
import functools
import hashlib
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from engine.circuits.batch.stages import batch_shape
from engine.ckks.parameters import ProtocolName, Settings
from engine.data_sets.samples import Samples
from engine.errors import ModelError, ResultsError
from engine.planning.forecast import network_named
from engine.planning.recommended import recommended
from engine.remote.address import Address
from engine.resources import model_sha256
from engine.session.events import Event, StageProgress
from engine.studies.journal import Journal
from engine.studies.judging import Mode, Part, coeff_modulus_bits, judge, split_indices
from engine.studies.sessions import run_on_sessions

FORMAT = 1


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What is to be judged: a setting, with its model, on some samples."""

    settings: Settings
    mode: Mode
    samples: Samples

    @functools.cached_property
    def header(self) -> dict[str, Any]:
        """Return what a journal of this evaluation, and of no other, begins with."""
        return {
            "format": FORMAT,
            **dataclasses.asdict(self.settings),
            "mode": self.mode,
            "pictures": len(self.samples),
            "samples_sha256": self.samples.sha256,
            "model_sha256": model_sha256(self.settings.model),
        }


Spread = Callable[
    [Evaluation, Sequence[tuple[int, ...]], Callable[[int, Event], None]],
    Generator[tuple[int, Part], None, None],
]
"""Judges some parts of an evaluation, told as `engine.studies.sessions.run_on_sessions` does."""


def usual_settings(model: str, mode: Mode, protocol: ProtocolName = "one-shot") -> Settings:
    """Return the setting that a model is judged with unless another is asked for.

    They are the smallest with which its answers are those of the clear network.
    """
    if protocol == "refresh":
        return Settings(model, 8192, 26, protocol=protocol)
    if mode == "single":
        return recommended(model)
    if network_named(model).card.architecture == "network2":
        return Settings(model, 16384, 30)
    return Settings(model, 8192, 26)


def usual_mode(model: str, protocol: ProtocolName = "one-shot") -> Mode:
    """Return how a model is judged unless asked otherwise: in batches where it can be."""
    if protocol != "one-shot":
        return "single"
    try:
        batch_shape(network_named(model))
    except ModelError:
        return "single"
    return "batched"


def evaluations_folder() -> Path:
    """Return where evaluations are kept unless another place is asked for."""
    return platformdirs.user_cache_path("ciphersketch") / "evaluations"


def usual_journal(evaluation: Evaluation) -> Path:
    """Return where an evaluation is kept until it is complete: in the user's cache folder."""
    name = hashlib.sha256(repr(sorted(evaluation.header.items())).encode()).hexdigest()[:16]
    return evaluations_folder() / f"{evaluation.settings.model}-{name}.jsonl"


def evaluate(
    evaluation: Evaluation,
    path: Path,
    workers: int = 2,
    on_progress: Callable[[float], None] = lambda pictures: None,
    cloud: Address | None = None,
    spread: Spread | None = None,
) -> tuple[Part, ...]:
    """Do what the journal at `path` lacks, on `workers` pairs of processes; return all parts.

    With `cloud` the second of each pair is one on another machine; `spread` does the work in
    another way (`engine.studies.sweeps.spreading`).
    `on_progress` is told how many pictures are done, parts of a batch included; it is called in
    several threads. Raises ParameterError, ModelError, ResultsError, ProcessLostError. Whatever
    ends it early, the finished parts are kept and the processes end.
    """
    settings, mode, samples = evaluation.settings, evaluation.mode, evaluation.samples
    coeff_modulus_bits(settings, mode)  # refuses before anything is written
    with Journal(path, evaluation.header) as journal:
        parts = [_part_from(entry, path) for entry in journal.entries]
        done = {index for part in parts for index in part.indices}
        missing = [index for index in range(len(samples)) if index not in done]
        todo = split_indices(settings, mode, missing)
        batch = len(todo[0]) if mode == "batched" and todo else 0
        progress = _Progress(on_progress, len(done), batch)
        if spread is None:
            jobs = [functools.partial(judge, settings, mode, samples, indices) for indices in todo]
            found = run_on_sessions(jobs, workers, progress.hear, cloud)
        else:
            found = spread(evaluation, todo, progress.hear)
        with closing(found) as results:
            for _, part in results:
                journal.append(dataclasses.asdict(part))
                parts.append(part)
                progress.finish(len(part.indices))
    return tuple(parts)


def _part_from(entry: dict[str, Any], path: Path) -> Part:
    try:
        stages = tuple((str(key), float(seconds)) for key, seconds in entry["stage_seconds"])
        names = ("indices", "encrypted", "clear", "errors", "margins")
        lists = {name: tuple(entry[name]) for name in names if name in entry}
        return Part(**{**entry, **lists, "stage_seconds": stages})
    except (LookupError, TypeError, ValueError) as error:
        raise ResultsError(
            f"The file {path} is damaged or of another version ({error}); move it away."
        ) from error


class _Progress:
    """Counts pictures: finished ones, and the rows of batches of `batch` that are under way."""

    def __init__(self, tell: Callable[[float], None], done: int, batch: int) -> None:
        self._tell = tell
        self._done = done
        self._batch = batch
        self._under_way: dict[int, float] = {}
        self._lock = threading.Lock()
        tell(done)

    def hear(self, worker: int, event: Event) -> None:
        """Take a worker's event: the client goes through a batch row by row."""
        if self._batch and isinstance(event, StageProgress) and event.key == "encrypt":
            with self._lock:
                self._under_way[worker] = self._batch * (event.done - 1) / event.total
                self._tell(self._done + sum(self._under_way.values()))

    def finish(self, pictures: int) -> None:
        """Count a part; of those under way it is the one that is furthest."""
        with self._lock:
            if self._under_way:
                self._under_way.pop(max(self._under_way, key=self._under_way.__getitem__))
            self._done += pictures
            self._tell(self._done + sum(self._under_way.values()))
