"""Figures of a run fade once other settings are chosen, and come back with the settings."""

import dataclasses

from studio import Studio


def test_a_run_s_figures_fade_under_other_settings_and_come_back(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    journey, chosen = studio.window.draw.journey, studio.state.chosen
    cards = list(journey.cards.values())
    settings = chosen.settings
    assert not studio.state.is_stale
    sharp = [card.grab().toImage() for card in cards]

    chosen.set_settings(dataclasses.replace(settings, scale_bits=settings.scale_bits + 1))
    assert studio.state.is_stale
    faded = [card.grab().toImage() for card in cards]
    assert all(before != after for before, after in zip(sharp, faded, strict=True))

    chosen.set_settings(settings)
    assert not studio.state.is_stale
    back = [card.grab().toImage() for card in cards]
    assert all(before == after for before, after in zip(sharp, back, strict=True))
