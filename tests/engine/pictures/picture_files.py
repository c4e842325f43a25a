"""Digits as small pictures, and pictures as the bytes of files, for the tests of reading them."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image
from pillow_heif import register_heif_opener

register_heif_opener()

Share = npt.NDArray[np.float64]


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return the bytes of a picture file of the format `kind`."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def seven(side: int = 280) -> Share:
    """Return how much ink (side, side) a 7 leaves, 0 to 1."""
    rows, columns = np.mgrid[0:side, 0:side] / side
    bar = (abs(rows - 0.25) < 0.04) & (columns > 0.28) & (columns < 0.72)
    leg = (abs(columns - 0.77 + rows * 0.4) < 0.045) & (rows > 0.22) & (rows < 0.82)
    return (bar | leg).astype(float)


def drawn(paper: float, ink: float, side: int = 280) -> Share:
    """Return the levels of a 7 in `ink` on `paper`."""
    return paper + (ink - paper) * seven(side)


def grey(levels: Share) -> npt.NDArray[np.uint8]:
    """Return levels as a grey picture."""
    return levels.clip(0, 255).astype(np.uint8)
