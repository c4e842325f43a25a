"""Figures of a run fade once other settings are chosen, and come back with the settings."""

import dataclasses

from studio import Studio

from app.draw.answer.score_bars import ScoreBars
from app.state.records import Progress
from engine.ckks.parameters import Settings


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


def test_new_keys_are_sharp_while_the_run_before_is_faded(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    draw, settings = studio.window.draw, studio.state.chosen.settings
    bars = draw.findChild(ScoreBars)
    assert isinstance(bars, ScoreBars)
    keys, encrypt = (draw.journey.cards[key] for key in ("keys", "encrypt"))
    sharp = [each.grab().toImage() for each in (keys, bars)]
    studio.window.program.choices.change(
        dataclasses.replace(settings, scale_bits=settings.scale_bits + 1)
    )
    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.state.is_stale
    after = [each.grab().toImage() for each in (keys, bars)]
    assert (sharp[0] == after[0], sharp[1] == after[1]) == (True, False)
    assert encrypt.view().progress is not Progress.RUNNING


def test_a_stage_of_settings_that_were_chosen_before_is_of_no_card(studio: Studio) -> None:
    studio.session.hold = "conv"
    studio.draw()
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.stages["conv"].progress is Progress.RUNNING)
    studio.window.program.choices.change(Settings("mnist-network2", 16384, 27))
    studio.qtbot.waitUntil(lambda: "conv" not in studio.window.draw.journey.cards)
    studio.session.release()
    studio.qtbot.waitUntil(lambda: len(studio.state.past.runs) == 1)
