"""The study of architectures in words: what one change buys and what it costs, with its numbers."""

import dataclasses
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.files import write_results
from engine.networks.architecture import Architecture, Spec
from engine.networks.architecture_text import from_notation
from engine.resources import model_names
from engine.studies.architectures import StudyRow, front, read_study
from engine.studies.report.graphs import draw_study
from engine.studies.report.poster import POSTER
from engine.studies.report.tables import markdown
from engine.studies.summary import wilson

KINDS = {
    "layer": "One layer more",
    "channels": "More channels",
    "width": "A wider dense layer",
    "stride": "A larger stride",
    "kernel": "A larger kernel",
    "pool": "Pooling",
    "degree": "A higher degree",
}


@dataclass(frozen=True)
class Change:
    """Two rows that differ in one thing: `kind` names it, `before` has less of it."""

    kind: str
    before: StudyRow
    after: StudyRow

    @property
    def gained(self) -> float:
        """Return by how many points the accuracy is higher."""
        return self.after.accuracy - self.before.accuracy

    @property
    def slower(self) -> float:
        """Return how many times as long the cloud takes."""
        return self.after.cloud_ms / self.before.cloud_ms

    @property
    def is_chance(self) -> bool:
        """Tell whether the intervals of both accuracies have anything in common."""
        ends = [wilson(round(each.accuracy / 100 * each.judged), each.judged)
                for each in (self.before, self.after)]  # fmt: skip
        return max(end.low for end in ends) <= min(end.high for end in ends)


def changes(rows: Sequence[StudyRow]) -> Iterator[Change]:
    """Return every pair of trained rows of a data set that differ in one thing only."""
    studied = [row for row in rows if row.model not in model_names()]
    read = [(row, from_notation(row.notation)) for row in studied]
    for before, small in read:
        for after, large in read:
            kind = _kind(small, large)
            if kind and before.data_set == after.data_set:
                yield Change(kind, before, after)


def _kind(small: Architecture, large: Architecture) -> str:
    """Return in what `large` has more than `small`, empty if in nothing or in several things."""
    first, second = small.layers, large.layers
    if len(second) == len(first) + 1:
        shorter = any(second[:at] + second[at + 1 :] == first for at in range(len(first)))
        return "layer" if shorter else ""
    if len(first) != len(second):
        return ""
    differing = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
    return _attribute(*differing[0]) if len(differing) == 1 else ""


def _attribute(small: Spec, large: Spec) -> str:
    if type(small) is not type(large):
        return ""
    names = [field.name for field in dataclasses.fields(small)]
    differing = [name for name in names if getattr(small, name) != getattr(large, name)]
    if len(differing) != 1 or getattr(small, differing[0]) > getattr(large, differing[0]):
        return ""
    return differing[0]


def write_study_graphs(folder: Path) -> None:
    """Draw the graph of each data set of the study in `folder`; raise ResultsError if it cannot be.

    Without a study nothing is written.
    """
    rows = read_study(folder)
    for data_set in dict.fromkeys(row.data_set for row in rows):
        here = [row for row in rows if row.data_set == data_set]
        write_results(folder / f"study-{data_set.lower()}.svg", draw_study(here, data_set))


def study_sections(rows: Sequence[StudyRow]) -> Iterable[str]:
    """Return the page's sections on the study."""
    yield "## What an architecture costs: `study`"
    yield (
        "Every network was trained by one recipe for its data set (6 passes over MNIST, 6 over "
        "CIFAR-10, 40 over PneumoniaMNIST, no teacher) and timed encrypted under its recommended "
        "setting, one after the other, on one core. Accuracies are in the clear; where no answer "
        "changed in the timed runs they are those under encryption too. Shorter trainings than "
        "those of the models that come with the program, so compare within the study."
    )
    for data_set in dict.fromkeys(row.data_set for row in rows):
        here = [row for row in rows if row.data_set == data_set]
        yield f"### {data_set}"
        yield f"![Accuracy against time](study/study-{data_set.lower()}.svg)"
        yield _table(here)
        yield _front_words(here)
    yield "### What one change buys and costs"
    found = list(changes(rows))
    yield "\n".join(_summary(kind, found) for kind in KINDS if _of(kind, found))
    yield markdown(
        ("change", "data set", "from", "to", "accuracy", "time", "levels"),
        [_row(change) for kind in KINDS for change in _of(kind, found)],
    )
    yield _poster_words(rows)


