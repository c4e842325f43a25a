from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402

from engine.errors import ModelError  # noqa: E402
from engine.resources import imported_names  # noqa: E402
from engine.training.from_torch import from_torch  # noqa: E402


class Quadratic(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return 0.25 * x**2 + 0.5 * x


def module(activation: nn.Module) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.BatchNorm2d(4),
        activation,
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(64, 5),
    )


def test_a_module_becomes_a_model_that_answers_alike() -> None:
    trained = module(Quadratic()).eval()
    network = from_torch(trained, torch.rand(1, 3, 16, 16), "mine")
    assert imported_names() == ("mine",)
    pictures = torch.rand(4, 3, 16, 16)
    with torch.no_grad():
        expected = trained(pictures).numpy()
    np.testing.assert_allclose(network.forward(pictures.double().numpy()), expected, atol=1e-4)


def test_a_module_that_cannot_run_encrypted_is_refused_by_its_operator(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Relu.*not a polynomial"):
        from_torch(module(nn.ReLU()), torch.rand(1, 3, 16, 16), "mine")
    assert imported_names() == ()
