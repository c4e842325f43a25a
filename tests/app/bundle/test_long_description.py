"""What a package index shows of the README."""

import re

from app.bundle.long_description import long_description
from engine.resources import ROOT

HOME = "https://example.org/sketch"
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGET = re.compile(r"\]\(([^)]+)\)")


def test_with_a_home_every_picture_and_link_has_an_address() -> None:
    shown = long_description(README, HOME)
    assert f"![A drawn 3, classified encrypted]({HOME}/raw/main/assets/screenshots/draw" in shown
    assert f"({HOME}/blob/main/assets/results/README.md)" in shown
    assert all(target.startswith("https://") for target in TARGET.findall(shown))
    assert TARGET.sub("", shown) == TARGET.sub("", README)


def test_without_one_nothing_leads_nowhere() -> None:
    shown = long_description(README, "")
    assert "![" not in shown
    assert all(target.startswith("https://") for target in TARGET.findall(shown))
    assert "| | |" not in shown
    assert "| model | clear, % |" in shown


def test_a_picture_among_words_takes_nothing_else_along() -> None:
    assert long_description("See ![it](a.png) here, [there](b.md).", "") == "See  here, there."
