"""Evaluations on the real engine: stopped, resumed, and judged by unseen pictures only."""

import dataclasses
import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from engine.ckks.parameters import Settings
from engine.cli import main
from engine.data_sets.registry import CLASSES
from engine.data_sets.samples import Samples, samples_for
from engine.data_sets.splits import ROOT_VARIABLE, Split
from engine.errors import ModelError, ParameterError, ResultsError
from engine.networks.layers import Network
from engine.planning.forecast import network_named
from engine.studies.evaluation import Evaluation, evaluate, usual_settings
from engine.studies.journal import read_lines
from engine.studies.judging import Part
from engine.studies.outcomes import Outcome, keep_outcome, kept_outcomes
from engine.studies.summary import summarise

Pictures = np.typing.NDArray[np.uint8]


@pytest.fixture
def evaluation(samples: tuple[Pictures, ...]) -> Evaluation:
    labelled = Samples("samples", np.stack(samples[:5]), np.arange(5, dtype=np.uint8))
    return Evaluation(Settings(), "single", labelled)


@pytest.fixture
def test_split(monkeypatch: pytest.MonkeyPatch, samples: tuple[Pictures, ...]) -> Split:
    """Let every data set's test pictures be twenty of the project's own."""
    labels = np.tile(np.arange(10, dtype=np.uint8), 2)
    split = Split(np.tile(np.stack(samples), (2, 1, 1)), labels)
    monkeypatch.setattr("engine.data_sets.samples.load_split", lambda name, part, root: split)
    return split


def with_card(network: Network, **changes: object) -> Network:
    return dataclasses.replace(network, card=dataclasses.replace(network.card, **changes))


def test_ctrl_c_keeps_finished_pictures_and_the_next_run_does_only_the_others(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    path, told = tmp_path / "answers.jsonl", list[float]()

    def interrupt(done: float) -> None:
        if done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        evaluate(evaluation, path, 1, interrupt)
    kept = read_lines(path)[1:]
    assert 2 <= len(kept) < 5
    parts = evaluate(evaluation, path, 2, told.append)
    assert told[0] == len(kept)
    assert told[-1] == 5
    assert read_lines(path)[1 : 1 + len(kept)] == kept
    assert sorted(index for part in parts for index in part.indices) == [0, 1, 2, 3, 4]
    summary = summarise(parts, evaluation.samples)
    assert summary.encrypted_correct == summary.clear_correct == summary.same == 5
    assert summary.largest_relative_error < 0.005


def test_a_complete_evaluation_is_read_without_a_process(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluate(evaluation, tmp_path / "answers.jsonl", 2)
    monkeypatch.setattr("engine.studies.sessions.Session.prepare", None)
    again = evaluate(evaluation, tmp_path / "answers.jsonl", 2)
    assert sorted(again, key=lambda part: part.indices) == sorted(
        first, key=lambda part: part.indices
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"settings": Settings(scale_bits=25)}, "its scale_bits is 26, not 25"),
        ({"mode": "batched"}, "its mode is 'single', not 'batched'"),
        (
            {"samples": Samples("others", np.zeros((5, 28, 28), np.uint8), None)},
            "its samples_sha256 is",
        ),
    ],
)
def test_answers_to_another_question_are_refused(
    evaluation: Evaluation, tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    (tmp_path / "answers.jsonl").write_text(json.dumps(evaluation.header) + "\n")
    with pytest.raises(ResultsError, match=sentence):
        evaluate(dataclasses.replace(evaluation, **change), tmp_path / "answers.jsonl")


def test_what_cannot_work_leaves_no_file(evaluation: Evaluation, tmp_path: Path) -> None:
    too_small = dataclasses.replace(evaluation, settings=Settings(poly_modulus_degree=4096))
    with pytest.raises(ParameterError, match="the nearest setting that works"):
        evaluate(too_small, tmp_path / "answers.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_only_the_pictures_that_the_card_calls_test_pictures_are_used(
    model: Network, test_split: Split
) -> None:
    chosen = samples_for(with_card(model, test_pictures=6))
    assert chosen.first == 14
    assert np.array_equal(chosen.pictures, test_split.pictures[14:])
    assert "the last 6 of 20 test pictures" in chosen.source
    assert len(samples_for(with_card(model, test_pictures=6), limit=4)) == 4
    assert len(samples_for(with_card(model, test_pictures=20))) == 20


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "CIFAR"}, "made for 'CIFAR'"),
        ({"classes": CLASSES["MNIST"][:9]}, "with 9 classes"),
        ({"test_pictures": 21}, "names 21 test pictures, but MNIST has 20"),
        ({"test_pictures": 0}, "names 0 test pictures"),
    ],
)
@pytest.mark.usefixtures("test_split")
def test_a_model_that_does_not_fit_its_data_set_is_refused(
    model: Network, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence):
        samples_for(with_card(model, **changes))


