"""Scores that their modulus has no room for may be anything: they are refused, never shown."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.networks.files import load_network, save_network
from engine.networks.layers import Dense
from engine.resources import model_path
from engine.session.relay import Session


@pytest.mark.parametrize(
    ("judged", "way_out"), [(0, "import it again"), (10_000, "like those that it was trained on")]
)
def test_a_score_beyond_its_room_is_refused_with_a_way_out(
    judged: int,
    way_out: str,
    samples: tuple[Any, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path))
    network = load_network(model_path("mnist-network1"))
    *inner, last = network.layers
    assert isinstance(last, Dense)
    louder = Dense(100 * last.weight, last.bias)
    card = dataclasses.replace(network.card, test_pictures=judged)
    loud = dataclasses.replace(network, layers=(*inner, louder), card=card)
    save_network(loud, tmp_path / "loud.safetensors")
    with Session() as session:
        session.prepare(Settings("loud"))
        with pytest.raises(MessageError, match=f"beyond the .* loud has room for; .*{way_out}"):
            session.classify(samples[3])
