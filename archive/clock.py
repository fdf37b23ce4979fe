"""The three seams to the outside: time, ids and randomness, so that a test can fix them all."""

import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """The wall clock, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Seams:
    """Where time, ids and chance come from.

    now: aware UTC time. monotonic: seconds that never run backwards, for every delay.
    new_id: a fresh UUID. chance: the source of jitter.
    """

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    new_id: Callable[[], uuid.UUID] = uuid.uuid4
    chance: random.Random = field(default_factory=random.Random)


SYSTEM = Seams()


def fixed_seams(start: datetime, *, step: timedelta = timedelta(seconds=1), seed: int = 0) -> Seams:
    """Seams that give the same times and ids in every run: `start`, `start + step`, …; ids drawn from `seed`.

    The monotonic clock stays the real one, since waiting is real in tests as well.
    """
    dice = random.Random(seed)  # noqa: S311 (ids of tests, no secrets)
    ticks = iter(range(10**9))
    return Seams(
        now=lambda: start + step * next(ticks),
        new_id=lambda: uuid.UUID(int=dice.getrandbits(128), version=4),
        chance=random.Random(seed),  # noqa: S311
    )
