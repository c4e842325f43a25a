"""A larger network, with rectifiers instead of squares, whose opinions a small one learns from.

It says of every training picture how likely each class is: more than the label says.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

BATCH = 128
CHUNK = 500
LEARNING_RATE = 4e-3
SHIFT = 2
WEIGHT_DECAY = 0.05


@dataclass(frozen=True)
class Teaching:
    """How many `epochs` the teacher trains, and the `share` of each target that is its opinion."""

    epochs: int
    share: float


class _Residual(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_convolution(channels, channels), nn.ReLU(), *_convolution(channels, channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return x changed a little; any shape (n, channels, side, side)."""
        return functional.relu(x + self.body(x))


def opinions(pictures: Tensor, labels: Tensor, epochs: int, generator: torch.Generator) -> Tensor:
    """Train a teacher on `pictures` (n, 1, 28, 28) uint8; return its class probabilities of them.

    The result (2, n, classes) is for the pictures as they are and then for their mirror images.
    """
    teacher = _build(int(labels.max()) + 1)
    teacher.to(memory_format=torch.channels_last)  # twice as fast
    optimizer = torch.optim.AdamW(teacher.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = len(pictures) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=epochs * steps, pct_start=0.2
    )
    for _ in tqdm(range(epochs), unit="epoch", desc="teacher"):
        order = torch.randperm(len(pictures), generator=generator)[: steps * BATCH]
        for chosen in order.view(steps, -1):
            batch = pictures[chosen] / 255
            mirrored = torch.rand((BATCH, 1, 1, 1), generator=generator) < 0.5
            down, right = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=generator).tolist()
            batch = torch.where(mirrored, batch.flip(3), batch).roll((down, right), (2, 3))
            loss = functional.cross_entropy(teacher(batch), labels[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    teacher.eval()
    views = (pictures, pictures.flip(3))
    return torch.stack([_probabilities(teacher, view) for view in views])


def _build(classes: int) -> nn.Sequential:
    layers = (
        *(*_convolution(1, 32, stride=2), nn.ReLU(), _Residual(32)),
        *(*_convolution(32, 64, stride=2), nn.ReLU(), _Residual(64)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes)),
    )
    return nn.Sequential(*layers)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    return (
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
    )


@torch.no_grad()
def _probabilities(teacher: nn.Module, pictures: Tensor) -> Tensor:
    return torch.cat([teacher(chunk / 255).softmax(1) for chunk in torch.split(pictures, CHUNK)])
