"""A real cloud on this machine, shared by the tests of a module."""

from collections.abc import Iterator

import pytest
from clouds import RunningCloud, running_cloud

MODELS = ("--models", "mnist-network1", "mnist-network2")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud"), *MODELS) as cloud:
        yield cloud
