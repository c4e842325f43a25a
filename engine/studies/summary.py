"""What many judged pictures come to: accuracies with their intervals, errors, times and sizes."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data_sets.samples import Samples
from engine.studies.judging import Part

Z_95 = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True)
class Accuracy:
    """A percentage of pictures, and the 95 % interval that holds it for pictures like these."""

    percent: float
    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """The answers to `pictures` pictures, and what one part of them costs.

    A part is a picture or a batch (`engine.studies.judging.Part`); times and sizes are medians over
    the parts. The two counts of correct answers are None where the labels are unknown.
    `disagreements` numbers the pictures, as in their file, that were answered differently with and
    without encryption. Errors are relative to each picture's largest clear score. `auc` is, for two
    classes, how often a picture of the second has a higher encrypted margin than one of the first.
    """

    pictures: int
    parts: int
    clear_correct: int | None
    encrypted_correct: int | None
    same: int
    disagreements: tuple[int, ...]
    largest_relative_error: float
    median_relative_error: float
    cloud_seconds: float
    seconds: float
    stage_seconds: tuple[tuple[str, float], ...]
    key_seconds: float
    key_bytes: int
    bytes_up: int
    bytes_down: int
    auc: float | None = None

    @property
    def clear_accuracy(self) -> Accuracy | None:
        """Return how often the clear network is right."""
        return None if self.clear_correct is None else wilson(self.clear_correct, self.pictures)

    @property
    def encrypted_accuracy(self) -> Accuracy | None:
        """Return how often the decrypted answer is right."""
        if self.encrypted_correct is None:
            return None
        return wilson(self.encrypted_correct, self.pictures)

    @property
    def agreement(self) -> Accuracy:
        """Return how often both answers are the same."""
        return wilson(self.same, self.pictures)


def wilson(count: int, total: int) -> Accuracy:
    """Return `count` of `total` with Wilson's 95 % score interval (JASA 22, 1927), in percent."""
    share, spread = count / total, Z_95**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == total else middle + half
    return Accuracy(100 * share, 100 * low, 100 * high)


def summarise(parts: Sequence[Part], samples: Samples) -> Summary:
    """Sum up at least one part of `samples`; parts may come in any order."""
    answers = sorted(
        answer
        for part in parts
        for answer in zip(part.indices, part.encrypted, part.clear, strict=True)
    )
    labels = None if samples.labels is None else samples.labels.tolist()
    differ = tuple(samples.first + index for index, mine, clear in answers if mine != clear)
    errors = [error for part in parts for error in part.errors]
    first = parts[0]
    return Summary(
        pictures=len(answers),
        parts=len(parts),
        clear_correct=labels and sum(labels[index] == clear for index, _, clear in answers),
        encrypted_correct=labels and sum(labels[index] == mine for index, mine, _ in answers),
        same=len(answers) - len(differ),
        disagreements=differ,
        largest_relative_error=max(errors),
        median_relative_error=statistics.median(errors),
        cloud_seconds=_median(parts, lambda part: part.cloud_seconds),
        seconds=_median(parts, lambda part: part.seconds),
        stage_seconds=tuple(
            (key, statistics.median(dict(part.stage_seconds)[key] for part in parts))
            for key, _ in first.stage_seconds
        ),
        key_seconds=_median(parts, lambda part: part.key_seconds),
        key_bytes=first.key_bytes,
        bytes_up=round(_median(parts, lambda part: part.bytes_up)),
        bytes_down=round(_median(parts, lambda part: part.bytes_down)),
        auc=_auc(parts, samples),
    )


def _auc(parts: Sequence[Part], samples: Samples) -> float | None:
    """Return the area under the curve of true against false positives, ties counting half."""
    margins = np.array([margin for part in parts for margin in part.margins])
    indices = [index for part in parts for index in part.indices]
    if samples.labels is None or len(margins) != len(indices):
        return None
    second = samples.labels[indices] == 1
    if second.all() or not second.any():
        return None
    above = margins[second][:, None] - margins[~second]
    return float((above > 0).mean() + (above == 0).mean() / 2)


def _median(parts: Sequence[Part], of: Callable[[Part], float]) -> float:
    return statistics.median(of(part) for part in parts)
