"""From a decoded image of any mode and depth to grey levels in which the drawing stands out.

What counts is contrast, not the format's range: levels of more than 8 bits are stretched by what
is there, ink on nothing gets the paper that it stands out from, and colours are told apart by the
channel that shows them best where their brightness does not.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from engine.pictures.resampling import Grey

FULL = 255  # white paper in a picture, full ink in a network input

KEPT_SIDE = 2048  # larger pictures are averaged down: no network sees more, and memory stays small
STRIP_PIXELS = 2**20  # pixels converted at a time, for the same reason
CLEARER = 2.0  # times the contrast of brightness that one colour channel must have to replace it
OWN_PAPER, OWN_LEVELS = 0.5, 60  # share of opaque pixels, and their spread, of a whole picture
ORIENTATION = 0x0112  # EXIF's tag


def grey_levels(image: Image.Image) -> Grey:
    """Return an opened image as grey levels (height, width), 0 black to 255 white, as seen.

    Its longer side is at most KEPT_SIDE. Raises whatever the decoder raises of damaged data.
    """
    factor = -(-max(image.size) // KEPT_SIDE)
    image.draft(image.mode, (image.width // factor, image.height // factor))  # JPEG: far faster
    image.load()
    small = _reduced(image, -(-max(image.size) // KEPT_SIDE))
    if small.mode == "F":
        grey = _stretched(np.asarray(small), image.mode)
    elif small.mode == "RGBA":
        grey = _on_paper(small)
    else:
        grey = _clearest(small)
    turned = Image.fromarray(grey)
    turned.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return np.array(ImageOps.exif_transpose(turned))


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Return the image in one of the modes L, RGB, RGBA and F, blocks of pixels averaged."""
    mode = _plain_mode(image)
    width, height = image.size
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = max(1, STRIP_PIXELS // (width * factor)) * factor
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        small.paste(_converted(strip, mode).reduce(factor), (0, top // factor))
    return small


def _plain_mode(image: Image.Image) -> str:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return "F"
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L", "LAB") else "RGB"


def _converted(strip: Image.Image, mode: str) -> Image.Image:
    if strip.mode == "LAB":  # Pillow converts it by no other way than its profile
        return strip.getchannel("L")
    if mode == "F":
        levels = np.asarray(strip).astype(np.float32)
        return Image.fromarray(np.nan_to_num(levels, posinf=0, neginf=0).clip(-1e9, 1e9))
    return strip.convert(mode)


def _stretched(levels: npt.NDArray[np.float32], mode: str) -> Grey:
    """Scale levels of any range to 0 to 255, also where a file uses 12 of its 16 bits."""
    low, high = float(levels.min()), float(levels.max())
    if high > low:
        grey: Grey = np.rint((levels - low) * (FULL / (high - low))).clip(0, FULL).astype(np.uint8)
        return grey
    even = low / 256 if mode.startswith("I;16") else FULL
    return np.full(levels.shape, int(even), dtype=np.uint8)


def _clearest(image: Image.Image) -> Grey:
    """Return the brightness, or the colour channel that shows far more contrast than it."""
    grey = np.array(image.convert("L"))
    channels = [np.asarray(channel) for channel in image.split()] if image.mode == "RGB" else []
    clearest = max(channels, key=_contrast, default=grey)
    return clearest.copy() if _contrast(clearest) > CLEARER * _contrast(grey) + 8 else grey


def _contrast(levels: Grey) -> float:
    factor = -(-max(levels.shape) // 160)
    small = np.asarray(Image.fromarray(levels).reduce(factor), dtype=np.float32)
    low, high = np.percentile(small, (0.5, 99.5))
    return float(high - low)


def _on_paper(image: Image.Image) -> Grey:
    """Lay a partly transparent image on the paper that its drawing stands out from.

    A whole picture with clear corners goes on with its own paper; bare ink, whose shape may be in
    the transparency alone, lies on white, and on black if it is light itself.
    """
    alpha = image.getchannel("A")
    grey = Image.fromarray(_clearest(image.convert("RGB")))
    opacity = np.asarray(alpha)
    visible = np.asarray(grey)[(opacity > 0) & (opacity >= opacity.max() / 2)]
    paper = FULL
    if visible.size:
        low, middle, high = np.percentile(visible, (2, 50, 98))
        if visible.size > OWN_PAPER * opacity.size and high - low > OWN_LEVELS:
            paper = int(middle)
        elif middle >= FULL / 2:
            paper = 0
    return np.array(Image.composite(grey, Image.new("L", grey.size, paper), alpha))
