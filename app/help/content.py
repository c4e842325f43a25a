"""What the help page says, as data: sections of named sentences. Free of widgets."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence

from app.actions.views import VIEWS
from app.kit.wording import TERMS


@dataclass(frozen=True)
class Entry:
    """A sentence and what it is about."""

    name: str
    text: str

    def has(self, words: Sequence[str]) -> bool:
        """Tell whether all `words`, in small letters, stand in it."""
        whole = f"{self.name} {self.text}".lower()
        return all(word in whole for word in words)


@dataclass(frozen=True)
class Section:
    """Entries under a title."""

    title: str
    entries: tuple[Entry, ...]


WAY = Section(
    "The way through the program",
    (
        Entry("Draw", "Draw a digit with the mouse, a pen or a finger, open a picture, or take "
              "a sample."),
        Entry("Classify", "Your key encrypts the picture; the cloud, which has no key, computes "
              "on the ciphertext; you decrypt the scores and compare them with the clear ones."),
        Entry("Bring your own", "Open or drop a picture or a photo; or an ONNX file, whose network "
              "is then imported, planned and chosen. It may have convolutions, average pooling, "
              "dense layers and polynomials of degree 2 to 4."),
        Entry("Change", "Choose another network, degree or bit scale; below stands at once what "
              "it costs and whether it is safe."),
        Entry("Another machine", "Cloud says where the cloud is. Start ciphersketch-cloud on "
              "another machine and give the address that it prints; only keys for computing and "
              "ciphertexts go there."),
        Entry("Check", "Prove shows that what was sent looks random, that a wrong key gives "
              "noise, and every message with its size."),
        Entry("Look inside", "Inside shows every step of the cloud slot by slot: how windows land "
              "in slots, what rotations are for, and what uses up a level."),
        Entry("Try", "Playground computes with your numbers encrypted, one operation at a time, "
              "in lessons or freely; what CKKS refuses it explains, with what would work."),
        Entry("Compare", "Every run is kept; Compare sets them side by side, Sweep measures whole "
              "grids of settings."),
        Entry("Design", "Architecture shows what layers cost encrypted before they are trained, "
              "and trains them."),
        Entry("Present", "Present tells the story on the full screen: Space on, B black, L the "
              "pointer, R a recorded run in place of an engine that fails, and back. Prepare a "
              "talk chooses its steps, notes and drawings; Run by itself draws and tells until "
              "somebody comes."),
    ),
)  # fmt: skip


def sections(actions: Sequence[QAction]) -> tuple[Section, ...]:
    """Return everything: the way, the views, the terms, and the keys of `actions`."""
    views = tuple(Entry(f"{view.title} ({view.shortcut})", view.explanation) for view in VIEWS)
    terms = tuple(_term(sentence) for sentence in TERMS.values())
    keys = tuple(
        Entry(
            action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
            action.text().replace("&", "").rstrip("\u2026"),
        )
        for action in actions
        if not action.shortcut().isEmpty()
    )
    return WAY, Section("Views", views), Section("Terms", terms), Section("Keys", keys)


def _term(sentence: str) -> Entry:
    name, _, text = sentence.partition(": ")
    return Entry(name, text)


def as_html(found: Sequence[Section], words: Sequence[str]) -> str:
    """Return the entries that have all `words`, as the page shows them."""
    parts = []
    for section in found:
        entries = [entry for entry in section.entries if entry.has(words)]
        if entries:
            rows = "".join(
                f"<tr><td style='padding: 3px 16px 3px 0'><b>{_safe(entry.name)}</b></td>"
                f"<td style='padding: 3px 0'>{_safe(entry.text)}</td></tr>"
                for entry in entries
            )
            parts.append(f"<h3>{_safe(section.title)}</h3><table>{rows}</table>")
    return "".join(parts) or "<p>Nothing here has all these words.</p>"


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
