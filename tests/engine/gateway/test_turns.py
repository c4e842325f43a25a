"""Runs of many clients take turns on the cores, and a long one keeps nobody out."""

import asyncio

from engine.gateway.turns import Turns


async def told_of_two(turns: Turns) -> list[str]:
    """Return what happened of two runs, the first of which ends once the second waits or begins."""
    told, waits = list[str](), asyncio.Event()

    async def first() -> None:
        async with turns.taken():
            told.append("first begins")
            await waits.wait()
            told.append("first ends")

    async def second() -> None:
        asyncio.get_running_loop().call_later(0.05, waits.set)
        async with turns.taken():
            told.append("second begins")

    await asyncio.gather(first(), second())
    return told


def test_on_one_core_a_run_begins_once_the_one_before_has_ended() -> None:
    told = asyncio.run(told_of_two(Turns(cores=1, patience=60)))
    assert told == ["first begins", "first ends", "second begins"]


def test_on_two_cores_two_run_at_once() -> None:
    told = asyncio.run(told_of_two(Turns(cores=2, patience=60)))
    assert told == ["first begins", "second begins", "first ends"]


def test_a_run_that_waited_long_enough_shares_a_core() -> None:
    told = asyncio.run(told_of_two(Turns(cores=1, patience=0)))
    assert told == ["first begins", "second begins", "first ends"]


def test_a_run_that_is_cancelled_gives_its_core_back() -> None:
    async def scene() -> list[str]:
        turns = Turns(cores=1, patience=60)

        async def endless() -> None:
            async with turns.taken():
                await asyncio.Event().wait()

        cancelled = asyncio.create_task(endless())
        await asyncio.sleep(0)
        cancelled.cancel()
        return await told_of_two(turns)

    assert len(asyncio.run(scene())) == 3
