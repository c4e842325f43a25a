"""From whatever a person draws or loads to the 28x28 grey picture that a network reads.

`load_picture` and `decode_picture` turn untrusted bytes into a grey picture or one ImageError.
`to_network_input` then prepares it the way the training pictures were made.
"""

import io
import math
import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from engine.errors import ImageError

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.float32]
Centre = Literal["mass", "box"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MAX_FILE_BYTES = 32 * 2**20
MAX_SIDE = 16_384
MAX_PIXELS = 40_000_000

SIDE = 28
FULL = 255  # white paper in a picture, full ink in a network input
# The ink's longer side: MNIST fits digits into 20x20; KMNIST and Fashion-MNIST fill the picture.
INK_SIDE: dict[Centre, int] = {"mass": 20, "box": 28}

WORK_SIDE = 320  # larger pictures are averaged down to this first
FINE = 4  # strokes are measured and thickened at this multiple of the final size
THIN_STROKE, GOOD_STROKE = 1.5, 2.2  # pixels of the final picture; MNIST's median is 2.3
UNEVEN_PAPER = 16.0  # grey levels between the dark and the light parts of the border
DARKEST_PAPER = 16.0  # grey level of what can still be paper, in the deepest shadow
LEAST_CONTRAST = 24.0  # grey levels between ink and paper
CELLS = 40  # the picture is this many cells each way where only its rough light matters
LEAST_NEARBY = 0.1  # ink around a mark, as a share of the most around any, that dust has not
FAINT = 0.5  # share of the strongest ink that the edge of the digit's box must have

NOTHING_DRAWN = "Nothing is drawn on the picture; draw or load one dark digit on light paper."


def load_picture(path: Path) -> Grey:
    """Read a picture file as grey levels (height, width), 0 black to 255 white, as seen.

    Raises ImageError, naming the file, if it is missing, not a picture, damaged or too large.
    """
    if path.is_dir():
        raise ImageError(f"{path.name} is a folder; choose a picture file.")
    if not path.is_file():
        raise ImageError(f"There is no picture file {path}; choose one that exists.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ImageError(
            f"{path.name} cannot be read ({error.strerror}); choose a file that you may open."
        ) from error
    return decode_picture(data, path.name)


def decode_picture(data: bytes, name: str = "The picture") -> Grey:
    """Decode PNG, JPEG, BMP, GIF or WebP bytes, told apart by content, like `load_picture`.

    Transparent parts are white; of an animation the first frame counts. `name` begins the message
    of the ImageError that anything else raises.
    """
    if not data:
        raise ImageError(f"{name} is empty; choose a PNG, JPEG, BMP, GIF or WebP picture.")
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(f"{name} is larger than {MAX_FILE_BYTES >> 20} MB; choose a smaller one.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, or of a size that is checked here
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image.size, name)
                return _grey(image)
        except ImageError:
            raise
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{name} has no PNG, JPEG, BMP, GIF or WebP picture in it; choose another file."
            ) from error
        except Image.DecompressionBombError as error:
            raise ImageError(_too_large(name, "hundreds of millions")) from error
        except Exception as error:
            # Decoders given damaged bytes raise whatever they stumble over: no list is complete.
            raise ImageError(
                f"{name} is damaged or cut short; save it again as PNG or JPEG."
            ) from error


def to_network_input(picture: Grey, centre: Centre = "mass") -> Grey:
    """Make of a grey picture (height, width) the (28, 28) that a network reads: ink 255 on 0.

    The ink may be dark on light or light on dark. With `centre` "mass" it is fitted into 20x20 and
    its centre of mass put at the centre, as MNIST was made; with "box" it fills the 28x28. A 28x28
    picture that is like that already comes back as it is. Raises ImageError if nothing is drawn.
    """
    if picture.ndim != 2 or picture.size == 0:
        raise ImageError(f"A grey picture is (height, width), not {picture.shape}; convert it.")
    for candidate in (picture, FULL - picture):
        if candidate.shape == (SIDE, SIDE) and _is_prepared(candidate, centre):
            return candidate.copy()
    ink = _cropped(_without_specks(_find_ink(_reduced(picture))))
    return _placed(_thickened(ink, INK_SIDE[centre]), centre)


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if max(size) > MAX_SIDE or width * height > MAX_PIXELS:
        raise ImageError(_too_large(name, f"{width}x{height}"))


def _too_large(name: str, measured: str) -> str:
    limit = f"{MAX_PIXELS // 10**6} megapixels and {MAX_SIDE} a side"
    return f"{name} has too many pixels ({measured}); the limit is {limit}, so scale it down."


def _grey(image: Image.Image) -> Grey:
    image.draft("L", image.size)  # a JPEG without its colours decodes twice as fast
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I;16"):  # `convert` would clip 16-bit levels instead of scaling
        return (np.asarray(image) >> 8).astype(np.uint8)
    if not image.has_transparency_data:
        return np.array(image.convert("L"))
    rgba = image.convert("RGBA")
    grey, alpha = rgba.convert("L"), rgba.getchannel("A")
    return np.array(Image.composite(grey, Image.new("L", grey.size, FULL), alpha))


def _is_prepared(ink: Grey, centre: Centre) -> bool:
    if np.percentile(_border(ink), 25) > 0 or ink.max() < FULL / 2:
        return False
    longer = max(span.stop - span.start for span in _extent(ink > 0))
    off_centre = np.abs(_centre(ink, centre) - SIDE / 2).max()
    return abs(longer - INK_SIDE[centre]) <= 1 and bool(off_centre < 1)


