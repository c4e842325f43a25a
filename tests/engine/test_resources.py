"""The program's own files are found in a source tree and in an installed wheel, by safe names."""

from pathlib import Path

import pytest

from engine import resources
from engine.errors import ModelError
from engine.networks.files import load_network
from engine.resources import assets_dir, model_names, model_path, models_dir


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resources, "ROOT", tmp_path)
    return tmp_path


def put_model(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    path.write_bytes(b"")
    return path


def test_a_source_tree_has_its_files_beside_the_packages(root: Path) -> None:
    put_model(root / "models", "one")
    assert models_dir() == root / "models"
    assert assets_dir() == root / "assets"


def test_an_installed_wheel_has_its_files_inside_the_packages(root: Path) -> None:
    put_model(root / "models", "someone-elses")
    mine = put_model(root / "engine" / "models", "mine")
    (root / "app" / "assets").mkdir(parents=True)
    assert model_names() == ("mine",)
    assert model_path("mine") == mine
    assert assets_dir() == root / "app" / "assets"


def test_names_are_sorted_and_only_model_files_count(root: Path) -> None:
    for name in ("b", "a"):
        put_model(root / "models", name)
    (root / "models" / "README.md").write_text("")
    assert model_names() == ("a", "b")


def test_an_unknown_name_lists_the_known_ones(root: Path) -> None:
    put_model(root / "models", "mnist-network1")
    with pytest.raises(ModelError, match="'mnist'; there are: mnist-network1"):
        model_path("mnist")


@pytest.mark.usefixtures("root")
def test_without_models_the_message_says_where_they_should_be() -> None:
    assert model_names() == ()
    with pytest.raises(ModelError, match=r"none, as .*models"):
        model_path("mnist-network1")


@pytest.mark.parametrize("name", ["../secret", "models/../../secret", "", ".", "a/b", "a\0b"])
def test_no_name_leads_out_of_the_folder(root: Path, name: str) -> None:
    put_model(root / "models", "one")
    put_model(root, "secret")
    with pytest.raises(ModelError, match="no model named"):
        model_path(name)


def test_the_absolute_path_of_a_model_is_not_its_name(root: Path) -> None:
    path = put_model(root / "models", "one")
    with pytest.raises(ModelError, match="no model named"):
        model_path(str(path.with_suffix("")))


def test_every_model_that_comes_with_the_program_loads() -> None:
    assert "mnist-network1" in model_names()
    for name in model_names():
        assert load_network(model_path(name)).name == name
