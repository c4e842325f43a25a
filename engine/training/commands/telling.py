"""How a training tells of itself, line by line, and is ended early by SIGTERM and SIGINT."""

import json
import signal
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from engine.arrays import as_input
from engine.data_sets.splits import Split
from engine.networks.layers import Network
from engine.training.fit import Watch

PAUSE = 0.25
"""Seconds between two lines about steps."""

Say = Callable[[dict[str, Any]], None]


def printed(as_json: bool) -> Say:
    """Return what prints a message: every one as JSON, or passes and the end in words."""

    def say(message: dict[str, Any]) -> None:
        if as_json:
            print(json.dumps(message), flush=True)  # noqa: T201 - a command's answer
        elif "step" not in message:
            print(*(f"{key} {value}" for key, value in message.items()), flush=True)  # noqa: T201

    return say


class Telling:
    """Tells `say` of steps, of the loss and accuracy of each pass, and of the model at the end."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said = 0.0
        self._stopped = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopped = True

    def watch(self, kept: Split) -> Watch:
        """Return what `fit` tells; accuracies are those on `kept`."""
        inputs = torch.tensor(as_input(kept.pictures), dtype=torch.float32)
        labels = torch.tensor(kept.labels).long()

        @torch.no_grad()
        def on_epoch(loss: float, model: nn.Sequential) -> None:
            right = (model(inputs).argmax(1) == labels).float().mean().item()
            self._say({"loss": loss, "accuracy": 100 * right})

        return Watch(self._on_step, on_epoch, lambda: self._stopped)

    def _on_step(self, done: int, total: int) -> None:
        if time.monotonic() > self._said + PAUSE or done == total:
            self._said = time.monotonic()
            self._say({"step": done, "steps": total})

    def finish(self, network: Network) -> None:
        """Tell of the model that was written."""
        card = network.card
        self._say(
            {
                "model": network.name,
                "accuracy": card.clear_accuracy,
                "test_pictures": card.test_pictures,
                "stopped": self._stopped,
            }
        )
