"""How sure an answer is, and what is said of a picture that is none of what the network knows."""

import dataclasses

import pytest
from studio import Studio

from app.kit.wording import likely_text, sure_text
from app.present.story import Step
from engine.ckks.parameters import Settings


@pytest.fixture
def answered(studio: Studio) -> Studio:
    studio.draw()
    studio.classify()
    return studio


def test_the_answer_tells_how_sure_it_is_and_what_comes_next(answered: Studio) -> None:
    result = answered.window.program.state.run.result
    card = answered.window.draw.answer_card
    assert result is not None
    (sure, first), (less, second) = result.likeliest[:2]
    assert first == card.digit.text() == "3"
    assert card.sure.text() == f"{likely_text(sure)} sure".capitalize()
    assert card._next.text() == f"Next is {second} with {likely_text(less)}"


def test_a_warmer_model_is_less_sure_of_the_same_scores(answered: Studio) -> None:
    result = answered.window.program.state.run.result
    assert result is not None
    warm = dataclasses.replace(result, temperature=4.0)
    assert warm.likeliest[0][0] < result.likeliest[0][0]
    assert warm.likeliest[0][1] == result.likeliest[0][1]
    assert sum(warm.probabilities) == pytest.approx(1)


def test_a_picture_of_no_digit_is_said_to_be_none(answered: Studio) -> None:
    state = answered.window.program.state
    assert state.run.result is not None
    assert state.run.classified is not None
    state.run.show(dataclasses.replace(state.run.result, is_known=False), state.run.classified)
    card = answered.window.draw.answer_card
    assert card.sure.text() == "This looks like no digit"
    assert "nearest" in card._next.text()


def test_clothes_and_kana_are_named_where_a_picture_is_none(answered: Studio) -> None:
    result = answered.window.program.state.run.result
    assert result is not None
    for model, text in (("fashionmnist-network2", "no clothing"), ("kmnist-network1", "no kana")):
        strange = dataclasses.replace(result, settings=Settings(model), is_known=False)
        assert sure_text(strange) == f"This looks like {text}"


def test_a_drawing_for_a_network_of_x_rays_is_said_to_be_none(studio: Studio) -> None:
    studio.window.program.choices.change(Settings("pneumoniamnist-network1"))
    studio.draw()
    assert "no X-ray" in studio.state.drawn.message.text
    assert studio.state.can_classify
    studio.window.program.choices.change(Settings("mnist-network1"))
    assert studio.state.drawn.message.text == ""


def test_the_presentation_tells_how_sure_the_answer_is(studio: Studio) -> None:
    studio.draw()
    told = studio.window.program.presentation
    studio.window.actions_.present.trigger()
    told.go_to(Step.DECRYPT)
    studio.qtbot.waitUntil(lambda: told.result is not None and told.is_told)
    page = studio.window.shows.presentation
    assert page is not None
    assert page.pages[Step.DECRYPT]._sure.text().endswith(" sure")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.99999, "over 99.9%"),
        (0.9951, "99.5%"),
        (0.5, "50%"),
        (0.041, "4.1%"),
        (0.0, "under 0.1%"),
    ],
)
def test_nothing_is_quite_certain(probability: float, text: str) -> None:
    assert likely_text(probability) == text
