"""A model whose file only the cloud has: no clear answer, and no trust in what the cloud asks."""

import dataclasses
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clouds import RunningCloud, running_cloud
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from tiny import TINY, save_tiny

from engine.ckks.parameters import Chain, Settings
from engine.ckks.security import GUIDELINES_2024
from engine.errors import CipherSketchError, MessageError, ModelError, ParameterError
from engine.messages.to_cloud import Load
from engine.messages.to_describe import Described
from engine.parties.cloud import Cloud
from engine.parties.models import Models
from engine.planning.outline import outline_for, outline_from
from engine.resources import model_sha256
from engine.session.relay import Session

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a model that only the cloud has."""
    return save_tiny(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def owner(secret: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    models = "--models", TINY.model, "--secret", TINY.model
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIPHERSKETCH_MODELS", str(secret.parent))
        with running_cloud(tmp_path_factory.mktemp("cloud"), *models) as cloud:
            yield cloud


def test_a_secret_model_answers_without_a_clear_answer_and_says_why(
    owner: RunningCloud, secret: Path, samples: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(cloud=owner.address) as session:
        outline = session.describe(TINY.model)
        session.prepare(outline.settings)
        answer = session.classify(samples[3])
        assert session.let_cloud_try().pixels
        with pytest.raises(MessageError, match="one setting only"):
            session.prepare(dataclasses.replace(outline.settings, scale_bits=23))
    assert answer.classes == tuple("0123456789")
    assert (answer.clear, answer.clear_prediction) == ((), -1)
    assert math.isnan(answer.relative_error)
    assert "cloud's secret" in answer.why_not_clear
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(secret.parent))
    with Session() as session:
        session.prepare(outline.settings)
        here = session.classify(samples[3])
    assert here.why_not_clear == ""
    np.testing.assert_allclose(answer.encrypted, here.clear, atol=0.02)


def test_nobody_looks_into_a_secret_model_even_with_its_file(
    owner: RunningCloud, secret: Path, samples: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(secret.parent))
    with Session(cloud=owner.address) as session:
        session.prepare(TINY)
        assert session.classify(samples[3]).why_not_clear == ""
        with pytest.raises(ModelError, match="cloud's secret"):
            session.teach(samples[3])


def test_a_secret_model_is_not_loaded_for_refreshes() -> None:
    name = "mnist-network1"
    cloud = Cloud(Models([name], secret=[name]))
    load = Load(model_sha256(name), Settings(name, 4096, 24, protocol="refresh"))
    with pytest.raises(ModelError, match="no refresh"):
        list(cloud.load(load))


def test_a_model_that_is_nowhere_is_refused(owner: RunningCloud) -> None:
    with (
        Session(cloud=owner.address) as session,
        pytest.raises(ModelError, match="no model named 'nothing'"),
    ):
        session.prepare(Settings("nothing"))


def test_without_a_cloud_elsewhere_nothing_is_asked() -> None:
    with Session() as session, pytest.raises(ModelError, match="no model named 'nothing'"):
        session.describe("nothing")


def described(**changes: Any) -> Described:
    """Return an honest description of a model that is here, with some lies."""
    outline = outline_for(Settings())
    honest = Described(
        settings=outline.settings,
        chain=outline.chain,
        legs=outline.forms,
        stages=((),),
        steps=outline.steps,
        classes=outline.classes,
        input_shape=outline.input_shape,
        dataset=outline.dataset,
        temperature=outline.temperature,
        blobs=outline.slot_blobs,
    )
    return dataclasses.replace(honest, **changes)


def test_an_honest_description_gives_what_the_file_gives() -> None:
    there, here = outline_from(described()), outline_for(Settings())
    assert there.chain == here.chain
    assert there.forms == here.forms
    assert there.slot_blobs == here.slot_blobs
    assert there.network is None


LEG = outline_for(Settings()).forms[0]
LIES: dict[str, dict[str, Any]] = {
    "fewer bits of security": {"chain": Chain(8192, (60, 60, 60, 60))},
    "a tiny ring": {"chain": Chain(1024, (27,))},
    "a ring that there is not": {"chain": Chain(8191, (55, 55, 53, 51))},
    "primes too large": {"chain": Chain(32768, (61, 61))},
    "no primes": {"chain": Chain(8192, ())},
    "too many keys": {"chain": Chain(32768, (60,) * 14), "steps": tuple(range(1, 4000))},
    "a rotation that there is not": {"steps": (4096,)},
    "a rotation backwards": {"steps": (-1,)},
    "values beyond the picture": {"input_shape": (1, 4, 4)},
    "a picture too large": {"input_shape": (1, 9999, 9999)},
    "more classes than scores": {"classes": tuple("abc")},
    "no packing": {"blobs": ()},
    "a packing cut short": {"blobs": (b"\0" * 9,)},
    "a result in no slot": {"legs": (dataclasses.replace(LEG, result_slots=(5000,) * 10),)},
    "a result of no level": {"legs": (dataclasses.replace(LEG, result_level=9),)},
    "a part for one score alone": {"legs": (dataclasses.replace(LEG, result_imaginary=(True,)),)},
    "a scale that is none": {"legs": (dataclasses.replace(LEG, scale=math.inf),)},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_cloud_asks_is_held_against_this_sides_limits(lie: str) -> None:
    with pytest.raises((MessageError, ParameterError), match=r"\.$|refused"):
        outline_from(described(**LIES[lie]))


@given(
    degree=st.sampled_from([0, 1024, 4096, 8192, 16384, 32768, 65536]),
    bits=st.lists(st.integers(0, 80), max_size=16),
    steps=st.lists(st.integers(-5, 40_000), max_size=50),
)
@examples(max_examples=EXAMPLES)
def test_no_chain_under_128_bits_gets_through(
    degree: int, bits: list[int], steps: list[int]
) -> None:
    try:
        outline = outline_from(described(chain=Chain(degree, tuple(bits)), steps=tuple(steps)))
    except CipherSketchError:
        return
    assert sum(outline.chain.coeff_modulus_bits) <= GUIDELINES_2024[degree][0]
