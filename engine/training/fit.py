"""Trains one network: cosine schedule, weight averaging, and penalties that keep numbers small.

The averaged weights are the result. Nothing outside the recipe and the pictures decides it, so the
same seed on the same machine gives the same network.
"""

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from engine.networks.architecture import Specs
from engine.training.architectures import NOISE, Activation, Noise, Power, Square, build
from engine.training.data.augment import (
    Augmentation,
    augment,
    blended,
    impossible_pictures,
    moved,
)
from engine.training.teacher import Teaching, targets, train_teacher

RECOUNTED = 1000
"""Pictures in each of the equal chunks that statistics are counted over."""


@dataclass(frozen=True)
class Recipe:
    """How to train. Activations and logits are penalised from their `..._limit` on.

    Half of the pictures are mirrored if `mirror`, and all moved by up to `shift` pixels each way.
    In a share of `mixed` batches each picture is blended with another, and its label likewise
    (mixup: Zhang et al., 2018); a teacher is asked about the blend (Beyer et al., 2022).
    Targets are `smoothing` less sure than the labels; `dropout` is that before the first dense
    layer. If `balanced`, each class counts as much as any other. `noise` disturbs the activations.
    With `teaching` a larger network is trained first, whose opinion of each batch becomes part of
    its target. With `recount` the statistics of the normalisations are those of the averaged
    weights over all pictures, instead of an average of passing ones.
    """

    augmentation: Augmentation | None
    epochs: int
    seed: int = 1
    batch: int = 128
    learning_rate: float = 8e-3
    weight_decay: float = 1e-4
    averaging: float = 0.9995
    gradient_norm: float = 1.0
    activation_limit: float = 4.0
    logit_limit: float = 12.0
    penalty: float = 0.02
    impossible: int = 20
    mirror: bool = False
    shift: int = 0
    mixed: float = 0.0
    smoothing: float = 0.0
    dropout: float = 0.0
    balanced: bool = False
    noise: Noise = NOISE
    recount: bool = False
    teaching: Teaching | None = None
    activation: Activation = Activation.LEARNED


@dataclass(frozen=True)
class Watch:
    """Who is told how a training goes, and may end it: what is there then is the result.

    `on_step` gets the steps done and their total, `on_epoch` the loss of an epoch and the network
    so far, in eval mode.
    """

    on_step: Callable[[int, int], None] = lambda done, total: None
    on_epoch: Callable[[float, nn.Sequential], None] = lambda loss, model: None
    is_stopped: Callable[[], bool] = lambda: False


NOBODY = Watch()


@dataclass(frozen=True)
class Lesson:
    """A network whose opinion is so much of each target; there may be none."""

    teacher: nn.Module | None
    share: float


def fit(
    specs: Specs, pictures: Tensor, labels: Tensor, recipe: Recipe, watch: Watch = NOBODY
) -> tuple[nn.Sequential, list[float]]:
    """Train on `pictures` (n, channels, side, side) uint8; return network and loss by epoch."""
    with torch.random.fork_rng(devices=[]):  # for the layers' first weights and their noise
        torch.manual_seed(recipe.seed)
        return _fit(specs, pictures, labels, recipe, watch)


def _fit(
    specs: Specs, pictures: Tensor, labels: Tensor, recipe: Recipe, watch: Watch
) -> tuple[nn.Sequential, list[float]]:
    generator = torch.Generator().manual_seed(recipe.seed)
    teacher = None
    if recipe.teaching is not None:
        vary = functools.partial(_batch, recipe=recipe, generator=generator)
        teacher = train_teacher(pictures, labels, recipe.teaching, vary, generator)
    _, channels, height, width = pictures.shape
    shape = channels, height, width
    model = build(specs, shape, recipe.noise, recipe.activation, recipe.dropout)
    share = recipe.teaching.share if recipe.teaching else 0.0
    return descend(model, pictures, labels, recipe, Lesson(teacher, share), watch, generator)


