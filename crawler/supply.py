"""What a crawl is given by whoever starts it: a supply of seeds, and a way to be stopped."""

from collections.abc import Sequence
from typing import Protocol

from archive.seed import Outcome, Seed


class Supply(Protocol):
    """Where seeds come from and outcomes go: the desk implements it over the frontier."""

    async def claim(self, limit: int) -> Sequence[Seed]:
        """At most `limit` due seeds, leased, spread over hosts; none when nothing is due now."""

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """File these outcomes, durable ones all; what they `found` becomes seeds that `claim` may then return."""


class Stop(Protocol):
    """What asks a crawl to end soon: a `threading.Event` will do."""

    def is_set(self) -> bool:
        """True once somebody wants the crawl to end."""

    def set(self) -> None:
        """Ask for the end."""


class Stopped(Exception):
    """The crawl ends; what was under way is given up and stays due."""
