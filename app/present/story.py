"""The story of one encrypted classification in six steps, and how far the engine is with each.

The steps are the same for every network and protocol: a journey's stages are sorted into them by
kind, however often data goes back and forth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.state.records import Progress, StageState
from engine.planning.journey import StageInfo


class Step(IntEnum):
    """A step of the story, in order."""

    DRAW = 0
    ENCRYPT = 1
    SEND = 2
    COMPUTE = 3
    RETURN = 4
    DECRYPT = 5


@dataclass(frozen=True)
class Chapter:
    """What a step is called and its one sentence."""

    title: str
    sentence: str


CHAPTERS = {
    Step.DRAW: Chapter("Draw", "You draw a picture. So far, everyone who sees it can read it."),
    Step.ENCRYPT: Chapter("Encrypt", "You encrypt it: to everyone without your key, it is noise."),
    Step.SEND: Chapter("Send", "The ciphertext goes to the cloud. Your secret key never does."),
    Step.COMPUTE: Chapter(
        "Compute blind", "The cloud runs the network on numbers that it cannot read."
    ),
    Step.RETURN: Chapter("Return", "The answer comes back encrypted: the cloud cannot read it."),
    Step.DECRYPT: Chapter("Decrypt", "Only your secret key turns the answer into scores."),
}

KINDS = {
    "encrypt": Step.ENCRYPT,
    "send": Step.SEND,
    "receive": Step.RETURN,
    "decrypt": Step.DECRYPT,
}
OPENINGS = (Step.ENCRYPT, Step.SEND)
"""These are told once the first stage of their kind is done, later rounds or not."""


@dataclass(frozen=True)
class Part:
    """How far the stages of one step are: seconds and bytes on the wire so far, in all rounds."""

    progress: Progress = Progress.WAITING
    seconds: float = 0.0
    wire_bytes: int = 0
    rounds: int = 1


def step_of(info: StageInfo) -> Step | None:
    """Return the step that a stage belongs to; making keys belongs to none."""
    if info.key == "keys":
        return None
    kind = info.key.partition("-")[0]
    return Step.COMPUTE if info.side == "cloud" else KINDS.get(kind, Step.COMPUTE)


def stages_of(step: Step, stages: tuple[StageInfo, ...]) -> tuple[StageInfo, ...]:
    """Return the stages of a journey that belong to a step."""
    return tuple(each for each in stages if step_of(each) is step)


def part_of(step: Step, stages: tuple[StageInfo, ...], states: Mapping[str, StageState]) -> Part:
    """Return how far a step is; drawing is always done."""
    mine = [states.get(each.key, StageState()) for each in stages_of(step, stages)]
    decisive = mine[:1] if step in OPENINGS else mine
    if all(each.progress is Progress.DONE for each in decisive):
        progress = Progress.DONE
    elif all(each.progress is Progress.WAITING for each in decisive):
        progress = Progress.WAITING
    else:
        progress = Progress.RUNNING
    done = [each for each in mine if each.progress is Progress.DONE]
    return Part(
        progress,
        seconds=sum(each.seconds for each in done),
        wire_bytes=sum(each.wire_bytes for each in done),
        rounds=len(mine),
    )


def engine_text(stages: tuple[StageInfo, ...], states: Mapping[str, StageState]) -> str:
    """Return where the engine is, in words: the running stage and how many are done."""
    counted = [each for each in stages if each.key != "keys"]
    states = {each.key: states.get(each.key, StageState()) for each in stages}
    done = sum(states[each.key].progress is Progress.DONE for each in counted)
    running = [each for each in stages if states[each.key].progress is Progress.RUNNING]
    if not running:
        return f"{done} of {len(counted)} stages are done"
    state = states[running[-1].key]
    parts = f" ({state.done} of {state.total})" if state.total else ""
    return f"{running[-1].title}{parts}; {done} of {len(counted)} stages are done"