def _of(kind: str, found: Sequence[Change]) -> list[Change]:
    return [change for change in found if change.kind == kind]


def _table(rows: Sequence[StudyRow]) -> str:
    best = {row.model for row in front(rows, lambda row: row.cloud_ms)}
    header = ("network", "accuracy, %", "cloud", "expected", "levels", "rotations", "masks")
    return markdown(
        (*header, "weights", "up", "error", "expected"),
        [
            (
                f"{'**' if row.model in best else ''}`{_name(row)}`"
                f"{'**' if row.model in best else ''}",
                f"{row.accuracy:.2f}",
                f"{row.cloud_ms:,.0f} ms",
                f"{row.predicted_ms:,.0f} ms",
                str(row.levels),
                str(row.rotations),
                f"{row.masks:,}",
                f"{row.weights:,}",
                f"{row.ciphertext_bytes / 1e6:.2f} MB",
                f"{row.error:.3%}",
                f"{row.expected_error:.3%}",
            )
            for row in sorted(rows, key=lambda row: row.cloud_ms)
        ],
    )


def _name(row: StudyRow) -> str:
    return row.model if row.model in model_names() else row.described


def _front_words(rows: Sequence[StudyRow]) -> str:
    best = sorted(front(rows, lambda row: row.cloud_ms), key=lambda row: row.cloud_ms)
    listed = ", ".join(
        f"`{_name(row)}` ({row.accuracy:.2f} %, {row.cloud_ms:,.0f} ms)" for row in best
    )
    text = f"In bold, those that no other beats in both: {listed}."
    own = next((row for row in rows if row.model == "mnist-network1"), None)
    if own is not None:
        better = [
            row for row in best if row.accuracy >= own.accuracy and row.cloud_ms < own.cloud_ms
        ]
        text += (
            f" At least as accurate as network 1 ({own.accuracy:.2f} %, {own.cloud_ms:.0f} ms) in "
            "less time: "
            + (", ".join(f"`{_name(row)}`" for row in better) or "none was found")
            + "."
        )
    return text


def _summary(kind: str, found: Sequence[Change]) -> str:
    here = _of(kind, found)
    gained = [change.gained for change in here]
    slower = [change.slower for change in here]
    clear = sum(not change.is_chance for change in here)
    pairs = "pair" if len(here) == 1 else "pairs"
    return (
        f"- *{KINDS[kind]}* ({len(here)} {pairs}): {statistics.median(gained):+.2f} points in the "
        f"median ({min(gained):+.2f} to {max(gained):+.2f}; {clear} beyond chance), for "
        f"{statistics.median(slower):.2f} times the time ({min(slower):.2f} to {max(slower):.2f})."
    )


def _row(change: Change) -> tuple[str, ...]:
    before, after = change.before, change.after
    return (
        KINDS[change.kind],
        before.data_set,
        f"`{_name(before)}`",
        f"`{_name(after)}`",
        f"{change.gained:+.2f}{' (chance)' if change.is_chance else ''}",
        f"{change.slower:.2f} x",
        f"{before.levels} to {after.levels}",
    )


def _poster_words(rows: Sequence[StudyRow]) -> str:
    first, second = (
        next(each for each in POSTER if (each.architecture, each.dataset) == (name, "MNIST"))
        for name in ("network1", "network2")
    )
    deeper = [row for row in changes(rows) if row.kind == "layer"]
    text = (
        "The poster did not study how changes of an architecture change accuracy and time; its "
        f"second network, one convolution deeper, took {second.hours / first.hours:.1f} times as "
        "long as its first on MNIST."
    )
    if deeper:
        ratio = statistics.median(change.slower for change in deeper)
        gained = statistics.median(change.gained for change in deeper)
        text += (
            f" Here one layer more takes {ratio:.1f} times as long in the median and gives "
            f"{gained:+.2f} points."
        )
    return text
