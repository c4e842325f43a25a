"""The poster's own figures, to stand beside ours: what it measured on 5,000 test pictures.

It ran two networks on three data sets under CKKS with TenSEAL, one picture at a time.
"""

from dataclasses import dataclass

PICTURES = 5000


@dataclass(frozen=True)
class PosterFigure:
    """One row of the poster's table; accuracies in percent, `hours` for `PICTURES` pictures."""

    model: str
    poly_modulus_degree: int
    outer_bits: int
    scale_bits: int
    clear_accuracy: float
    encrypted_accuracy: float
    hours: float

    @property
    def seconds_per_picture(self) -> float:
        """Return the time of one picture."""
        return self.hours * 3600 / PICTURES


POSTER = (
    PosterFigure("mnist-network1", 8192, 32, 26, 97.14, 98.90, 1.23),
    PosterFigure("kmnist-network1", 8192, 32, 26, 90.65, 90.71, 1.31),
    PosterFigure("fashionmnist-network1", 8192, 32, 26, 87.40, 87.39, 1.32),
    PosterFigure("mnist-network2", 16384, 45, 30, 94.72, 94.78, 4.27),
    PosterFigure("kmnist-network2", 16384, 45, 30, 88.46, 87.66, 4.01),
    PosterFigure("fashionmnist-network2", 16384, 31, 26, 84.42, 83.90, 4.16),
)
