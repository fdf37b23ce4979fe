"""Leisure: long work on the loop's thread, done in slices so thin that nobody else waits for it."""

import asyncio
from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
# Work that says `yield` wherever somebody else may go first, and returns its result.
Sliced = Generator[None, None, T]
# A thread instead would take turns with the loop's at every system call, five milliseconds each (the interpreter's
# lock): with one long robots.txt after the other to read, that lets the loop answer a hundred times a second.
SLICE_S = 0.002


async def at_leisure(work: Sliced[T]) -> T:
    """What `work` returns; after each slice everybody else on the loop has a turn.

    Whoever has much of it does one after the other, or each of them takes its slice in each turn.
    """
    now = asyncio.get_running_loop().time
    until = now() + SLICE_S
    while True:
        try:
            next(work)
        except StopIteration as over:
            result: T = over.value
            return result
        if now() >= until:
            await asyncio.sleep(0)
            until = now() + SLICE_S


def at_once(work: Sliced[T]) -> T:
    """What `work` returns, without letting anybody else go first."""
    while True:
        try:
            next(work)
        except StopIteration as over:
            result: T = over.value
            return result
