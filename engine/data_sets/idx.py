"""Reading pairs of IDX files, plain or gzipped: the format of MNIST and of sets made like it."""

import gzip
import io
import zlib

import numpy as np
import numpy.typing as npt

from engine.data_sets.splits import MAX_PICTURES, SIDES, Split
from engine.errors import DatasetError

GZIP = b"\x1f\x8b"


def parse_split(
    images: bytes, labels: bytes, source: str, classes: int, sides: tuple[int, int] | None = None
) -> Split:
    """Decode a pair of IDX files; `source` names them in the DatasetError for damaged ones.

    With `sides` pictures have that height and width, else any of SIDES.
    """
    pictures = _parse(images, 2, f"{source} images", sides)
    result = Split(pictures, _parse(labels, 0, f"{source} labels", None))
    if len(result.pictures) != len(result.labels):
        raise DatasetError(
            f"The {source} files hold {len(result.pictures)} pictures but {len(result.labels)} "
            "labels; both files must come from the same release."
        )
    if result.labels.max(initial=0) >= classes:
        raise DatasetError(
            f"The {source} labels go up to {result.labels.max()}; only 0 to {classes - 1} are "
            "classes."
        )
    return result


def _parse(
    data: bytes, dimensions: int, source: str, sides: tuple[int, int] | None
) -> npt.NDArray[np.uint8]:
    """Return uint8 (n, ...), reading no more than the header promises and MAX_PICTURES allow."""
    header = bytes((0, 0, 8, 1 + dimensions))
    raw = io.BytesIO(data)
    try:
        with gzip.GzipFile(fileobj=raw) if data.startswith(GZIP) else raw as stream:
            magic = stream.read(4)
            count, *shape = np.frombuffer(stream.read(4 + 4 * dimensions), ">u4").tolist()
            fits = tuple(shape) == sides if sides else all(side in SIDES for side in shape)
            if magic != header or not fits or count > MAX_PICTURES:
                wanted = sides or (f"{SIDES.start} to {SIDES.stop - 1}",) * dimensions
                raise DatasetError(
                    f"The {source} begin with {magic.hex()} and {count} items of shape {shape}; "
                    f"{header.hex()}, up to {MAX_PICTURES} and {list(wanted)} are right."
                )
            item_bytes = int(np.prod(shape, dtype=np.int64))
            body = stream.read(count * item_bytes + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DatasetError(
            f"The {source} are not a whole IDX file, gzipped or not ({error}); use the official "
            "file."
        ) from error
    if len(body) != count * item_bytes:
        raise DatasetError(
            f"The {source} promise {count} items of {item_bytes} bytes but hold "
            f"{'more' if len(body) > count * item_bytes else len(body)}; use the official file."
        )
    return np.frombuffer(body, np.uint8).reshape(count, *shape)
