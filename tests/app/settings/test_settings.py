import dataclasses

import pytest
from PySide6.QtWidgets import QComboBox
from studio import Studio

from app.kit.wording import size_text
from app.measure.rehearsal import Rehearsal, RehearsalError
from app.state.presets import MOST_ERRORS, PRESETS, Preset, with_model
from engine.ckks.parameters import SCALE_BITS_RANGE, Settings
from engine.errors import ModelError
from engine.planning.forecast import Forecast, Refusal
from engine.planning.forecast import forecast as foresee
from engine.resources import model_names


def choose(studio: Studio, **changes: int) -> None:
    settings = dataclasses.replace(studio.state.chosen.settings, outer_bits=None, **changes)
    studio.window.program.choices.change(settings)
    studio.qtbot.waitUntil(lambda: forecast_of(studio).settings == settings)


def forecast_of(studio: Studio) -> Forecast | Refusal:
    assert studio.state.chosen.forecast is not None
    return studio.state.chosen.forecast


def test_the_forecast_is_there_before_anything_is_encrypted(studio: Studio) -> None:
    forecast = studio.state.chosen.forecast
    assert isinstance(forecast, Forecast)
    shown = " ".join(value.text() for value in studio.window.draw.forecast_card.values())

    assert str(forecast.slots) in shown
    assert f"{forecast.galois_key_count + 1} keys" in shown
    assert "same answers" in shown
    assert studio.session.calls[0] == "prepare"


def test_predicted_times_say_when_this_machine_was_last_measured(studio: Studio) -> None:
    timed = dataclasses.replace(
        forecast_of(studio), server_seconds=0.05, key_seconds=1.0, timed_on="2026-11-30"
    )
    studio.state.chosen.set_forecast(timed)
    *_, times = studio.window.draw.forecast_card.values()
    assert "50 ms" in times.text()
    assert times.toolTip().endswith("As measured on this machine, last on 2026-11-30")


def test_a_refused_setting_shows_its_reason_and_a_way_out(studio: Studio) -> None:
    choose(studio, poly_modulus_degree=4096)
    studio.draw()
    card = studio.window.draw.forecast_card

    assert "coefficient modulus" in card.reason.text()
    assert card.suggest.isVisible()
    assert not studio.state.can_classify
    assert not studio.window.draw.run_bar.classify.isEnabled()

    card.suggest.click()
    studio.qtbot.waitUntil(lambda: isinstance(studio.state.chosen.forecast, Forecast))
    assert studio.state.can_classify


def test_no_keys_are_made_for_a_refused_setting(studio: Studio) -> None:
    before = studio.session.calls.count("prepare")
    choose(studio, poly_modulus_degree=4096)

    assert studio.session.calls.count("prepare") == before


def test_changed_settings_get_keys_by_themselves(studio: Studio) -> None:
    choose(studio, scale_bits=24)
    studio.qtbot.waitUntil(studio.is_ready)

    assert studio.state.run.keys is not None
    assert studio.state.run.keys.settings.scale_bits == 24


def test_settings_that_change_quickly_get_keys_once(studio: Studio) -> None:
    before = studio.session.calls.count("prepare")
    for bits in (20, 21, 22, 23):
        choose(studio, scale_bits=bits)
    studio.qtbot.waitUntil(studio.is_ready)

    assert studio.session.calls.count("prepare") == before + 1


def test_keys_of_settings_that_were_left_are_not_waited_for(studio: Studio) -> None:
    studio.session.hold = "keys"
    choose(studio, scale_bits=24)
    studio.qtbot.waitUntil(lambda: studio.state.run.stages["keys"].progress.value == "running")
    studio.session.hold = ""
    choose(studio, scale_bits=25)
    studio.qtbot.waitUntil(studio.is_ready)

    assert studio.state.run.keys is not None
    assert studio.state.run.keys.settings.scale_bits == 25
    assert studio.state.run.message.text == ""


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_works_and_is_shown_as_chosen(studio: Studio, preset: object) -> None:
    place = PRESETS.index(preset)  # type: ignore[arg-type]
    studio.window.actions_.presets[place].trigger()
    expected = PRESETS[place].apply(studio.state.chosen.settings)
    studio.qtbot.waitUntil(lambda: forecast_of(studio).settings == expected)

    assert isinstance(studio.state.chosen.forecast, Forecast)
    assert studio.window.draw.settings_card.checked_preset() == PRESETS[place].title


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_a_preset_stays_chosen_when_the_network_changes(preset: Preset) -> None:
    chosen = preset.apply(Settings())
    deeper = with_model(chosen, "mnist-network2")
    assert deeper == preset.apply(Settings(model="mnist-network2"))
    assert with_model(deeper, "mnist-network1") == chosen
    assert isinstance(foresee(deeper), Forecast)


