"""Damaged files of every format: a picture or an ImageError, never anything else."""

import numpy as np
import pytest
from picture_files import encoded
from PIL import Image

from engine.errors import ImageError
from engine.pictures import images
from engine.pictures.fitting import to_network_input
from engine.pictures.images import decode_picture

IN_CI = 400


def _originals() -> list[bytes]:
    levels = np.random.default_rng(1).integers(0, 256, (48, 64, 4), dtype=np.uint8)
    levels[8:40, 16:48] = 20
    rgba, grey = Image.fromarray(levels), Image.fromarray(levels[..., 0])
    rgb = rgba.convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(levels[..., 0].astype(np.uint16) * 257)
    real = Image.fromarray(levels[..., 0].astype(np.float32))
    packed = ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "raw")
    return [
        *(encoded(rgb, kind) for kind in images.FORMATS),
        *(encoded(rgba, kind) for kind in ("PNG", "WEBP", "TIFF", "AVIF", "HEIF")),
        *(encoded(grey, kind, exif=exif) for kind in ("PNG", "JPEG", "TIFF")),
        *(encoded(rgb, "TIFF", compression=packing) for packing in packed),
        encoded(grey.convert("1"), "TIFF", compression="group4"),
        encoded(rgb.convert("CMYK"), "JPEG"),
        encoded(rgb.convert("CMYK"), "TIFF"),
        encoded(deep, "PNG"),
        encoded(deep, "TIFF"),
        encoded(real, "TIFF"),
        encoded(rgb.quantize(16), "PNG", transparency=0),
        encoded(grey, "JPEG", progressive=True),
        encoded(grey, "GIF", save_all=True, append_images=[grey]),
    ]


ORIGINALS = _originals()


def fuzzed(seed: int) -> bytes:
    """Return a file with bytes changed, cut out, put in or taken from another, often its head."""
    random = np.random.default_rng(seed)
    data = bytearray(ORIGINALS[seed % len(ORIGINALS)])
    for _ in range(int(random.integers(1, 6))):
        reach = len(data) if random.random() < 0.5 else min(len(data), 200)
        at = int(random.integers(max(1, reach)))
        length = int(random.integers(1, 9))
        match int(random.integers(5)):
            case 0:
                data[at : at + length] = random.bytes(length)
            case 1:
                data[at : at + length] = bytes([random.choice([0, 1, 127, 128, 255])]) * length
            case 2:
                del data[at : at + int(random.integers(1, 400))]
            case 3:
                data[at:at] = random.bytes(int(random.integers(1, 400)))
            case _:
                other = ORIGINALS[int(random.integers(len(ORIGINALS)))]
                data[at:] = other[at:]
    return bytes(data)


def assert_is_read_or_refused(data: bytes) -> None:
    try:
        picture = decode_picture(data)
        prepared = to_network_input(picture)
    except ImageError:
        return
    assert picture.ndim == 2
    assert picture.dtype == np.uint8
    assert prepared.shape == (28, 28)


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_file_is_a_picture_or_an_image_error(part: int) -> None:
    for seed in range(part * IN_CI // 4, (part + 1) * IN_CI // 4):
        assert_is_read_or_refused(fuzzed(seed))
