"""A larger network, with rectifiers instead of squares, whose opinions a small one learns from.

It says of every training picture how likely each class is: more than the label says.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

BATCH = 128
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.05


@dataclass(frozen=True)
class Teaching:
    """How many `epochs` the teacher trains, and the `share` of each target that is its opinion.

    Its pictures are moved by up to `shift` pixels each way, besides what the recipe does to them.
    Its convolutions have `width` channels, and twice as many in its second half.
    """

    epochs: int
    share: float
    shift: int = 2
    width: int = 32


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


def train_teacher(
    pictures: Tensor,
    labels: Tensor,
    teaching: Teaching,
    vary: Callable[[Tensor], Tensor],
    generator: torch.Generator,
) -> nn.Module:
    """Train a teacher on `pictures` (n, channels, side, side) uint8, batches changed by `vary`."""
    teacher = _build(pictures.shape[1], teaching.width, int(labels.max()) + 1)
    teacher.to(memory_format=torch.channels_last)  # twice as fast
    optimizer = torch.optim.AdamW(teacher.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = len(pictures) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=teaching.epochs * steps, pct_start=0.2
    )
    reach = (-teaching.shift, teaching.shift + 1)
    for _ in tqdm(range(teaching.epochs), unit="epoch", desc="teacher"):
        order = torch.randperm(len(pictures), generator=generator)[: steps * BATCH]
        for chosen in order.view(steps, -1):
            batch = vary(pictures[chosen] / 255)
            down, right = torch.randint(*reach, (2,), generator=generator).tolist()
            batch = batch.roll((down, right), (2, 3))
            loss = functional.cross_entropy(teacher(batch), labels[chosen])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return teacher.eval()


@torch.no_grad()
def targets(teacher: nn.Module, batch: Tensor, labels: Tensor, share: float) -> Tensor:
    """Return what to answer to a batch, (n, classes): the labels, and the teacher's opinion.

    Labels are numbers of classes (n,), or shares of them (n, classes).
    """
    opinion: Tensor = teacher(batch).softmax(1)
    if labels.ndim == 1:
        labels = functional.one_hot(labels, opinion.shape[-1]).float()
    return labels.lerp(opinion, share)


def _build(channels: int, width: int, classes: int) -> nn.Sequential:
    layers = (
        *(*_convolution(channels, width, stride=2), nn.ReLU(), _Residual(width)),
        *(*_convolution(width, 2 * width, stride=2), nn.ReLU(), _Residual(2 * width)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, classes)),
    )
    return nn.Sequential(*layers)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    return (
        nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
    )
