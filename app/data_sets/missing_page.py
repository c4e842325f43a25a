"""What stands in the place of a data set's pictures while they are missing: why, and a way out."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.actions.window import Actions
from app.data_sets.browsing import Browser
from app.data_sets.downloading import Downloads
from app.kit.basics import WhenSeen, label, push_button
from app.kit.theme import Theme
from app.kit.wording import size_text
from engine.data_sets.registry import EVERY_SET
from engine.data_sets.splits import ROOT_VARIABLE

STEPS = 1000
HINT = (
    f"The program looks in the folder that the environment variable {ROOT_VARIABLE} names, else in "
    "its own cache; files lie there as their authors made them. "
    "Drawing, samples and your own pictures need none of it."
)


class MissingPage(QWidget):
    """Attributes: `title`, `fault`, `download`, `cancel`, `retry`, `progress`, `said`."""

    def __init__(
        self, browser: Browser, downloads: Downloads, theme: Theme, actions: Actions
    ) -> None:
        super().__init__()
        self._browser = browser
        self._downloads = downloads
        self._actions = actions
        self.title = label("", "title", wrap=True)
        self.fault = label("", "body", "muted", wrap=True)
        self.said = label("", "body", wrap=True)
        self.download = push_button("Download")
        self.cancel = push_button("Cancel the download")
        self.retry = push_button("Look again")
        self.progress = QProgressBar()
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Share of the download that is done")
        self.download.setToolTip(actions.download.toolTip())
        self.download.clicked.connect(actions.download.trigger)
        self.cancel.clicked.connect(downloads.cancel)
        self.retry.clicked.connect(browser.load)
        actions.download.triggered.connect(self._start)
        self._arrange(theme)
        downloads.changed.connect(self._show)
        browser.pictures_changed.connect(self._show)
        WhenSeen(self, self._show)
        self._show()

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        theme.space(column, margin=12, gap=4)
        column.addStretch()
        column.addWidget(self.title)
        buttons = QHBoxLayout()
        theme.space(buttons, gap=2)
        for button in (self.download, self.cancel, self.retry):
            buttons.addWidget(button)
        buttons.addStretch()
        column.addLayout(buttons)
        theme.fix(self.progress, None, 1.5)
        column.addWidget(self.progress)
        theme.fix(self.said, None, 10)
        column.addWidget(self.said)
        column.addWidget(self.fault)
        column.addWidget(label(HINT, "body", "muted", wrap=True))
        column.addStretch(2)

    def _start(self) -> None:
        self._downloads.start(self._browser.shelf.name)

    def _show(self) -> None:
        downloads, browser = self._downloads, self._browser
        busy = downloads.dataset is not None
        shelf = browser.shelf
        self.title.setText(
            f"{shelf.title} is not on this computer yet."
            if browser.is_missing
            else f"{shelf.title} cannot be shown."
        )
        self.fault.setText(browser.fault)
        self.download.setVisible(shelf.folder is None)
        known = EVERY_SET.get(shelf.name)
        self.download.setText(
            f"Download {shelf.title}" + (f" ({size_text(known.download_bytes)})" if known else "")
        )
        self.download.setAccessibleName(self.download.text())
        able = bool(browser.fault) and not busy and shelf.folder is None
        self.download.setEnabled(able)
        self._actions.download.setEnabled(able and self.isVisible())  # never what nobody sees
        self.cancel.setEnabled(busy and not downloads.is_cancelling)
        self.progress.setValue(round(STEPS * downloads.share) if busy else 0)
        self.said.setText(said_of(downloads))


def said_of(downloads: Downloads) -> str:
    """Return in words how far a download is, or why it failed."""
    if downloads.dataset is None:
        return downloads.fault
    if downloads.is_cancelling:
        return "Cancelling\u2026"
    progress, title = downloads.progress, EVERY_SET[downloads.dataset].title
    if progress is None:
        return f"{title}: connecting\u2026"
    number = min(progress.files_done + 1, progress.files)
    size = f" of {size_text(progress.total)}" if progress.total else ""
    return f"{title}: file {number} of {progress.files}, {size_text(progress.done)}{size}"
