"""Asks where a new file is to go; its ending follows the chosen kind."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where_to_save(
    parent: QWidget, title: str, name: str, kinds: Sequence[str], save: Callable[[Path], object]
) -> None:
    """Call `save` with the file that the person names; `kinds` are as `CSV table (*.csv)`."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(kinds))
    dialog.selectFile(name)

    def set_suffix(kind: str) -> None:
        dialog.setDefaultSuffix(kind.rpartition(".")[2].rstrip(")"))

    dialog.filterSelected.connect(set_suffix)
    set_suffix(kinds[0])
    dialog.fileSelected.connect(lambda chosen: save(Path(chosen)))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
