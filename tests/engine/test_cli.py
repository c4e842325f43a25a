"""The command line as a person meets it: real pictures, real processes, one sentence on errors."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from engine.cli import main
from engine.data_sets.loading import load_split
from engine.data_sets.registry import CLASSES
from engine.planning.forecast import network_named
from engine.resources import assets_dir

SAMPLE = assets_dir() / "samples" / "3-pen.png"


def test_classify_prints_prediction_scores_sizes_and_times(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["classify", str(SAMPLE)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("prediction  3")
    for word in ("largest difference", "ciphertext", "Galois keys", "conv", "decrypt", "cloud"):
        assert word in text


def test_classify_as_json_has_ten_scores_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", str(SAMPLE), "--json", "--scale-bits", "25"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["prediction"] == report["clear_prediction"] == "3"
    assert list(report["encrypted"]) == list(report["clear"]) == list("0123456789")
    assert 0 < report["relative_error"] < 0.01
    assert report["settings"]["scale_bits"] == 25
    assert set(report["stage_seconds"]) >= {"encrypt", "send", "conv", "square-1", "decrypt"}


def test_classify_prepares_a_picture_the_way_the_model_learnt_them(
    official_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    split = load_split("KMNIST", "test", official_root)
    Image.fromarray(split.pictures[-1]).save(tmp_path / "picture.png")
    assert (
        main(["classify", str(tmp_path / "picture.png"), "--model", "kmnist-network1", "--json"])
        == 0
    )
    logits = network_named("kmnist-network1").forward(split.pictures[-1:, None] / 255.0)
    clear = json.loads(capsys.readouterr().out)["clear"]
    assert list(clear) == list(CLASSES["KMNIST"])
    assert list(clear.values()) == pytest.approx(logits[0].tolist())


def test_classify_with_refreshes_shows_the_stages_in_between(
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = ["--protocol", "refresh", "--poly-modulus-degree", "4096", "--scale-bits", "24"]
    assert main(["classify", str(SAMPLE), "--json", *options]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["prediction"] == report["clear_prediction"] == "3"
    assert report["relative_error"] < 0.005
    assert report["settings"]["protocol"] == "refresh"
    assert set(report["stage_seconds"]) >= {"receive-1", "decrypt-1", "encrypt-2", "send-2"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["/nowhere/digit.png"], "There is no picture file"),
        ([str(SAMPLE), "--poly-modulus-degree", "4096"], "the nearest setting that works"),
        ([str(SAMPLE), "--scale-bits", "99"], "outside 15 to 50"),
        ([str(SAMPLE), "--model", "../secret"], "There is no model named"),
    ],
)
def test_what_cannot_work_is_one_sentence_and_status_two(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert captured.err.count("\n") == 1


def test_bench_reports_every_figure_with_the_bundled_samples(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_DATA", str(tmp_path))
    monkeypatch.setattr("engine.benchmarks.single.KEYS", 2)  # each takes a second or two
    assert main(["bench", "--json", "--runs", "1", "--pictures", "10"]) == 0
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert "bundled samples" in captured.err
    assert report["pictures"] == report["same_prediction"] == 10
    assert report["max_relative_error"] < 0.005
    assert report["ciphertext_bytes"] <= 250_000
    assert report["relin_key_bytes"] + report["galois_key_bytes"] <= 40_000_000
    names = {"engine_ms", "stock_ms", "ratio", "engine_stages_ms", "primitive_sum_ms", "overhead"}
    assert names <= set(report)


def test_a_network_of_ones_own_is_imported_listed_planned_and_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    file = tmp_path / "net.onnx"
    file.write_bytes(colour_network(rng).SerializeToString())
    named = ["--name", "mine", "--classes", "cat,dog,fox"]
    assert main(["import", str(file), *named]) == 0
    assert "reads 3\u00d716\u00d716" in capsys.readouterr().out
    assert main(["models", "--json"]) == 0
    mine = next(each for each in json.loads(capsys.readouterr().out) if each["name"] == "mine")
    assert (mine["imported"], mine["classes"]) == (True, ["cat", "dog", "fox"])
    assert main(["plan", "mine", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [stage["key"] for stage in plan["stages"]] == ["conv", "square-1", "dense-1"]
    assert plan["predicted_ms"] > 0
    assert main(["plan", "mine"]) == 0
    assert f"as measured on this machine, last on {plan['timed_on']}" in capsys.readouterr().out
    x = rng.random((3, 16, 16))
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "channels_last.npy", np.moveaxis(x, 0, -1))
    Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).save(tmp_path / "photo.png")
    answers = []
    for picture in ("x.npy", "channels_last.npy", "photo.png"):
        assert main(["classify", str(tmp_path / picture), "--model", "mine", "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert list(report["encrypted"]) == ["cat", "dog", "fox"]
        assert report["relative_error"] < 0.01
        assert report["prediction"] == report["clear_prediction"]
        answers.append(report["clear"])
    assert answers[0] == answers[1] != answers[2]


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x01\x00"])
def test_what_is_no_array_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "x.npy").write_bytes(content)
    assert main(["classify", str(tmp_path / "x.npy")]) == 2
    assert "no .npy file" in capsys.readouterr().err


def colour_network(rng: np.random.Generator) -> onnx.ModelProto:
    weights = {
        "k": rng.normal(size=(4, 3, 5, 5)) / 9, "kb": rng.normal(size=4) / 4,
        "w": rng.normal(size=(3, 144)) / 12, "wb": rng.normal(size=3) / 4,
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["x", "k", "kb"], ["c"], strides=[2, 2]),
        helper.make_node("Mul", ["c", "c"], ["s"]),
        helper.make_node("Flatten", ["s"], ["f"]),
        helper.make_node("Gemm", ["f", "w", "wb"], ["y"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "colour",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])],
        [numpy_helper.from_array(each.astype(np.float32), name) for name, each in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
