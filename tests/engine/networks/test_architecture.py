"""Architectures: written and read again, refused in one sentence, and planned before training."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.circuits.diagonals import PackingError
from engine.circuits.stages import Circuit, build_circuit
from engine.ckks.parameters import Settings
from engine.errors import CipherSketchError, ModelError, ParameterError
from engine.networks.architecture import Architecture, ConvSpec, DenseSpec, Spec, architecture_of
from engine.networks.architecture_text import (
    as_notation,
    as_toml,
    from_notation,
    from_toml,
    is_notation,
    read_architecture,
)
from engine.networks.blobs import blobs
from engine.networks.draft import draft
from engine.networks.layers import Network
from engine.planning.forecast import circuit_for, network_named
from engine.planning.recommended import recommended
from engine.planning.search import fastest_precise
from engine.resources import model_names
from tests.engine.plain_slots import clear_scores

NETWORK_1 = Architecture((1, 28, 28), (ConvSpec(4, 7, 3), DenseSpec(64), DenseSpec(10)))
EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))

degrees = st.sampled_from((1, 2, 2, 2, 3, 4))
convolutions = st.builds(
    ConvSpec,
    channels=st.integers(0, 12),
    kernel=st.integers(0, 9),
    stride=st.integers(0, 4),
    pool=st.integers(0, 3),
    padding=st.integers(0, 2),
    degree=degrees,
)
dense = st.builds(DenseSpec, width=st.integers(0, 80), degree=degrees)
shapes = st.tuples(st.integers(1, 3), st.integers(8, 32), st.integers(8, 32))
likely = st.builds(
    lambda front, back, scores: (*front, *back, DenseSpec(scores)),
    st.lists(convolutions, max_size=3),
    st.lists(dense, max_size=2),
    st.integers(2, 20),
)
architectures = st.builds(Architecture, shapes, likely)
any_layers = st.lists(st.one_of(convolutions, dense), max_size=25).map(tuple)


def check_sentence(error: CipherSketchError) -> None:
    assert str(error).endswith(".")
    assert "\n" not in str(error)


@given(st.builds(Architecture, shapes, any_layers))
def test_what_can_be_is_written_and_read_again_in_both_ways(architecture: Architecture) -> None:
    try:
        architecture.shapes()
    except ModelError as error:
        check_sentence(error)
        return
    assert is_notation(as_notation(architecture))
    assert from_notation(as_notation(architecture)) == architecture
    assert from_toml(as_toml(architecture)) == architecture


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(architectures)
@example(Architecture((1, 28, 28), (*(DenseSpec(8),) * 20, DenseSpec(10))))
@example(Architecture((1, 8, 8), (DenseSpec(2),)))
@example(Architecture((3, 32, 20), (ConvSpec(4, 3, degree=1), DenseSpec(9, 3), DenseSpec(2))))
def test_any_architecture_is_planned_right_or_refused_in_a_sentence(
    architecture: Architecture,
) -> None:
    try:
        chosen = recommended(as_notation(architecture.checked()))
        circuit = circuit_for(chosen)
    except CipherSketchError as error:
        check_sentence(error)
        return
    network = network_named(chosen.model)
    picture = np.random.default_rng(1).random(architecture.input_shape)
    found = clear_scores(circuit, picture)
    expected = network.forward(picture[None])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize("name", model_names())
def test_the_architecture_of_a_shipped_model_has_its_shapes_setting_and_costs(name: str) -> None:
    network = network_named(name)
    architecture = architecture_of(network)
    assert architecture.shapes()[-1] == (len(network.card.classes), 1, 1)
    assert recommended(as_notation(architecture)).scale_bits == recommended(name).scale_bits
    trained = build_circuit(network, recommended(name))
    drafted = build_circuit(draft(architecture), recommended(name))
    assert [stage.key for stage in drafted.stages] == [stage.key for stage in trained.stages]
    assert drafted.rotation_steps == trained.rotation_steps


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ((ConvSpec(0, 3), DenseSpec(10)), "Layer 1 has 0 channels; 1 to 256 can be."),
        (
            (ConvSpec(4, 30), DenseSpec(10)),
            "Layer 1 has a kernel of 30x30, but its input is 28x28; a kernel of 1 to 28 fits.",
        ),
        ((ConvSpec(4, 7, 0), DenseSpec(10)), "Layer 1 has a stride of 0; 1 to 28 fits."),
        (
            (ConvSpec(4, 7, 3, pool=9), DenseSpec(10)),
            "Layer 1 pools 9x9 of 8x8 values; 1 to 8 fits.",
        ),
        ((ConvSpec(4, 7),), "The last layer gives the scores: make it dense, 2 to 100 wide."),
        ((DenseSpec(10, 9), DenseSpec(10)), "Layer 1 has an activation of degree 9; 1 (none) to"),
        ((), "0 layers are no network; 1 to 40 are."),
    ],
)
def test_nonsense_is_refused_with_what_would_work(layers: tuple[Spec, ...], said: str) -> None:
    with pytest.raises(ModelError) as refused:
        Architecture((1, 28, 28), layers).shapes()
    assert str(refused.value).startswith(said)


def test_twenty_squares_are_too_deep_and_it_says_how_many_can_run() -> None:
    deep = Architecture((1, 28, 28), (*(DenseSpec(8),) * 20, DenseSpec(10)))
    assert deep.squares == 20
    with pytest.raises(CipherSketchError, match=r"needs 41 levels.*\d+ squares can run"):
        recommended(as_notation(deep))


def test_what_fits_no_ciphertexts_is_not_called_too_deep(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_settings: Settings) -> Circuit:
        raise PackingError("A layer of 99 outputs does not fit.")

    monkeypatch.setattr("engine.planning.search.circuit_for", refuse)
    wide = as_notation(Architecture((1, 28, 28), (DenseSpec(99), DenseSpec(10))))
    said = r"cannot be laid out in ciphertexts of N = 32768: a layer of 99 outputs"
    with pytest.raises(ParameterError, match=said):
        fastest_precise(wide, "one-shot", None)


@pytest.mark.parametrize(
    "text",
    [
        "layers = 3",
        "input = [1, 28]\n[[layers]]\nwidth = 10",
        "[[layers]]\nwidth = 1.5",
        "[[layers]]\nwidth = 10\nchannels = 3",
        "[[layers]]\nchannels = 10",
        "[[layers]]\nwidth = true",
        "[[layers]]\nwidht = 10",
        "a = [[",
        "depth = 1",
        "[[layers]]\nwidth = 99999999999999999999999",
    ],
)
def test_text_that_is_no_architecture_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        from_toml(text)


@given(st.text(max_size=60))
@example("1x28x28 d10 c4k7s3d9")
@example("1x28x28 d99999")
def test_a_line_is_an_architecture_or_refused(text: str) -> None:
    if not is_notation(text):
        return
    try:
        assert as_notation(from_notation(text)).split()[0] == text.split(maxsplit=1)[0]
    except ModelError as error:
        check_sentence(error)


def test_a_file_is_read_up_to_a_size(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(as_toml(NETWORK_1))
    assert read_architecture(path) == NETWORK_1
    path.write_bytes(b"#" * (1 << 17))
    with pytest.raises(ModelError, match="larger than 64 kB"):
        read_architecture(path)
    with pytest.raises(ModelError, match="cannot be read"):
        read_architecture(tmp_path / "none.toml")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="cannot be read"):
        read_architecture(path)


def test_weights_and_squares_are_counted() -> None:
    assert NETWORK_1.weights == 4 * (49 + 1) + 64 * 257 + 10 * 65
    assert NETWORK_1.squares == 2
    steep = dataclasses.replace(NETWORK_1, layers=(DenseSpec(4, 3), DenseSpec(4, 1), DenseSpec(2)))
    assert steep.squares == 2


def test_a_draft_has_values_as_large_as_a_trained_network() -> None:
    network: Network = draft(NETWORK_1)
    scores = network.forward(blobs(64, (1, 28, 28)))
    assert 1 < np.median(np.abs(scores).max(axis=1)) < network.card.largest_logit
