"""What the cloud sees: the real ciphertext, its size, and two proofs that it hides the picture."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from app.actions.views import PROVE
from app.actions.window import Actions
from app.draw.noise_view import NoiseView
from app.kit.basics import RIGHT, label, push_button, set_tone, text_button
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import TERMS, noise_text, size_text
from app.state.everything import AppState
from engine.session.events import Encrypted

HEX_BYTES = 9
NOTHING_YET = "\u2013"


class CiphertextCard(QFrame):
    """Shows `state.proved.evidence`."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("What the cloud sees")
        self._state = state
        self._actions = actions
        self.noise = NoiseView(theme)
        self._values = [label(NOTHING_YET, "strong") for _ in range(3)]
        self._hex = label("", "mono")
        self.proof = label("", "caption")
        self._arrange(theme)
        Following(self, self._show, state.proved.changed)
        Following(self, self._fade, state.chosen.changed, state.run.phase_changed)
        for signal in (state.proved.changed, state.run.phase_changed):
            signal.connect(self._enable)
        self._enable()

    def _arrange(self, theme: Theme) -> None:
        layout = QVBoxLayout(self)
        theme.space(layout, margin=3, gap=1.5)
        title = label("What the cloud sees", "title", "encrypted")
        title.setToolTip(TERMS["ciphertext"])
        head = QHBoxLayout()
        theme.space(head, gap=2)
        head.addWidget(title, 1)
        self.more = push_button("All proofs", "small")
        self.more.setToolTip(f"{PROVE.explanation} ({PROVE.shortcut})")
        self.more.clicked.connect(self._actions.view(PROVE.key).trigger)
        head.addWidget(self.more)
        layout.addLayout(head)
        body = QHBoxLayout()
        theme.space(body, gap=3)
        theme.fix(self.noise, 25, 25)
        body.addWidget(self.noise)
        facts = QGridLayout()
        theme.space(facts, gap=0.5)
        names = ("Ciphertext", "Larger by", "Numbers")
        for row, (name, value) in enumerate(zip(names, self._values, strict=True)):
            value.setAlignment(RIGHT)
            facts.addWidget(label(name, "body", "muted"), row, 0)
            facts.addWidget(value, row, 1)
        self._values[1].setToolTip("Size of the ciphertext over that of the picture")
        self._values[2].setToolTip("N coefficients x primes x 2 polynomials")
        facts.addWidget(self._hex, 3, 0, 1, 2)
        facts.addWidget(self.proof, 4, 0, 1, 2)
        self.proof.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.fix(self.proof, None, 8)
        facts.setColumnStretch(1, 1)
        facts.setRowStretch(4, 1)
        body.addLayout(facts, 1)
        layout.addLayout(body)
        buttons = QHBoxLayout()
        theme.space(buttons, gap=2)
        buttons.addWidget(text_button(self._actions.encrypt_again, theme), 4)
        buttons.addWidget(text_button(self._actions.wrong_key, theme), 6)
        layout.addLayout(buttons)

    def _enable(self) -> None:
        """Allow what can be proved now; the view of the proofs has these actions too."""
        for action in self._actions.proving:
            action.setEnabled(self._state.can_prove)

    def _show(self) -> None:
        evidence = self._state.proved.evidence
        if evidence.ciphertext is None:
            return
        again = evidence.again
        shown = evidence.ciphertext if again is None else again.encrypted
        self._show_ciphertext(shown)
        sentences = []
        if again is not None:
            sentences.append(f"Again: {again.differing:.1%} of the bytes differ")
        if evidence.wrong_scores:
            scores = [noise_text(score) for score in evidence.wrong_scores]
            sentences.append(f"Wrong key: {' '.join(scores[:3])} \u2026")
            self.proof.setToolTip(f"Scores of noise: {', '.join(scores)}")
        self.proof.setText("\n".join(sentences))

    def _fade(self) -> None:
        """Say by their colour that the figures are of other settings."""
        for value in (*self._values, self._hex):
            set_tone(value, "muted" if self._state.is_stale else "")

    def _show_ciphertext(self, shown: Encrypted) -> None:
        primes = len(shown.coeff_modulus_bits) - 1
        texts = (
            size_text(len(shown.data)),
            f"{len(shown.data) / self._state.run.picture_bytes:.0f}\u00d7",
            f"{shown.poly_modulus_degree} \u00d7 {primes} \u00d7 2",
        )
        for value, text in zip(self._values, texts, strict=True):
            value.setText(text)
        middle = len(shown.data) // 2
        self._hex.setText(shown.data[middle : middle + HEX_BYTES].hex(" "))
        self.noise.show_data(shown.data)
