"""Fetching a data set's official files through torchvision, which knows mirrors and checksums."""

from pathlib import Path

from torchvision import datasets

from engine.errors import DatasetError

SETS = {
    "MNIST": datasets.MNIST,
    "KMNIST": datasets.KMNIST,
    "FashionMNIST": datasets.FashionMNIST,
}


def download(dataset: str, root: Path) -> None:
    """Put the files of `dataset` under `root`; nothing is fetched that is there already.

    Raises DatasetError if they cannot be had.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        SETS[dataset](str(root), download=True)
    except (OSError, RuntimeError) as error:
        raise DatasetError(
            f"{dataset} could not be downloaded to {root} ({error}); "
            "name a folder that has its files with --data."
        ) from error
