"""The poster's own figures, to show ours beside them.

Two CNNs on three data sets, 5,000 pictures each, classified in the clear and under CKKS with
TenSEAL; the networks' weights are not ours, so the accuracies compare in kind only.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PosterFigure:
    """One row of the poster: accuracies in percent, hours for PICTURES pictures."""

    architecture: str
    dataset: str
    clear_accuracy: float
    encrypted_accuracy: float
    hours: float
    poly_modulus_degree: int
    outer_bits: int
    scale_bits: int

    @property
    def seconds_per_picture(self) -> float:
        """Return the poster's time for one picture."""
        return self.hours * 3600 / PICTURES


PICTURES = 5000

POSTER = (
    PosterFigure("network1", "MNIST", 97.14, 98.90, 1.23, 8192, 32, 26),
    PosterFigure("network1", "KMNIST", 90.65, 90.71, 1.31, 8192, 32, 26),
    PosterFigure("network1", "FashionMNIST", 87.40, 87.39, 1.32, 8192, 32, 26),
    PosterFigure("network2", "MNIST", 94.72, 94.78, 4.27, 16384, 45, 30),
    PosterFigure("network2", "KMNIST", 88.46, 87.66, 4.01, 16384, 45, 30),
    PosterFigure("network2", "FashionMNIST", 84.42, 83.90, 4.16, 16384, 31, 26),
)


def poster_figure(architecture: str, dataset: str) -> PosterFigure | None:
    """Return the poster's row for a network and a data set, None if it has none."""
    matching = (
        each for each in POSTER if (each.architecture, each.dataset) == (architecture, dataset)
    )
    return next(matching, None)
