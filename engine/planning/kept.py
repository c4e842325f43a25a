"""What is worked out of a model is kept, until its file is another one."""

import functools
from collections.abc import Callable
from typing import Concatenate, Generic, ParamSpec, TypeVar

from engine.ckks.parameters import Settings
from engine.networks.architecture_text import is_notation
from engine.resources import model_sha256

Named = TypeVar("Named", str, Settings)
P = ParamSpec("P")
R = TypeVar("R")


class KeptByModel(Generic[Named, P, R]):
    """A function of a model's name, or of settings with one, that works each thing out once.

    A model that was imported again under its name is another: it gets nothing that was kept of the
    file before. Raises ModelError if there is no such model.
    """

    def __init__(self, work: Callable[Concatenate[Named, P], R], most: int) -> None:
        functools.update_wrapper(self, work)
        kept = functools.lru_cache(most)(lambda file, *given, **named: work(*given, **named))
        self._kept: Callable[..., R] = kept
        self.forget = kept.cache_clear

    def __call__(self, model: Named, /, *given: P.args, **named: P.kwargs) -> R:
        """Return what the function returns."""
        name = model if isinstance(model, str) else model.model
        return self._kept("" if is_notation(name) else model_sha256(name), model, *given, **named)


def kept_by_model(
    most: int,
) -> Callable[[Callable[Concatenate[Named, P], R]], KeptByModel[Named, P, R]]:
    """Keep so many results of a function whose first argument names a model."""

    def keep(work: Callable[Concatenate[Named, P], R]) -> KeptByModel[Named, P, R]:
        return KeptByModel(work, most)

    return keep
