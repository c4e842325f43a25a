from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot
from studio import Studio

from app.help.lesson_document import lay_out
from app.help.lessons import Cell, Lesson, lessons
from app.help.lessons_page import LessonsPage
from app.kit.palette import DARK


def open_page(studio: Studio, qtbot: QtBot) -> LessonsPage:
    studio.window.actions_.show_lessons.trigger()
    page = studio.window.lessons
    assert page is not None
    qtbot.waitUntil(page.isVisible)
    return page


def test_every_lesson_opens_with_its_text_its_code_and_its_results(
    studio: Studio, qtbot: QtBot
) -> None:
    page = open_page(studio, qtbot)
    assert page.titles.count() == 7
    for row, lesson in enumerate(lessons()):
        page.titles.setCurrentRow(row)
        shown = page.text.toPlainText().replace("\xa0", " ")
        assert lesson.title in shown
        for cell in lesson.cells:
            if cell.is_code:
                assert cell.text in shown
                assert cell.printed in shown
    page.done.click()
    assert not page.isVisible()


def test_a_lesson_shows_the_pictures_that_it_made(studio: Studio, qtbot: QtBot) -> None:
    page = open_page(studio, qtbot)
    made = {
        row: sum(len(cell.pictures) for cell in each.cells) for row, each in enumerate(lessons())
    }
    assert sum(made.values()) >= 4
    for row, count in made.items():
        page.titles.setCurrentRow(row)
        assert page.text.document().toHtml().count("<img") == count


def test_the_page_follows_the_colours(studio: Studio, qtbot: QtBot) -> None:
    page = open_page(studio, qtbot)
    studio.use(DARK)
    assert DARK.surface in page.text.document().toHtml()


def test_text_in_code_is_never_read_as_markup(studio: Studio) -> None:
    document = QTextDocument()
    code = "a = '<b>**x**</b>'"
    lay_out(document, Lesson("t", (Cell("# t"), Cell(code, is_code=True))), studio.window.theme)
    assert code in document.toPlainText()