def descend(
    model: nn.Sequential,
    pictures: Tensor,
    labels: Tensor,
    recipe: Recipe,
    lesson: Lesson,
    watch: Watch,
    generator: torch.Generator,
) -> tuple[nn.Sequential, list[float]]:
    """Train `model` itself, from what it is; return its average and the loss by epoch."""
    averaged = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    steps = len(pictures) // recipe.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.epochs * steps, pct_start=0.1
    )
    counts = labels.bincount()
    weights = len(labels) / (len(counts) * counts) if recipe.balanced else None
    losses: list[float] = []
    for epoch in (progress := tqdm(range(recipe.epochs), unit="epoch")):
        order = torch.randperm(len(pictures), generator=generator)[: steps * recipe.batch]
        total = 0.0
        for step, chosen in enumerate(order.view(steps, -1), start=epoch * steps):
            if watch.is_stopped():
                break
            batch, answers = _batch(pictures[chosen] / 255, recipe, generator), labels[chosen]
            if recipe.mixed and torch.rand((), generator=generator) < recipe.mixed:
                batch, answers = blended(batch, answers, len(counts), generator)
            if lesson.teacher is not None:
                answers = targets(lesson.teacher, batch, answers, lesson.share)
            loss = _loss(model, batch, answers, weights, recipe, generator)
            _descend(model, optimizer, loss, recipe.gradient_norm)
            schedule.step()
            # The average starts short, or a brief training would keep its untrained weights.
            _move_towards(averaged, model, 1 - min(recipe.averaging, step / (step + 10)))
            total += loss.item()
            watch.on_step(step + 1, recipe.epochs * steps)
        if watch.is_stopped():
            break
        losses.append(total / steps)
        watch.on_epoch(losses[-1], averaged)
        progress.set_postfix(loss=f"{losses[-1]:.4f}")
    if recipe.recount:
        _recount(averaged, (pictures, pictures.flip(3)) if recipe.mirror else (pictures,))
    return averaged, losses


def _batch(batch: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Return changed copies of the pictures."""
    if recipe.mirror:
        mirrored = torch.randint(2, (len(batch), 1, 1, 1), generator=generator) == 1
        batch = torch.where(mirrored, batch.flip(3), batch)
    if recipe.shift:
        batch = moved(batch, recipe.shift, generator)
    if recipe.augmentation:
        batch = augment(batch, recipe.augmentation, generator)
    return batch


@torch.no_grad()
def _recount(model: nn.Sequential, views: tuple[Tensor, ...]) -> None:
    """Measure the statistics of the normalisations anew, over all `views` of the pictures.

    Only the normalisations are in training mode, so the squares add no noise.
    """
    for module in model:
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain average over the chunks
            module.train()
    for view in views:
        for chunk in torch.split(view, RECOUNTED):
            model(chunk / 255)
    model.eval()


def _descend(
    model: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, gradient_norm: float
) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(model.parameters(), gradient_norm)
    optimizer.step()


def _move_towards(averaged: nn.Module, model: nn.Module, fraction: float) -> None:
    current = model.state_dict()
    for name, value in averaged.state_dict().items():
        if value.is_floating_point():
            value.lerp_(current[name], fraction)


def _loss(
    model: nn.Sequential,
    batch: Tensor,
    answers: Tensor,
    weights: Tensor | None,
    recipe: Recipe,
    generator: torch.Generator,
) -> Tensor:
    logits = model(batch)
    loss = functional.cross_entropy(
        logits, answers, weight=weights, label_smoothing=recipe.smoothing
    )
    penalty = _excess(logits, recipe.logit_limit)
    for module in model:
        if isinstance(module, Square | Power):
            penalty = penalty + _excess(module.input, recipe.activation_limit)
    if not recipe.impossible:
        return loss + recipe.penalty * penalty
    # In eval mode: such pictures must not move the statistics of the normalisation.
    model.eval()
    _, channels, height, width = batch.shape
    strange = model(impossible_pictures(recipe.impossible, (channels, height, width), generator))
    model.train()
    return loss + recipe.penalty * (penalty + _excess(strange, recipe.logit_limit))


def _excess(values: Tensor, limit: float) -> Tensor:
    return functional.relu(values.abs() - limit).square().mean()
