"""What a client without a model's file asks of the cloud, and what it then gets to know.

That is how pictures go in and scores come out, and nothing of what is computed in between.
"""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from engine.ckks.parameters import Chain, Settings
from engine.messages.to_key_owner import LegForm
from engine.messages.typed import Blobs, Request, Typed

MOST_LEGS, MOST_STEPS, MOST_STAGES, MOST_CLASSES = 64, 4096, 256, 1000

ShortName = Annotated[str, Meta(min_length=1, max_length=64)]
Side = Annotated[int, Meta(ge=1, le=1 << 14)]


@dataclass(frozen=True)
class StageForm:
    """A stage by its key, and the primes left after it."""

    key: Annotated[str, Meta(pattern="^[a-z]+(-[0-9]{1,3})?$", max_length=32)]
    level: Annotated[int, Meta(ge=0, le=64)]


@dataclass(frozen=True)
class Described(Typed):
    """A model under the setting that the cloud runs it with.

    The blobs have the value of each slot of each leg, int64, as in `Begin`; `steps` are the
    rotations it needs keys for; `stages` are those of each leg.
    """

    kind = "described"
    settings: Settings
    chain: Chain
    legs: Annotated[tuple[LegForm, ...], Meta(min_length=1, max_length=MOST_LEGS)]
    stages: Annotated[
        tuple[Annotated[tuple[StageForm, ...], Meta(max_length=MOST_STAGES)], ...],
        Meta(min_length=1, max_length=MOST_LEGS),
    ]
    steps: Annotated[tuple[int, ...], Meta(max_length=MOST_STEPS)]
    classes: Annotated[tuple[ShortName, ...], Meta(min_length=1, max_length=MOST_CLASSES)]
    input_shape: tuple[Side, Side, Side]
    dataset: Annotated[str, Meta(max_length=64)]
    temperature: Annotated[float, Meta(gt=0, lt=1e6)]
    blobs: Blobs


@dataclass(frozen=True)
class Describe(Request[Described]):
    """Say what a client must know of a model whose file it lacks."""

    kind = "describe"
    model: ShortName
