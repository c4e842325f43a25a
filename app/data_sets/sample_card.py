"""The selected test picture, large, with its number and class and the button that classifies it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.actions.window import Actions
from app.data_sets.browsing import Browser
from app.draw.picture.preview import tinted_image
from app.kit.basics import RIGHT, WhenSeen, label, push_button
from app.kit.theme import Theme
from app.kit.wording import model_text
from app.state.everything import AppState
from app.state.records import Phase
from engine.data_sets.preparation import model_for
from engine.resources import model_names

PICTURE = 72


class SampleCard(QFrame):
    """Attributes: `number`, `name`, `classify`, `picture`."""

    def __init__(self, state: AppState, browser: Browser, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Selected picture")
        self._state = state
        self._browser = browser
        self._theme = theme
        self._action = actions.classify_sample
        self.picture = LargePicture(browser, theme)
        self.number = label("", "strong")
        self.name = label("", "strong")
        self._network = label("", "strong")
        self._note = label("", "body", "muted", wrap=True)
        self.classify = push_button("Classify this", "primary")
        self.classify.setToolTip(self._action.toolTip())
        self.classify.clicked.connect(self._action.trigger)
        self._arrange()
        browser.selected_changed.connect(self._show)
        browser.pictures_changed.connect(self._show)
        state.chosen.changed.connect(self._show)
        state.run.phase_changed.connect(self._show)
        theme.apply(self, self._restyle)
        WhenSeen(self, self._show)
        self._show()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        self._theme.space(layout, margin=3, gap=3)
        layout.addWidget(label("Selected picture", "title", "clear"))
        self._theme.fix(self.picture, PICTURE, PICTURE)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        facts = QGridLayout()
        self._theme.space(facts, gap=1)
        for row, (name, value) in enumerate(
            (("Number", self.number), ("Class", self.name), ("Network", self._network))
        ):
            value.setAlignment(RIGHT)
            facts.addWidget(label(name, "body", "muted"), row, 0)
            facts.addWidget(value, row, 1)
        layout.addLayout(facts)
        layout.addWidget(self.classify)
        layout.addWidget(self._note)
        layout.addStretch()

    def _restyle(self) -> None:
        self.classify.setIcon(self._theme.icon("lock", "on_encrypted"))
        self.classify.setIconSize(QSize(self._theme.px(4), self._theme.px(4)))

    def _show(self) -> None:
        browser = self._browser
        number, shelf = browser.selected, browser.shelf
        there = number is not None and browser.split is not None
        kind = shelf.kind.removesuffix("s")
        self.number.setText(f"{shelf.title}, {kind} {number}" if there else "\u2013")
        self.name.setText(browser.label(number) if there and number is not None else "\u2013")
        model = model_for(shelf.network_set, self._state.chosen.settings.model, model_names())
        self._network.setText(model_text(model) if model else f"none for {shelf.network_set}")
        differs = browser.disagreements.get(-1 if number is None else number, ())
        usual = "\n\n".join(text for text in (browser.warning, shelf.note) if text)
        self._note.setText(
            f"Encrypted and clear differed with {'; '.join(differs)}." if differs else usual
        )
        busy = self._state.run.phase in (Phase.CLASSIFYING, Phase.CANCELLING)
        able = there and model is not None and not busy
        self.classify.setEnabled(able)
        self._action.setEnabled(able and self.isVisible())  # never what nobody sees


class LargePicture(QWidget):
    """The selected picture, magnified with crisp pixels."""

    def __init__(self, browser: Browser, theme: Theme) -> None:
        super().__init__()
        self._browser = browser
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        browser.selected_changed.connect(self._refresh)
        browser.pictures_changed.connect(self._refresh)
        theme.changed.connect(self.update)
        self._refresh()

    def _refresh(self) -> None:
        number = self._browser.selected
        known = number is not None and self._browser.split is not None
        content = self._browser.label(number) if known and number is not None else "none"
        self.setAccessibleName(f"Selected picture, 28 by 28 pixels: {content}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        browser, theme = self._browser, self._theme
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.color("sunken"))
            if browser.selected is not None and browser.split is not None:
                picture = browser.picture(browser.selected)
                image = tinted_image(picture, theme.color("sunken"), theme.color("clear"))
                painter.drawImage(QRectF(self.rect()), image)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
