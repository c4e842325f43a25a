import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import SIGNAL, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage, QPainter
from studio import Studio

from app.actions.views import VIEWS
from app.draw.picture.gallery import sample_places
from app.draw.picture.incoming import LONGEST_SIDE, png_bytes
from app.draw.picture.samples import sample_drawing
from app.state.records import Tone
from engine.pictures.images import decode_picture


def digit_image() -> QImage:
    image = QImage(90, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with QPainter(image) as painter:
        painter.fillRect(40, 20, 10, 80, QColor("black"))
    return image


@pytest.fixture
def digit_file(tmp_path: Path) -> Path:
    path = tmp_path / "one.png"
    path.write_bytes(png_bytes(digit_image()))
    return path


def wait_for_picture(studio: Studio) -> None:
    studio.qtbot.waitUntil(lambda: studio.state.drawn.history.current.backdrop is not None)


def test_a_dropped_file_becomes_the_picture(studio: Studio, digit_file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(digit_file))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    studio.window.dropEvent(event)

    wait_for_picture(studio)
    assert studio.state.can_classify


def test_pasted_pixels_become_the_picture(studio: Studio) -> None:
    QGuiApplication.clipboard().setImage(digit_image())
    studio.window.actions_.paste.trigger()

    wait_for_picture(studio)


def test_pasted_text_is_refused_beside_the_canvas(studio: Studio) -> None:
    QGuiApplication.clipboard().setText("not a picture")
    studio.window.actions_.paste.trigger()

    assert "no picture in the clipboard" in studio.state.drawn.message.text
    assert studio.state.drawn.message.tone is Tone.ERROR


def test_every_sample_can_be_chosen_from_the_gallery(studio: Studio) -> None:
    gallery = studio.window.gallery
    studio.window.actions_.samples.trigger()
    assert len(gallery.buttons) == len(sample_places()) > 0
    name = str(sample_places()[0, 3])
    gallery.buttons[0, 3].click()

    assert studio.state.drawn.history.current.strokes == sample_drawing(name).strokes
    assert studio.state.can_classify
    assert not gallery.isVisible()


def test_a_gallery_that_is_closed_follows_no_focus(studio: Studio) -> None:
    gallery, signal = studio.window.gallery, SIGNAL("focusObjectChanged(QObject*)")
    application = QGuiApplication.instance()
    assert application is not None
    before = application.receivers(signal)
    gallery.open_at(QPoint(0, 0), "MNIST")
    assert application.receivers(signal) == before + 1
    studio.window.setFocus()
    assert not gallery.isVisible()
    assert application.receivers(signal) == before


def test_a_run_from_another_view_is_watched_in_the_first(studio: Studio) -> None:
    studio.draw()
    studio.window.views.show_view("data")
    studio.classify()
    assert studio.window.views.shown_key == "draw"


def test_views_are_made_ahead_while_nothing_else_is_done(studio: Studio) -> None:
    views = studio.window.views
    assert views.missing() == [view.key for view in VIEWS if view.key != "draw"]
    studio.window.opening.warm_up()
    studio.qtbot.waitUntil(lambda: views.missing() == [])
    assert views.shown_key == "draw"


def test_the_gallery_is_walked_with_the_arrow_keys(studio: Studio) -> None:
    gallery = studio.window.gallery
    studio.window.activateWindow()
    gallery.open_at(QPoint(0, 0), "MNIST")
    places = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up):
        focused = gallery.focusWidget()
        assert focused is not None
        studio.qtbot.keyClick(focused, key)
        places += [place for place, button in gallery.buttons.items() if button.hasFocus()]
    assert places == [(0, 1), (1, 1), (1, 0), (0, 0), (0, 0)]

    studio.qtbot.keyClick(gallery.buttons[0, 0], Qt.Key.Key_Return)
    assert studio.state.drawn.history.current.strokes


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"<html>", b"\x00" * 4000])
def test_a_bad_file_is_refused_in_a_sentence_and_the_drawing_stays(
    studio: Studio, tmp_path: Path, content: bytes
) -> None:
    studio.draw()
    bad = tmp_path / "bad.png"
    bad.write_bytes(content)
    studio.window.program.pictures.load_file(bad)

    studio.qtbot.waitUntil(lambda: studio.state.drawn.message.text != "")
    assert "bad.png" in studio.state.drawn.message.text
    assert len(studio.state.drawn.history.current.strokes) == 1
    assert studio.state.can_classify


def test_the_sentence_goes_with_the_next_stroke(studio: Studio) -> None:
    studio.window.program.pictures.load_file(Path("missing.png"))
    studio.qtbot.waitUntil(lambda: studio.state.drawn.message.text != "")
    studio.draw()

    assert studio.state.drawn.message.text == ""


def test_loading_can_be_undone(studio: Studio, digit_file: Path) -> None:
    studio.draw()
    studio.window.program.pictures.load_file(digit_file)
    wait_for_picture(studio)
    studio.window.actions_.undo.trigger()

    assert len(studio.state.drawn.history.current.strokes) == 1


def test_pasted_pixels_that_are_very_many_are_thinned_out_before_they_are_read() -> None:
    image = QImage(5000, 2500, QImage.Format.Format_Grayscale8)
    image.fill(255)
    assert decode_picture(png_bytes(image)).shape == (LONGEST_SIDE // 2, LONGEST_SIDE)


@pytest.mark.parametrize(("kind", "mime"), [("TIFF", "tiff"), ("AVIF", "avif"), ("HEIF", "heic")])
def test_the_bytes_of_a_copied_photo_become_the_picture(
    studio: Studio, digit_file: Path, kind: str, mime: str
) -> None:
    photo = io.BytesIO()
    Image.open(digit_file).convert("RGB").save(photo, kind)
    data = QMimeData()
    data.setData(f"image/{mime}", photo.getvalue())
    QGuiApplication.clipboard().setMimeData(data)
    studio.window.actions_.paste.trigger()

    wait_for_picture(studio)
    assert studio.state.can_classify
