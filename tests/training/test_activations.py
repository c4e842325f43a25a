"""The comparison of activations: all are trained, the table is true, no work is done twice."""

import dataclasses
import datetime
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is an optional extra: only training needs it")

from engine.data_sets.splits import Split
from engine.errors import DatasetError
from engine.training.architectures import Activation
from engine.training.commands import activations
from engine.training.commands.activations import Row, compare, main, markdown
from engine.training.data.pictures import Pictures
from engine.training.recipes import TASKS

MODELS = ("mnist-network1", "kmnist-network1")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make the trainings small, and return the list of the data sets that are read from now on."""
    read: list[str] = []

    def load(dataset: str, _root: Path | None) -> Pictures:
        read.append(dataset)
        pictures = np.random.default_rng(1).integers(0, 256, (256, 28, 28), np.uint8)
        split = Split(pictures, np.arange(256, dtype=np.uint8) % 10)
        return Pictures(split, split, "noise")

    monkeypatch.setattr(activations, "load_pictures", load)
    monkeypatch.setattr(activations, "EPOCHS", {"MNIST": 1, "KMNIST": 2})
    return read


def run(out: Path) -> tuple[Row, ...]:
    return compare([TASKS[name] for name in MODELS], root=None, seed=1, out=out, command="this")


def test_every_activation_of_every_model_becomes_a_row(tmp_path: Path) -> None:
    rows = run(tmp_path / "new" / "table.md")
    expected = [(model, each.value) for model in MODELS for each in Activation]
    assert [(row.model, row.activation) for row in rows] == expected
    assert [row.epochs for row in rows] == [1, 1, 1, 2, 2, 2]
    assert all(0 <= row.right <= row.judged == 256 and row.largest_logit > 0 for row in rows)
    text = (tmp_path / "new" / "table.md").read_text("utf-8")
    assert "    this\n" in text
    for row in rows:
        assert f"{100 * row.right / 256:.2f} (" in text


def test_a_stopped_comparison_goes_on_without_repeating_a_training(
    tmp_path: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, real = tmp_path / "table.md", activations.train_layers
    done = 0

    def stop_at_the_fourth(*arguments: object) -> object:
        nonlocal done
        done += 1
        if done == 4:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(activations, "train_layers", stop_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        run(out)
    assert small == ["MNIST"] * 3 + ["KMNIST"]
    monkeypatch.setattr(activations, "train_layers", real)
    rows = run(out)
    assert small == ["MNIST"] * 3 + ["KMNIST"] * 4
    assert run(out) == rows
    assert len(small) == 7


def test_an_unfinished_line_of_the_table_has_empty_cells() -> None:
    row = Row("some", Activation.SQUARE.value, 3, 1, 90, 100, 12.34)
    text = markdown([row], "this", datetime.date(2026, 1, 2))
    assert "| `some` | 3 | 90.00 (82.56 to 94.48) | 12.3 |  |  |  |  |\n" in text
    assert "on 2026-01-02." in text


def test_another_seed_is_another_training(tmp_path: Path, small: list[str]) -> None:
    run(tmp_path / "table.md")
    tasks = [TASKS["mnist-network1"]]
    (row, *_) = compare(tasks, root=None, seed=2, out=tmp_path / "table.md", command="this")
    assert row.seed == 2
    assert len(small) == 9
    run(tmp_path / "table.md")
    assert len(small) == 9, "the rows of the first seed were kept"


def test_a_foreign_table_is_refused_and_kept(
    tmp_path: Path,
) -> None:
    foreign = tmp_path / "table.csv"
    foreign.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(DatasetError, match="is not a table of this command"):
        run(tmp_path / "table.md")
    with pytest.raises(DatasetError, match="name another file with --out"):
        main(["--out", str(tmp_path / "table.md")])
    assert foreign.read_text("utf-8") == "a,b\n1,2\n"


def test_the_command_trains_all_six_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(
        activations, "compare", lambda tasks, **named: seen.append((*tasks, named["command"]))
    )
    assert main(["--seed", "3", "--out", str(tmp_path / "a.md")]) == 0
    command = f"python -m engine.training activations --data DIR --seed 3 --out {tmp_path / 'a.md'}"
    assert seen == [(*TASKS.values(), command)]


def test_a_row_is_known_by_what_was_trained() -> None:
    row = Row("some", "square", 3, 1, 90, 100, 12.0)
    assert dataclasses.replace(row, right=80).key == row.key
    assert dataclasses.replace(row, epochs=4).key != row.key
