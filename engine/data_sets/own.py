"""A person's own pictures with their classes: a folder, an .npz with MedMNIST's keys, IDX files."""

from pathlib import Path

from engine.data_sets.archives import parse_npz
from engine.data_sets.folders import PictureFolder, load_folder
from engine.data_sets.idx import parse_split
from engine.data_sets.samples import Samples
from engine.data_sets.splits import Split
from engine.errors import DatasetError
from engine.networks.layers import Network

MAX_FILE_BYTES = 512 * 2**20


def load_own(path: Path, network: Network) -> PictureFolder:
    """Read what is at `path` for a network to be judged on.

    A folder has a subfolder for each class, whose pictures are prepared; an .npz has a test split,
    and an IDX file of images its labels beside it under the name that says `labels`: those must be
    of the shape that the network reads. Raises DatasetError.
    """
    card = network.card
    if path.is_dir():
        return load_folder(path, card.classes, network.name, card.input_shape)
    name, classes = path.name, len(card.classes)
    if path.suffix == ".npz":
        split = parse_npz(_bytes(path), "test", name, classes)
    elif "images" in name:
        labels = path.with_name(name.replace("images", "labels").replace("idx3", "idx1"))
        split = parse_split(_bytes(path), _bytes(labels), name, classes)
    else:
        raise DatasetError(
            f"{name} is no folder, no .npz and no IDX file with 'images' in its name; give one."
        )
    _check_shape(split, network, name)
    return PictureFolder(
        Samples(f"{len(split):,} pictures of {name}", split.pictures, split.labels), (), ()
    )


def _check_shape(split: Split, network: Network, name: str) -> None:
    sides = split.pictures.shape[1:]
    found = (1,) * (3 - len(sides)) + sides
    if found != network.card.input_shape:
        raise DatasetError(
            f"The pictures of {name} are {_sides_text(found)}, but {network.name} reads "
            f"{_sides_text(network.card.input_shape)}; a folder of picture files would be prepared."
        )


def _sides_text(sides: tuple[int, ...]) -> str:
    return "\u00d7".join(map(str, sides))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DatasetError(f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MB; use less.")
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror}); name another.") from error
