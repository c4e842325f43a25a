"""The card that says what the settings imply, before anything runs; or why they cannot work."""

import math

from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.actions.window import Actions
from app.kit.basics import RIGHT, label, push_button
from app.kit.theme import Theme
from app.kit.wording import (
    TERMS,
    levels_text,
    security_text,
    settings_text,
    share_text,
    size_text,
    time_text,
)
from app.settings.chain_bar import ChainBar
from app.state.everything import AppState
from engine.planning.forecast import Forecast, Refusal, timing_words

ROWS = (
    ("Security bits", TERMS["security"]),
    ("Levels, slots", f"{TERMS['level']}\n{TERMS['slot']}"),
    (
        "Ciphertext, keys",
        f"{TERMS['ciphertext']}\n{TERMS['relin_keys']}\n{TERMS['galois_keys']}",
    ),
    ("Expected error", TERMS["precision"]),
    (
        "Predicted time",
        "Time of the cloud for one picture, and of making the keys\n" + TERMS["shared_prime"],
    ),
)
SHARED = 1.5
"""A prime of more than so many bit scales serves two multiplications."""


class ForecastCard(QFrame):
    """Shows `state.chosen.forecast`, the numbers always at the same places.

    Attributes: `reason` and `suggest`, the sentence and the way out of a refused setting.
    """

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("What the settings imply")
        self._state = state
        self._chain = ChainBar(theme)
        self._title = label("Coefficient modulus", "caption")
        self._values = [label("", "body") for _ in ROWS]
        self.reason = label("", "body", "danger", wrap=True)
        self.suggest = self._make_suggest(actions)
        self._pages = QStackedWidget(self)
        self._arrange(theme)
        terms = (TERMS[name] for name in ("coeff_modulus", "shared_prime", "special_prime"))
        self._title.setToolTip("\n".join(terms))
        state.chosen.forecast_changed.connect(self._show)
        state.run.stage_changed.connect(self._follow_stage)
        state.cloud.used.connect(self._show)

    def _make_suggest(self, actions: Actions) -> QPushButton:
        button = push_button("Use the suggested setting", "suggest")
        button.clicked.connect(actions.suggestion.trigger)
        return button

    def _arrange(self, theme: Theme) -> None:
        layout = QVBoxLayout(self)
        theme.space(layout, margin=3, gap=1.5)
        layout.addWidget(self._title)
        layout.addWidget(self._chain)
        self._pages.addWidget(self._facts_page(theme))
        self._pages.addWidget(self._refusal_page(theme))
        layout.addWidget(self._pages)
        layout.addStretch()

    def _facts_page(self, theme: Theme) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        theme.space(grid, gap=0.75)
        for row, ((name, explanation), value) in enumerate(zip(ROWS, self._values, strict=True)):
            heading = label(name, "body", "muted")
            value.setAlignment(RIGHT)
            for widget in (heading, value):
                widget.setToolTip(explanation)
            grid.addWidget(heading, row, 0)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        return page

    def _refusal_page(self, theme: Theme) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        theme.space(layout, gap=2)
        layout.addWidget(self.reason)
        layout.addWidget(self.suggest)
        layout.addStretch()
        return page

    def _show(self) -> None:
        forecast = self._state.chosen.forecast
        if isinstance(forecast, Forecast):
            self._show_facts(forecast)
        elif isinstance(forecast, Refusal):
            self._show_refusal(forecast)

    def _show_facts(self, forecast: Forecast) -> None:
        bits = forecast.coeff_modulus_bits
        self._chain.show_bits(bits)
        shared = sum(each > SHARED * forecast.settings.scale_bits for each in bits[:-1])
        self._title.setText(
            f"Coefficient modulus: {sum(bits)} bits, {len(bits) - 1} primes ({shared} shared) + 1"
        )
        older, newer = map(security_text, (forecast.security_2018, forecast.security_2024))
        texts = (
            f"{older} (2018), {newer} (2024)",
            f"{levels_text(forecast.levels)}, {forecast.slots_used} of {forecast.slots} slots",
            f"{size_text(forecast.ciphertext_bytes)}, "
            f"{forecast.galois_key_count + 1} keys {size_text(self._key_bytes(forecast))}",
            _precision(forecast),
            _times(forecast, self._state.cloud.where),
        )
        for value, text in zip(self._values, texts, strict=True):
            value.setText(text)
        if forecast.server_seconds is not None:
            timing = timing_words(forecast.timed_on).capitalize()
            self._values[-1].setToolTip(f"{ROWS[-1][1]}\n{timing}")
        self._pages.setCurrentIndex(0)

    def _key_bytes(self, forecast: Forecast) -> int:
        """Return what the keys of these settings weigh if they are there, else what they will."""
        made = self._state.run.keys
        if made is not None and made.settings == forecast.settings:
            return made.relin_key_bytes + made.galois_key_bytes
        return forecast.galois_key_bytes + forecast.relin_key_bytes

    def _follow_stage(self, key: str) -> None:
        if key == "keys":
            self._show()

    def _show_refusal(self, refusal: Refusal) -> None:
        self._chain.show_bits(())
        self._title.setText("This setting cannot work")
        self.reason.setText(refusal.reason)
        self.suggest.setVisible(refusal.suggestion is not None)
        if refusal.suggestion is not None:
            self.suggest.setText(f"Use {settings_text(refusal.suggestion)}")
            self.suggest.setAccessibleName(self.suggest.text())
        self._pages.setCurrentIndex(1)

    def values(self) -> tuple[QLabel, ...]:
        """Return the labels of the facts, top to bottom."""
        return tuple(self._values)


def _precision(forecast: Forecast) -> str:
    if math.isnan(forecast.relative_error):
        return "the cloud's secret"
    return f"{share_text(forecast.relative_error)}, {forecast.consequence}"


def _times(forecast: Forecast, where: str) -> str:
    if math.isnan(forecast.relative_error):
        return "the cloud's secret"
    if forecast.server_seconds is None or forecast.key_seconds is None:
        return "measured with the first keys"
    keys = time_text(forecast.key_seconds)
    here = " here" if where else ""
    return f"{time_text(forecast.server_seconds)}{here}, keys {keys}"
