"""Varies training pictures the way people's drawings vary, whole batches at a time.

Position, size, slant and wobble come from one random displacement field; the look of the pen (thin
or thick, soft or hard-edged) from morphology and contrast. All randomness comes from the generator.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from engine.networks.layers import Shape


@dataclass(frozen=True)
class Augmentation:
    """Largest `rotation` in radians, `scale` as a logarithm, `translation` in picture widths.

    `elastic` is the standard deviation of the wobble in half widths, `pen` the share of pictures
    whose stroke is redrawn.
    """

    rotation: float
    scale: float
    shear: float
    translation: float
    elastic: float
    pen: float


def augment(pictures: Tensor, limits: Augmentation, generator: torch.Generator) -> Tensor:
    """Return changed copies of `pictures` (n, 1, 28, 28), values in [0, 1]."""
    redrawn = _stroke(pictures, limits.pen, generator)
    grid = _affine_grid(redrawn, limits, generator) + _wobble(redrawn, limits.elastic, generator)
    changed = functional.grid_sample(redrawn, grid, mode="bilinear", align_corners=False)
    return _edges(changed, limits.pen, generator).clamp(0, 1)


def moved(pictures: Tensor, pixels: int, generator: torch.Generator) -> Tensor:
    """Return pictures (n, c, h, w), each moved by up to `pixels` both ways; edges are mirrored."""
    n, _, height, width = pictures.shape
    wide = functional.pad(pictures, (pixels,) * 4, mode="reflect")
    down, right = torch.randint(2 * pixels + 1, (2, n, 1), generator=generator)
    rows, columns = down + torch.arange(height), right + torch.arange(width)
    return wide.permute(0, 2, 3, 1)[
        torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]
    ].permute(0, 3, 1, 2)


def blended(
    pictures: Tensor, labels: Tensor, classes: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return pictures with up to half of another in each, and the shares (n, classes) of labels."""
    amount = _uniform((len(pictures), 1), 0, 0.5, generator)
    answers = functional.one_hot(labels, classes).float()
    mixed = pictures.lerp(pictures.roll(1, 0), amount[:, :, None, None])
    return mixed, answers.lerp(answers.roll(1, 0), amount)


def impossible_pictures(count: int, shape: Shape, generator: torch.Generator) -> Tensor:
    """Return pictures (count, *shape) that no data set has: noise, fills, blobs, stripes.

    The loss keeps the answers to them small, since a large one would overflow a ciphertext.
    """
    channels, side, _ = shape
    grey = _impossible(count, side, generator)
    if channels == 1:
        return grey
    return grey * torch.rand((count, channels, 1, 1), generator=generator)


def _impossible(count: int, side: int, generator: torch.Generator) -> Tensor:
    shape = (count, 1, side, side)
    noise = torch.rand(shape, generator=generator)
    fills = _uniform((count, 1, 1, 1), 0.5, 1, generator).expand(shape)
    coarse = torch.rand((count, 1, 5, 5), generator=generator)
    smooth = functional.interpolate(coarse, size=(side, side), mode="bilinear")
    blobs = ((smooth - _uniform((count, 1, 1, 1), 0.2, 0.7, generator)) * 20).sigmoid()
    kinds = torch.stack((noise, noise.round(), fills, blobs, _stripes(count, side, generator)))
    return kinds[torch.randint(len(kinds), (count,), generator=generator), torch.arange(count)]


def _stripes(count: int, side: int, generator: torch.Generator) -> Tensor:
    """Return stripes in any direction, half of them crossed by others: checkers and grids."""
    waves = _uniform((2, count, 2, 1, 1), -math.pi, math.pi, generator)
    phases = _uniform((2, count, 1, 1), 0, 2 * math.pi, generator)
    places = torch.arange(side)
    first, second = (waves[:, :, 0] * places + waves[:, :, 1] * places[:, None] + phases).sin()
    crossed = torch.rand((count, 1, 1), generator=generator) < 0.5
    return (torch.where(crossed, first * second, first) > 0).float()[:, None]


def _uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)


def _affine_grid(pictures: Tensor, limits: Augmentation, generator: torch.Generator) -> Tensor:
    n = len(pictures)
    angle = _uniform((n,), -limits.rotation, limits.rotation, generator)
    wide = _uniform((n,), -limits.scale, limits.scale, generator).exp()
    high = wide * _uniform((n,), -limits.scale / 2, limits.scale / 2, generator).exp()
    shear = _uniform((n,), -limits.shear, limits.shear, generator)
    shift = _uniform((2, n), -2 * limits.translation, 2 * limits.translation, generator)
    cos, sin = angle.cos(), angle.sin()
    top = torch.stack((cos * wide, (shear * cos - sin) * high, shift[0]), dim=1)
    bottom = torch.stack((sin * wide, (shear * sin + cos) * high, shift[1]), dim=1)
    return functional.affine_grid(
        torch.stack((top, bottom), dim=1), list(pictures.shape), align_corners=False
    )


def _wobble(pictures: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """Return a smooth displacement (n, side, side, 2): an unsteady hand."""
    coarse = torch.randn((len(pictures), 2, 5, 5), generator=generator) * amount
    smooth = functional.interpolate(
        coarse, size=pictures.shape[-2:], mode="bicubic", align_corners=True
    )
    return smooth.permute(0, 2, 3, 1)


def _stroke(pictures: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Thicken some strokes (finger, marker), by up to a pixel a side, and thin others (pen)."""
    shape = (len(pictures), 1, 1, 1)
    thick = functional.max_pool2d(pictures, 3, stride=1, padding=1)
    thin = -functional.max_pool2d(-pictures, 2, stride=1, padding=1)[..., 1:, 1:]
    chosen = torch.rand(shape, generator=generator) < share
    amount = _uniform(shape, -0.7, 1, generator) * chosen
    return pictures.lerp(thick, amount.clamp(min=0)).lerp(thin, -amount.clamp(max=0))


def _edges(pictures: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Blur some pictures and harden others: a drawn line is nearly black and white."""
    shape = (len(pictures), 1, 1, 1)
    blurred = functional.avg_pool2d(pictures, 3, stride=1, padding=1)
    chosen = torch.rand(shape, generator=generator) < share
    soft = _uniform(shape, 0, 0.7, generator) * chosen
    hard = torch.rand(shape, generator=generator) < share / 2
    gain = torch.where(hard, _uniform(shape, 1, 3, generator), 1.0)
    return (pictures.lerp(blurred, soft) - 0.5) * gain + 0.5