def test_each_network_has_its_usual_setting() -> None:
    assert usual_settings("mnist-network1", "single") == Settings()
    assert usual_settings("mnist-network2", "single").scale_bits == 27
    assert usual_settings("mnist-network2", "batched").scale_bits == 30
    assert usual_settings("mnist-network2", "single", "refresh").poly_modulus_degree == 8192
    assert network_named("mnist-network2").card.architecture == "network2"


@pytest.mark.usefixtures("test_split")
def test_the_command_prints_accuracy_agreement_error_and_times(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = dataclasses.replace(network_named("mnist-network1").card, test_pictures=20)
    named = dataclasses.replace(network_named("mnist-network1"), card=card)
    monkeypatch.setattr("engine.commands.evaluate.network_named", lambda name: named)
    monkeypatch.setattr(
        "engine.studies.evaluation.platformdirs.user_cache_path", lambda name: tmp_path / name
    )
    command = ["evaluate", "mnist-network1", "--mode", "single", "--limit", "2"]
    assert main(command) == 0
    text = capsys.readouterr().out
    for word in ("2 pictures", "clear  ", "encrypted  ", "agreement", "differ", "conv", "bytes up"):
        assert word in text
    assert not list(tmp_path.rglob("*.jsonl")), "a complete evaluation leaves the cache"
    assert kept_outcomes() == (Outcome(usual_settings("mnist-network1", "single"), ()),)
    kept = tmp_path / "kept.jsonl"
    assert main([*command, "--json", "--out", str(kept)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pictures"] == report["same"] == 2
    assert report["clear_accuracy"]["low"] < report["clear_accuracy"]["percent"] == 100
    assert report["provenance"]["command"].startswith("python -m engine ")
    assert len(read_lines(kept)) == 3


def test_pictures_that_differed_are_kept_after_a_complete_evaluation(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "engine.studies.evaluation.platformdirs.user_cache_path", lambda name: tmp_path / name
    )
    settings = Settings(protocol="refresh", outer_bits=32)
    part = Part((0, 3), (1, 2), (1, 5), (0.0, 0.1), (), 1.0, 1.0, 1, 1, 1.0, 1)
    summary = summarise([part], evaluation.samples)
    path = keep_outcome(dataclasses.replace(evaluation, settings=settings), summary)
    assert kept_outcomes() == (Outcome(settings, (3,)),)

    path.write_text('{"disagreements": 7}')
    with pytest.raises(ResultsError, match="damaged"):
        kept_outcomes()


def test_an_outcome_that_cannot_be_kept_is_one_sentence(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(
        "engine.studies.evaluation.platformdirs.user_cache_path", lambda name: tmp_path / "file"
    )
    part = Part((0,), (1,), (1,), (0.0,), (), 1.0, 1.0, 1, 1, 1.0, 1)
    with pytest.raises(ResultsError, match="could not be written"):
        keep_outcome(evaluation, summarise([part], evaluation.samples))


def test_a_wrong_data_folder_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["evaluate", "mnist-network1", "--data", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert "t10k-images-idx3-ubyte.gz cannot be read" in captured.err
    assert ROOT_VARIABLE in captured.err
    assert captured.err.count("\n") == 1
