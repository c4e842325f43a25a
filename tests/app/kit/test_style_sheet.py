from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from app.kit.palette import LIGHT
from app.kit.style_sheet import style_sheet
from app.kit.theme import POINTS


def test_a_program_folder_with_spaces_and_umlauts_can_be_in_the_style_sheet(
    qapp: QApplication, tmp_path: Path
) -> None:
    icons = (tmp_path / "b\u00fcndel (mit raum)").as_posix()
    sheet = style_sheet(LIGHT, lambda units: round(4 * units), POINTS, icons)
    widget = QWidget()
    widget.setStyleSheet(sheet)  # what Qt cannot parse is a warning, which fails the test
    widget.ensurePolished()
