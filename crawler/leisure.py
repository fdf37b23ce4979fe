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


class Leisure:
    """Whoever has long work waits for those before him; in between, after each slice, the loop has its turn."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def do(self, work: Sliced[T]) -> T:
        """What `work` returns, or raises."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            until = loop.time() + SLICE_S
            while True:
                try:
                    next(work)
                except StopIteration as over:
                    result: T = over.value
                    return result
                if loop.time() >= until:
                    await asyncio.sleep(0)
                    until = loop.time() + SLICE_S


def at_once(work: Sliced[T]) -> T:
    """What `work` returns, without letting anybody else go first."""
    while True:
        try:
            next(work)
        except StopIteration as over:
            result: T = over.value
            return result
