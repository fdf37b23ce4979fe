"""One of the processes that crawl for a run: it claims, fetches and settles as it is told by whoever began the run.

Standard input: an Order as a line of JSON, later perhaps `done`; when it closes, the process stops. Standard output: a
line of JSON for what was settled, how far it is, that it ends in order, or what broke it.
"""

import ctypes
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, BinaryIO

from archive.errors import SourcekeepError
from crawler.progress import CrawlProgress, HostProgress
from crawler.run import crawl
from desk.config import Config
from desk.connecting import crawl_options
from desk.ledger import SharedLedger
from desk.place import Place, joined
from desk.supply import CatalogueSupply, Ended
from store import holding
from store.holding import Share

DONE = b"done\n"  # the run has nothing more to fetch
LOOK_EVERY_S = 0.25
_PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do: crawl for this run as one of so many, under this name, for as long as `parent` lives."""

    config: dict[str, Any]
    run: int
    holder: str
    of: int
    parent: int


class Teller:
    """Tells whoever began the run, a line at a time; any thread may."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._turn = threading.Lock()
        self._told: dict[str, HostProgress] = {}

    def tell(self, **told: Any) -> None:
        """One line."""
        line = json.dumps(told, separators=(",", ":")).encode() + b"\n"
        with self._turn:
            self._out.write(line)
            self._out.flush()

    def settled(self, ended: Sequence[Ended]) -> None:
        """How URLs ended."""
        self.tell(settled=ended)

    def progress(self, now: CrawlProgress) -> None:
        """How far the crawl is; of its hosts, those at which something was done since."""
        hosts = {host: astuple(seen) for host, seen in now.hosts.items() if self._told.get(host) != seen}
        self._told.update(now.hosts)
        self.tell(progress=[now.done, now.failed, now.bytes, now.waiting, now.under_way], hosts=hosts)


def main() -> None:
    """Works an order off; exits 0 when it is done, was stopped, or could tell what broke it."""
    order = Order(**json.loads(sys.stdin.buffer.readline()))
    _end_with(order.parent)
    teller = Teller(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # whatever else prints is no part of what is told
    stop, done = threading.Event(), threading.Event()
    threading.Thread(target=_listen, args=(stop, done), name="told", daemon=True).start()
    try:
        _crawl(order, teller, stop, done)
        teller.tell(ended=True)
    except SourcekeepError as error:
        teller.tell(broke=[type(error).__name__, str(error), error.advice])
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        teller.tell(broke=["", told, "".join(traceback.format_exception(error))])
    os._exit(0)  # threads that wait for nothing any more


def _crawl(order: Order, teller: Teller, stop: threading.Event, done: threading.Event) -> None:
    config = Config(**order.config)
    share = Share(order.holder, order.of)

    def further() -> bool:
        """Whether to claim again: others may make something due until the run is over."""
        return not (done.wait(LOOK_EVERY_S) or stop.is_set())

    with joined(config, of=order.of) as place:
        supply = CatalogueSupply(place, order.run, settled=teller.settled, further=further, share=share)
        try:
            crawl(
                supply,
                keep=place.writer.keep,
                pool=place.pool,
                ledger=SharedLedger(place, order.holder),
                options=crawl_options(config, place.writer.keep_resource),
                progress=teller.progress,
                stop=stop,
                backlog=lambda: place.writer.pending_bytes,
            )
        finally:
            _close(place, supply, stop, done)
        holding.leave(place.database, order.holder)


def _close(place: Place, supply: CatalogueSupply, stop: threading.Event, done: threading.Event) -> None:
    """A crawl that ended early gives up what waits for the disk."""
    if not done.is_set():
        stop.set()
        place.writer.drop()
        place.pool.close()
    supply.close()


def _listen(stop: threading.Event, done: threading.Event) -> None:
    for line in sys.stdin.buffer:
        if line == DONE:
            done.set()
    stop.set()


def _end_with(parent: int) -> None:
    """From here on this process is killed when whoever began the run dies, in whatever way."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main()
