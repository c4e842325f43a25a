"""A real cloud on this machine, shared by the tests of a module, that is well afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from clouds import RunningCloud, running_cloud

from engine.ckks.parameters import Settings
from engine.session.relay import Session

MODELS = ("--models", "mnist-network1", "mnist-network2")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud"), *MODELS) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def well(cloud: RunningCloud, samples: tuple[Any, ...]) -> Iterator[RunningCloud]:
    """Return the cloud, and check that it works when all is over."""
    yield cloud
    assert cloud.process.poll() is None
    with Session(cloud=cloud.address) as session:
        session.prepare(Settings())
        assert session.classify(samples[8]).prediction == 8
