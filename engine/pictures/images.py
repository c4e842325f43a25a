"""From any picture file, or its bytes, to grey levels, or one ImageError that says what is wrong.

Formats are told apart by content; sizes are checked before anything is decoded. What a network
reads of the grey picture is made by `engine.pictures.fitting.to_network_input`.
"""

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from engine.errors import ImageError
from engine.pictures.levels import grey_levels
from engine.pictures.resampling import Grey

T = TypeVar("T")
Photo = npt.NDArray[np.uint8]
"""Colours, uint8 (height, width, 3)."""

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "AVIF", "HEIF")
NAMES = "PNG, JPEG, BMP, GIF, WebP, TIFF, AVIF or HEIC"
ENDINGS = (
    "png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff", "avif", "heic", "heif",
)  # fmt: skip
MIME_TYPES = (
    "image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif",
    "image/tiff", "image/avif", "image/heic", "image/heif",
)  # fmt: skip
MAX_FILE_BYTES = 32 * 2**20
MAX_SIDE = 16_384
PHOTO_SIDE = 640
"""A photo is made no larger than so many pixels a side: ten times what a network may read."""
MAX_PIXELS = 40_000_000
MAX_PIXELS_OF = {"WEBP": 16_000_000, "AVIF": 27_000_000, "HEIF": 36_000_000}
"""Fewer where decoders take more for a pixel: these stay under 300 MB (measured), as others do."""


def load_picture(path: Path) -> Grey:
    """Read a picture file as grey levels (height, width), 0 black to 255 white, as seen.

    Raises ImageError, naming the file, if it is missing, not a picture, damaged or too large.
    """
    return decode_picture(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a picture file; raise ImageError, naming it, if it cannot be one."""
    if path.is_dir():
        raise ImageError(f"{path.name} is a folder; choose a picture file.")
    if not path.is_file():
        raise ImageError(f"There is no picture file {path}; choose one that exists.")
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ImageError(
            f"{path.name} cannot be read ({error.strerror}); choose a file that you may open."
        ) from error


def decode_picture(data: bytes, name: str = "The picture") -> Grey:
    """Decode bytes of any of `FORMATS`, told apart by content, like `load_picture`.

    Ink on transparency lies on the paper that it stands out from; of an animation the first frame
    counts, of a document the first page; a large picture comes back smaller. `name` begins the
    message of the ImageError that anything else raises.
    """
    return _decoded(data, name, grey_levels)


def decode_photo(data: bytes, name: str = "The picture") -> Photo:
    """Decode bytes as `decode_picture` does, but as colours (height, width, 3), nothing guessed."""

    def upright(image: Image.Image) -> Photo:
        turned = ImageOps.exif_transpose(image)
        if "A" in turned.getbands() or "transparency" in turned.info:
            clear = turned.convert("RGBA")
            turned = Image.new("RGBA", clear.size, "white")
            turned.alpha_composite(clear)
        turned.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.BOX)
        return np.asarray(turned.convert("RGB"))

    return _decoded(data, name, upright)


def photo_input(photo: Photo, shape: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """Return a photo (h, w, 3) as a network reads it, `shape`: its middle, made smaller.

    The largest part with the proportions of `shape` is taken; one channel is grey, three are red,
    green and blue. Raises ImageError for other numbers of channels.
    """
    channels, height, width = shape
    if channels not in {1, 3}:
        raise ImageError(
            f"A picture has 1 or 3 channels, not the {channels} that this network reads; give "
            "its input as .npy."
        )
    image = Image.fromarray(photo).convert("L" if channels == 1 else "RGB")
    fitted = ImageOps.fit(image, (width, height), Image.Resampling.BOX)
    return np.asarray(fitted).reshape(height, width, channels).transpose(2, 0, 1)


def _decoded(data: bytes, name: str, convert: Callable[[Image.Image], T]) -> T:
    if not data:
        raise ImageError(f"{name} is empty; choose a {NAMES} picture.")
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(f"{name} is larger than {MAX_FILE_BYTES >> 20} MB; choose a smaller one.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, or of a size that is checked here
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image, name)
                return convert(image)
        except ImageError:
            raise
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{name} has no {NAMES} picture in it; choose another file."
            ) from error
        except Image.DecompressionBombError as error:
            raise ImageError(_too_large(name, "hundreds of millions")) from error
        except Exception as error:
            # Decoders given damaged bytes raise whatever they stumble over: no list is complete.
            raise ImageError(
                f"{name} is damaged or cut short; save it again as PNG or JPEG."
            ) from error


def _check_size(image: Image.Image, name: str) -> None:
    (width, height), most = image.size, MAX_PIXELS_OF.get(image.format or "", MAX_PIXELS)
    if max(image.size) > MAX_SIDE or width * height > most:
        raise ImageError(_too_large(name, f"{width}x{height}", most))


def _too_large(name: str, measured: str, most: int = MAX_PIXELS) -> str:
    limit = f"{most // 10**6} megapixels and {MAX_SIDE} a side"
    return f"{name} has too many pixels ({measured}); the limit is {limit}, so scale it down."
