"""Recall: a seed whose answer a killed run had kept already ends by that answer, and its host is not asked again."""

import asyncio
from dataclasses import replace
from pathlib import Path

from archive.capture import Capture, Exchange, Framing, RecordType
from archive.errors import ArchiveError
from archive.reader import read_payload
from archive.recollection import recollect
from archive.seed import Seed
from crawler.fetcher import Fetched
from crawler.framing import Framer
from crawler.limits import Limits
from crawler.outcomes import classify, leads_to
from crawler.spool import Spool

# What such an answer means is "ask later": that is done, when the ledger says so.
_LATER = frozenset({429, 503})


class Recall:
    """Answers seeds that have a `kept` capture from the archive in `folder`."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits

    async def __call__(self, seed: Seed) -> Fetched | None:
        """How the seed ended, judged like an answer that came just now; None when it must be asked for.

        That is so too when its records are damaged: `verify` names them.
        """
        kept = seed.kept
        if kept is None or kept.http_status in _LATER:
            return None
        # Whatever else is known of the URL, this answer was compared with what it repeats, and with nothing else.
        repeated = seed.previous if kept.record_type is RecordType.REVISIT else None
        try:
            exchange = await asyncio.to_thread(self._exchange, kept, repeated)
        except ArchiveError:
            return None
        capture: asyncio.Future[Capture] = asyncio.get_running_loop().create_future()
        capture.set_result(kept)
        kind, reason, substitute = classify(exchange, replace(seed, previous=repeated))
        return Fetched(seed, kind, reason, exchange, capture, leads_to(exchange, seed), substitute=substitute)

    def _exchange(self, kept: Capture, repeated: Capture | None) -> Exchange:
        """The exchange that `kept` was made of, framed as every answer is.

        A revisit with an equal payload has the head alone; the body is what it repeats, its chunk framing removed.
        """
        told = recollect(self._folder, kept)
        spool = Spool(self._limits.spool_at)
        for piece in told.received:
            spool.append(memoryview(piece))
        head_alone = repeated is not None and kept.http_status != 304
        if repeated is not None and head_alone:
            spool.append(memoryview(read_payload(self._folder, repeated).content))
        received = spool.take()
        framer = Framer(told.method, self._limits)
        framer.read_head(bytearray(received[: self._limits.head_bytes + 1]))
        framer.read_body(received[framer.body_at :])
        end_at = framer.end_at
        if head_alone or end_at is None:
            end_at = len(received)
        return Exchange(
            url=kept.url,
            method=told.method,
            sent=b"",
            received=received,
            head_at=framer.head_at,
            body_at=framer.body_at,
            end_at=end_at,
            status=framer.status,
            reason=framer.reason,
            headers=framer.headers,
            framing=Framing.CLOSE if head_alone else framer.framing,
            started=kept.timestamp,
            seconds=told.seconds,
            peer=told.peer,
            port=told.port,
            tls=told.tls,
            truncated=told.truncated,
            fault=told.fault,
            fault_detail=told.fault_detail,
            reused=told.reused,
        )
