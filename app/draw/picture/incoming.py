"""Pictures that arrive by drop or paste: a copied file, the bytes of one, or bare pixels."""

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, Qt
from PySide6.QtGui import QImage, QImageWriter

from app.draw.picture.pictures import Pictures
from engine.pictures.images import MIME_TYPES

LONGEST_SIDE = 1600


def pictures_in(data: QMimeData) -> bool:
    """Tell whether there may be a picture in dropped or copied data."""
    return data.hasUrls() or data.hasImage() or any(data.hasFormat(kind) for kind in MIME_TYPES)


def take_picture(data: QMimeData, place: str, pictures: Pictures) -> None:
    """Load the picture in `data`, or say beside the canvas that there is none in `place`."""
    encoded = next((kind for kind in MIME_TYPES if data.hasFormat(kind)), None)
    if encoded is not None:
        pictures.load_bytes(bytes(data.data(encoded).data()), "The picture")
    elif data.hasImage():
        image = data.imageData()
        pictures.load_made(lambda: png_bytes(image), "The picture")
    else:
        pictures.refuse(f"There is no picture in the {place}; copy a picture or a picture file.")


def png_bytes(image: QImage) -> bytes:
    """Return an image as the bytes of a PNG file, so that it takes the same way as a file.

    A large one is thinned out first and nothing is compressed: writing keeps the window waiting
    (1.1 s for 36 megapixels as they were, measured).
    """
    if max(image.width(), image.height()) > LONGEST_SIDE:
        image = image.scaled(LONGEST_SIDE, LONGEST_SIDE, Qt.AspectRatioMode.KeepAspectRatio)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"PNG")
    writer.setQuality(100)
    writer.write(image)
    return bytes(buffer.data().data())
