"""The views of the window: what each is called, its key, and what a person does there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """One view: `key` names it in the code, `title` on its tab."""

    key: str
    title: str
    shortcut: str
    explanation: str


DRAW = View("draw", "Draw", "F2", "Draw a picture and have it classified encrypted")
COMPARE = View("compare", "Compare", "F3", "Compare the past runs")
SWEEP = View("sweep", "Sweep", "F4", "Measure a grid of settings and see it as the poster's graphs")
DATA = View("data", "Data sets", "F5", "Look through the test pictures of the data sets")
PROVE = View("prove", "Prove", "F6", "See for yourself that the cloud reads nothing")
INSIDE = View("inside", "Inside", "F7", "See what every step does to the slots")
PLAYGROUND = View(
    "playground", "Playground", "F8", "Try single CKKS operations on real ciphertexts"
)
ARCHITECTURE = View(
    "architecture", "Architecture", "F9", "Choose layers, see what they cost, and train them"
)

VIEWS = (DRAW, COMPARE, SWEEP, DATA, PROVE, INSIDE, PLAYGROUND, ARCHITECTURE)
"""In the order of their tabs."""
