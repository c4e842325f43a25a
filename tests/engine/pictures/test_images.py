"""Any bytes become a grey picture or one ImageError; any picture, what MNIST would have made of it.

The real model judges the sample pictures; real MNIST pictures are used where they are at hand.
"""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_files import encoded
from PIL import Image

from engine.errors import ImageError
from engine.pictures import images
from engine.pictures.images import decode_picture, load_picture


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def lying_png(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(99)))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "WEBP", "TIFF"])
def test_a_lossless_picture_is_read_as_it_was_written(kind: str) -> None:
    levels = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    data = encoded(Image.fromarray(levels), kind, **({"lossless": True} if kind == "WEBP" else {}))
    np.testing.assert_allclose(decode_picture(data).astype(int), levels, atol=1)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_of_any_colours_keeps_its_size_and_light(mode: str) -> None:
    picture = decode_picture(encoded(Image.new("L", (30, 20), 200).convert(mode), "JPEG"))
    assert picture.shape == (20, 30)
    np.testing.assert_allclose(picture.astype(int), 200, atol=3)


def test_colours_become_their_brightness() -> None:
    picture = decode_picture(encoded(Image.new("RGB", (2, 2), (255, 0, 0)), "PNG"))
    assert (picture == 76).all()


def test_a_palette_is_looked_up() -> None:
    image = Image.new("P", (2, 2), 1)
    image.putpalette([0, 0, 0, 255, 255, 255])
    assert (decode_picture(encoded(image, "GIF")) == 255).all()


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    levels = np.array([[0, 256, 32768, 65535]], dtype=np.uint16)
    assert decode_picture(encoded(Image.fromarray(levels), "PNG")).tolist() == [[0, 1, 128, 255]]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparent_parts_are_white_paper(kind: str) -> None:
    clear = encoded(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), kind)
    assert (decode_picture(clear) == 255).all()


def test_half_transparent_ink_is_half_as_dark() -> None:
    assert (decode_picture(encoded(Image.new("LA", (2, 2), (0, 128)), "PNG")) == 127).all()


def test_a_transparent_palette_colour_is_white() -> None:
    data = encoded(Image.new("P", (2, 2), 0), "PNG", transparency=0)
    assert (decode_picture(data) == 255).all()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("L", (9, 9), level) for level in (10, 200)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(decode_picture(data).astype(int), 10, atol=2)


def test_a_photo_taken_sideways_stands_upright() -> None:
    image = Image.new("L", (40, 20), 255)
    image.paste(0, (0, 0, 20, 10))  # top left; turned a quarter clockwise, it is top right
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = decode_picture(encoded(image, "JPEG", exif=exif))
    assert picture.shape == (40, 20)
    assert picture[10, 15] < 50
    assert picture[10, 5] > 200


def test_content_counts_and_not_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(encoded(Image.new("L", (3, 2), 9), "PNG"))
    assert load_picture(path).tolist() == [[9] * 3] * 2


@pytest.mark.parametrize("kind", ["ICO", "PPM", "TGA"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(ImageError, match=f"no {images.NAMES} picture in it"):
        decode_picture(encoded(Image.new("L", (16, 16)), kind))


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (12_000, 12_000), (16_385, 1)])
def test_a_small_file_that_claims_to_be_huge_is_refused_unread(width: int, height: int) -> None:
    with pytest.raises(ImageError, match=r"too many pixels .*40 megapixels and 16384 a side"):
        decode_picture(lying_png(width, height))


def test_a_file_with_fewer_pixels_than_it_claims_is_damaged() -> None:
    with pytest.raises(ImageError, match="damaged or cut short"):
        decode_picture(lying_png(100, 100))


@pytest.mark.parametrize("kind", images.FORMATS)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.9])
def test_a_picture_that_was_cut_short_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(ImageError):
        decode_picture(data[: int(len(data) * share)])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"no picture file .*gone\.png"):
        load_picture(tmp_path / "gone.png")


def test_a_folder_is_not_a_picture(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="is a folder"):
        load_picture(tmp_path)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(ImageError, match=r"empty\.png is empty"):
        load_picture(tmp_path / "empty.png")


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 2**20)
    (tmp_path / "long.png").write_bytes(bytes(2**20 + 1))
    with pytest.raises(ImageError, match=r"long\.png is larger than 1 MB"):
        load_picture(tmp_path / "long.png")


def test_a_file_that_cannot_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> io.BytesIO:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "locked.png"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match=r"locked\.png cannot be read \(Permission denied\)"):
        load_picture(path)


BEGINNINGS = [
    b"",
    *(encoded(Image.new("RGB", (7, 5), (9, 99, 199)), kind) for kind in images.FORMATS),
]


@given(start=st.sampled_from(BEGINNINGS), noise=st.binary(max_size=200), data=st.data())
def test_any_bytes_are_a_picture_or_an_image_error(
    start: bytes, noise: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(start)))
    try:
        picture = decode_picture(start[:place] + noise + start[place + len(noise) :])
    except ImageError:
        return
    assert picture.ndim == 2
    assert picture.dtype == np.uint8
