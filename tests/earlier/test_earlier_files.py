"""Files that version 0.1.0 wrote, beside this one, still open: they are never made anew."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.compare.store import Changes, RunStore
from app.shell.preferences import Preferences, load_preferences
from app.sweep.choice import SweepChoice
from app.sweep.store import load_plan
from engine.ckks.parameters import Settings
from engine.networks.files import load_network
from engine.studies.report.evaluations import read_evaluations
from engine.studies.sweeps.table import read_table

HERE = Path(__file__).parent
SCORES = (
    -0.1976167074,
    1.692612082,
    1.764158396,
    0.7361543047,
    0.326247092,
    1.205484329,
    -0.2981630846,
    -0.1977201637,
    -0.9212696509,
    0.1025787906,
)


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Return a folder with copies of the files, for what may write to them."""
    return Path(shutil.copytree(HERE, tmp_path / "earlier"))


def test_a_model_file_of_0_1_0_opens_and_gives_the_scores_that_it_gave() -> None:
    network = load_network(HERE / "model.safetensors")
    picture = np.zeros((1, 1, 28, 28))
    picture[0, 0, 6:22, 13:15] = 1

    (scores,) = network.forward(picture)

    assert [type(layer).__name__ for layer in network.layers] == ["Conv2d", "Square", "Dense"]
    assert network.card.classes == tuple("0123456789")
    assert scores == pytest.approx(SCORES, rel=1e-9)


def test_settings_of_0_1_0_are_read(copies: Path) -> None:
    preferences, complaint = load_preferences(copies / "settings.ini")

    assert complaint == ""
    assert preferences == Preferences(
        Settings("kmnist-network2", 16384, 30), "dark", 31, True, True, geometry=b"\x01\xd9\xd0\xcb"
    )


def test_a_run_database_of_0_1_0_opens_and_can_be_added_to(copies: Path) -> None:
    path = copies / "runs.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((HERE / "runs.sql").read_text("utf-8"))
    store = RunStore(path)

    runs = {run.id: run for run in store.sync(Changes())}
    store.sync(Changes(saved=(runs["first"].with_pin(True),)))
    store.close()

    assert store.notices == []
    assert runs["first"].settings == Settings()
    assert runs["first"].encrypted[3] == pytest.approx(5.001)
    assert runs["second"].settings == Settings("fashionmnist-network1", outer_bits=60)
    assert runs["second"].pinned
    assert runs["second"].keys is None


def test_a_sweep_of_0_1_0_is_read_with_its_plan(copies: Path) -> None:
    refused, measured = read_table(copies)
    plan = load_plan(copies)

    assert refused.reason is not None
    assert refused.point.settings == Settings(scale_bits=32)
    assert measured.summary is not None
    assert (measured.summary.pictures, measured.summary.same) == (1000, 1000)
    assert measured.coeff_modulus_bits == (55, 55, 53, 51)
    assert plan is not None
    assert plan.choice == SweepChoice(
        ("mnist-network1", "kmnist-network2"), (8192, 16384), (20, 26), 3, "single"
    )
    assert plan.picture is not None
    assert plan.is_open


def test_an_evaluation_of_0_1_0_is_read(tmp_path: Path) -> None:
    shutil.copy(HERE / "evaluation.json", tmp_path)

    (evaluated,) = read_evaluations(tmp_path)

    assert (evaluated.model, evaluated.pictures) == ("mnist-network1", 10_000)
    assert evaluated.clear.percent == 99.13