def _reduced(picture: Grey) -> Ink:
    factor = math.ceil(max(picture.shape) / WORK_SIDE)
    return np.asarray(Image.fromarray(picture).reduce(factor), dtype=np.float32)


def _border(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    width = max(1, min(picture.shape) // 16)
    inside = np.zeros(picture.shape, dtype=bool)
    inside[width:-width, width:-width] = True
    return picture[~inside]


def _find_ink(picture: Ink) -> Ink:
    """Return how much ink each pixel has, 0 to 1: what stands out from the paper at the border."""
    dark, light = np.percentile(_border(picture), (10, 90))
    if light - dark > UNEVEN_PAPER:
        picture = _evenly_lit(picture)
    above = picture - np.median(_border(picture))
    if -above.min() > above.max():
        above = -above
    full = np.median(above[above >= above.max() / 2])
    noise = np.percentile(np.abs(_border(above)), 75)
    if full < max(LEAST_CONTRAST, 4 * noise):
        raise ImageError(NOTHING_DRAWN)
    floor = max(3 * noise, full / 10)
    ink: Ink = ((above - floor) / (full - floor)).clip(0, 1)
    return ink


def _evenly_lit(picture: Ink) -> Ink:
    """Take slopes of light and shadows out of a photo, by the paper without all that is narrow."""
    around = _resized(_resized(picture, (4, 4)), picture.shape)
    dark_ink = (around - picture).max() > (picture - around).max()
    erase = (ImageFilter.MaxFilter(CELLS // 3), ImageFilter.MinFilter(CELLS // 3))
    coarse = Image.fromarray(_resized(picture, (CELLS, CELLS)))
    for narrow in erase if dark_ink else reversed(erase):
        coarse = coarse.filter(narrow)
    paper = _resized(np.asarray(coarse), picture.shape)
    if dark_ink:  # a shadow darkens the ink by the same factor as its paper
        evened: Ink = FULL * picture / paper.clip(DARKEST_PAPER)
        return evened
    return picture - paper


def _without_specks(ink: Ink) -> Ink:
    """Erase dust: ink far from where most ink is, which would otherwise widen the digit's box."""
    coarse = _resized(ink, (CELLS, CELLS))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(coarse, 2), (5, 5))
    nearby = _resized(windows.mean(axis=(2, 3)), ink.shape) * (ink > 0)
    clean: Ink = np.where(nearby > nearby.max() * LEAST_NEARBY, ink, 0)
    return clean


def _cropped(ink: Ink) -> Ink:
    return ink[_extent(ink > FAINT * ink.max())]


def _thickened(ink: Ink, side: int) -> Ink:
    """Return the ink at FINE times its final size, its strokes not much thinner than a pen's.

    A thin pen on a large sheet would shrink to a grey hair less than a pixel wide, which no
    training picture has; so thin strokes are widened before they are scaled down.
    """
    fine = _resized(ink, _fitting(ink.shape, FINE * side))
    fine /= fine.max()
    width = _stroke_width(fine) / FINE
    if width >= THIN_STROKE:
        return fine
    passes = round((GOOD_STROKE - width) * FINE / 2)
    fine = np.pad(fine, passes)
    for step in range(passes):
        fine = _dilated(fine, diagonally=step % 2 == 1)
    return fine


def _stroke_width(ink: Ink) -> float:
    """Return the mean stroke width in pixels: a long stroke's area over half its outline."""
    padded = np.pad(ink, 1)
    outline = np.hypot(np.diff(padded, axis=0)[:, 1:], np.diff(padded, axis=1)[1:]).sum()
    return float(2 * ink.sum() / outline)


def _dilated(ink: Ink, *, diagonally: bool) -> Ink:
    """Widen by a pixel on every side; alternating with `diagonally` keeps round ends round."""
    padded = np.pad(ink, 1)
    tall = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    beside = tall if diagonally else padded[1:-1]
    wide: Ink = np.maximum(tall[:, 1:-1], np.maximum(beside[:, :-2], beside[:, 2:]))
    return wide


def _placed(ink: Ink, centre: Centre) -> Grey:
    """Scale the ink to its final size and put it on the 28x28 with its centre at the middle."""
    ink = _resized(ink, _fitting(ink.shape, INK_SIDE[centre]))
    room = SIDE - np.array(ink.shape)
    top, left = np.rint(SIDE / 2 - _centre(ink, centre)).astype(int).clip(0, room)
    placed = np.zeros((SIDE, SIDE), dtype=np.float32)
    placed[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    grey: Grey = np.rint(placed * (FULL / placed.max())).astype(np.uint8)
    return grey


def _extent(inked: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _centre(ink: npt.NDArray[Any], centre: Centre) -> npt.NDArray[np.float64]:
    """Return (row, column) of the centre; 14 is the middle of 28, for mass by MNIST's habit."""
    if centre == "box":
        return np.array([(span.start + span.stop) / 2 for span in _extent(ink > 0)])
    sums = [ink.sum(axis=axis, dtype=np.float64) for axis in (1, 0)]
    return np.array([np.average(np.arange(len(line)), weights=line) for line in sums])


def _fitting(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    scale = side / max(shape)
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))


def _resized(picture: Ink, shape: tuple[int, ...]) -> Ink:
    """Resample to (height, width); every pixel of the picture counts when it gets smaller."""
    size = (shape[1], shape[0])
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
