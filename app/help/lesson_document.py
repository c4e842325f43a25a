"""A lesson laid out as a document: text as it is, code on a quiet ground, results beside a bar."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QBrush,
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
)

from app.help.lessons import Lesson
from app.kit.theme import Theme

WIDTH = 180
"""Of the text, in spacing units: lines of about 100 letters."""


def lay_out(document: QTextDocument, lesson: Lesson, theme: Theme) -> None:
    """Make `document` show a lesson, from its beginning."""
    document.clear()
    document.setDefaultFont(theme.font("body"))
    document.setDocumentMargin(theme.px(3))
    cursor = QTextCursor(document)
    cursor.beginEditBlock()  # laid out once, not after every change
    for cell in lesson.cells:
        if not cell.is_code:
            if cursor.block().text():
                cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
            cursor.insertMarkdown(cell.text)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            continue
        _insert_box(cursor, cell.text, _code_box(theme), theme, "text")
        if cell.printed:
            _insert_box(cursor, cell.printed, _result_box(theme), theme, "muted")
        for picture in cell.pictures:
            _insert_picture(cursor, picture, theme)
    _space_lines(document, theme)
    cursor.endEditBlock()


def _insert_box(
    cursor: QTextCursor, text: str, box: QTextFrameFormat, theme: Theme, color: str
) -> None:
    letters = QTextCharFormat()
    letters.setFont(theme.font("mono"))
    letters.setForeground(QBrush(theme.color(color)))
    cursor.insertFrame(box)
    cursor.setBlockFormat(QTextBlockFormat())
    cursor.insertText(text.replace("\n", "\u2028"), letters)  # one paragraph, several lines
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.setBlockFormat(QTextBlockFormat())


def _code_box(theme: Theme) -> QTextFrameFormat:
    box = _result_box(theme)
    box.setBackground(QBrush(theme.color("surface")))
    box.setBorder(1)
    box.setBorderBrush(QBrush(theme.color("border")))
    return box


def _result_box(theme: Theme) -> QTextFrameFormat:
    box = QTextFrameFormat()
    box.setPadding(theme.px(2))
    box.setMargin(theme.px(1))
    box.setBorder(0)
    box.setWidth(QTextLength(QTextLength.Type.FixedLength, theme.px(WIDTH)))
    return box


def _insert_picture(cursor: QTextCursor, picture: bytes, theme: Theme) -> None:
    image = QImage.fromData(picture)
    name = f"picture-{cursor.position()}"
    cursor.document().addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
    shown = QTextImageFormat()
    shown.setName(name)
    shown.setWidth(image.width() * theme.scale)
    shown.setHeight(image.height() * theme.scale)
    cursor.insertImage(shown)
    cursor.insertBlock(QTextBlockFormat())


def _space_lines(document: QTextDocument, theme: Theme) -> None:
    """Give paragraphs of text air, and code among words the size of code."""
    block = document.begin()
    while block.isValid():
        form = QTextBlockFormat()
        if block.length() > 1:
            form.setTopMargin(theme.px(4 if block.blockFormat().headingLevel() else 1))
            form.setBottomMargin(theme.px(1))
        else:  # what Qt leaves between two frames
            form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        QTextCursor(block).mergeBlockFormat(form)
        for place, length in _code_in(block):
            cursor = QTextCursor(document)
            cursor.setPosition(place)
            cursor.setPosition(place + length, QTextCursor.MoveMode.KeepAnchor)
            letters = QTextCharFormat()
            letters.setFont(theme.font("mono"))
            cursor.mergeCharFormat(letters)
        block = block.next()


def _code_in(block: QTextBlock) -> list[tuple[int, int]]:
    """Return where code begins in a paragraph, and how long it is."""
    ranges = [each for each in block.textFormats() if each.format.fontFixedPitch()]
    return [(block.position() + each.start, each.length) for each in ranges]
