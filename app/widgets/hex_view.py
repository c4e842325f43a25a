"""Any number of bytes as hex, scrollable; only the lines that are seen are written."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.theme import Theme

Index = QModelIndex | QPersistentModelIndex
LINE_BYTES = 16


class HexModel(QAbstractListModel):
    """A line for every 16 bytes: their offset, then the bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._data = b""

    def set_data(self, data: bytes) -> None:
        """Show other bytes."""
        self.beginResetModel()
        self._data = data
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else -(-len(self._data) // LINE_BYTES)

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        begin = index.row() * LINE_BYTES
        return f"{begin:07x}  {self._data[begin : begin + LINE_BYTES].hex(' ')}"


class HexView(QListView):
    """Shows bytes; the keyboard scrolls it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = HexModel()
        self.setModel(self._model)
        self.setProperty("kind", "hex")
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The ciphertext's bytes in hex")
        theme.apply(lambda: self.setFont(theme.font("mono")))

    def show_data(self, data: bytes) -> None:
        """Show other bytes, from the first on."""
        self._model.set_data(data)
        self.scrollToTop()