@pytest.mark.parametrize("model", model_names())
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.title)
def test_every_preset_works_for_every_model(preset: Preset, model: str) -> None:
    assert isinstance(foresee(preset.apply(Settings(model=model))), Forecast)


def test_the_fastest_setting_within_a_smaller_error_can_be_chosen(studio: Studio) -> None:
    choose(studio, scale_bits=20)
    before = studio.state.chosen.settings
    assert foresee(before).relative_error > MOST_ERRORS[0]
    studio.window.actions_.within.actions()[0].trigger()
    studio.qtbot.waitUntil(lambda: studio.state.chosen.settings != before, timeout=30_000)
    assert foresee(studio.state.chosen.settings).relative_error <= MOST_ERRORS[0]


def test_own_settings_stay_as_they_are_when_the_network_changes() -> None:
    own = Settings(scale_bits=21)
    assert with_model(own, "mnist-network2") == Settings(model="mnist-network2", scale_bits=21)


def test_slider_number_and_buttons_show_the_same_settings(studio: Studio) -> None:
    card = studio.window.draw.settings_card
    card.slider.setValue(31)
    assert card.spin.value() == 31
    card.spin.setValue(33)
    assert card.slider.value() == 33
    assert studio.state.chosen.settings.scale_bits == 33

    studio.window.program.choices.change(Settings(poly_modulus_degree=16384, scale_bits=40))
    assert card.degree.value() == 16384
    assert card.spin.value() == 40


def test_the_bit_scale_cannot_leave_its_range(studio: Studio) -> None:
    card = studio.window.draw.settings_card
    card.spin.setValue(999)
    assert studio.state.chosen.settings.scale_bits == SCALE_BITS_RANGE.stop - 1


def test_a_change_by_hand_leaves_the_poster_chain(studio: Studio) -> None:
    studio.window.actions_.presets[-1].trigger()
    assert studio.state.chosen.settings.outer_bits is not None
    studio.window.draw.settings_card.slider.setValue(25)

    assert studio.state.chosen.settings.outer_bits is None


def test_a_damaged_model_is_told_in_place_of_the_forecast(
    idle: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_settings: Settings) -> Forecast:
        raise ModelError("The model file mnist-network1.safetensors is damaged.")

    monkeypatch.setattr("engine.planning.forecast.forecast", fail)
    idle.window.show()
    idle.window.program.start()
    idle.qtbot.waitUntil(lambda: idle.state.chosen.is_refused)

    assert "damaged" in idle.window.draw.forecast_card.reason.text()
    assert not idle.window.draw.forecast_card.suggest.isVisible()


def test_settings_can_be_changed_from_the_menu(studio: Studio) -> None:
    actions = studio.window.actions_
    actions.degrees[2].trigger()
    actions.more_bits.trigger()
    actions.more_bits.trigger()
    actions.fewer_bits.trigger()

    assert studio.state.chosen.settings.poly_modulus_degree == 16384
    assert studio.state.chosen.settings.scale_bits == Settings().scale_bits + 1


def test_every_network_can_be_chosen_from_the_keyboard(studio: Studio) -> None:
    chosen = set()
    for _ in model_names():
        studio.window.actions_.next_network.trigger()
        chosen.add(studio.state.chosen.settings.model)

    assert chosen == set(model_names())


def test_what_plays_the_window_says_at_once_why_there_are_no_keys(studio: Studio) -> None:
    choose(studio, poly_modulus_degree=4096)
    with pytest.raises(RehearsalError, match="4096"):
        Rehearsal(studio.window).wait_until_ready()


def test_the_next_network_of_none_is_none(studio: Studio) -> None:
    networks = studio.window.draw.settings_card.findChild(QComboBox)
    networks.blockSignals(True)
    networks.clear()
    studio.window.actions_.next_network.trigger()
    assert studio.state.chosen.settings.model == Settings().model


def test_the_keys_weigh_the_same_on_the_card_and_on_their_way(studio: Studio) -> None:
    keys = studio.state.run.keys
    assert keys is not None
    weight = size_text(keys.relin_key_bytes + keys.galois_key_bytes)
    assert weight in studio.window.draw.forecast_card.values()[2].text()


def test_the_chain_tells_how_many_primes_serve_two_multiplications(studio: Studio) -> None:
    title = studio.window.draw.forecast_card._title
    assert "3 primes (3 shared)" in title.text()
    choose(studio, scale_bits=28)
    studio.qtbot.waitUntil(lambda: "6 primes (0 shared)" in title.text())
    assert "twice the time" in title.toolTip()
