"""Claiming: leases on due URLs, spread over hosts, in time that does not grow with the queue."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, text, update

from archive.capture import Capture
from archive.seed import Seed
from store import schema
from store.captures import capture_of, capture_rows
from store.database import Database
from store.holding import Share, take
from store.rows import chunks
from store.unsettled import Unsettled, unsettled
from store.urls import why_of
from store.validators import with_validators

_urls = schema.url
# So many URLs of a host are out at once, and so many over all hosts before each has a share of them only: hosts that
# wait out a delay must leave room for one that does not, in a crawl that holds 5,000.
PER_HOST, BEFORE_SHARES = 32, 4000
# Twice what those take at the longest wait and the longest answer, a minute each.
LEASE_S = 2 * PER_HOST * (60.0 + 60.0)
_HOSTS_AT_ONCE = 500
# From host to host along the index; a GROUP BY would read the whole queue.
_WALK = """
    WITH RECURSIVE walk(host) AS (
        SELECT (SELECT min(url.host) FROM url WHERE wanted_by = :run AND lease_until IS NULL AND url.host > :after)
        UNION ALL
        SELECT (SELECT min(url.host) FROM url WHERE wanted_by = :run AND lease_until IS NULL AND url.host > walk.host)
        FROM walk WHERE walk.host IS NOT NULL
    ), hosts(host) AS (SELECT host FROM walk WHERE host IS NOT NULL LIMIT :hosts)
"""
_HELD = """
    WITH hosts(host) AS (
        SELECT host FROM host WHERE held_by = :holder AND host > :after ORDER BY host LIMIT :hosts
    )
"""
_THOSE = "SELECT host FROM hosts"
_WAITING = """
    SELECT url.id, hosts.host FROM hosts CROSS JOIN url WHERE url.id IN (
        SELECT mine.id FROM url AS mine
        WHERE mine.wanted_by = :run AND mine.lease_until IS NULL AND mine.host = hosts.host
        ORDER BY mine.due_at LIMIT :most
    )
"""
# The next hosts after one, and what waits at them: of all hosts, and of those that a holder has.
_OF_ALL = text(_WALK + _THOSE), text(_WALK + _WAITING)
_OF_HELD = text(_HELD + _THOSE), text(_HELD + _WAITING)


def claim(
    db: Database,
    run: int,
    limit: int,
    now: datetime,
    lease_s: float = LEASE_S,
    per_host: int = PER_HOST,
    share: Share | None = None,
) -> list[Seed]:
    """At most `limit` of the URLs that the run wants, the longest due of each host first, leased for `lease_s`.

    At most `per_host` of a host are out at any time, fewer when many hosts have some, so that all are served and none
    waits behind others.
    A URL that was claimed is not claimed again before it is settled, released, or its lease is over. A run that goes on
    claiming renews the leases it has: whoever is slow with a URL is still at it. One of several processes, with a
    `share`, is given URLs of the hosts alone that it holds, and holds more of those that are free.
    """
    until, soon_over = now + timedelta(seconds=lease_s), now + timedelta(seconds=lease_s / 2)
    with db.writing() as connection:
        mine = update(_urls).where(_urls.c.claimed_by == run, _urls.c.lease_until < soon_over)
        if share is not None:
            mine = mine.where(_urls.c.leased_by == share.holder)
        connection.execute(mine.values(lease_until=until))
        over = update(_urls).where(_urls.c.lease_until < now).values(claimed_by=None, lease_until=None)
        connection.execute(over)
        if share is not None:
            take(connection, run, share, limit, now)
        holder = share.holder if share is not None else None
        chosen = _choose(connection, run, limit, per_host, db.last_hosts.get(run, ""), holder)
        if not chosen:
            return []
        db.last_hosts[run] = chosen[-1][1]
        numbers = _lease(connection, run, [number for number, _ in chosen], until, holder)
        return _seeds(connection, run, numbers, now)


def _choose(
    connection: Connection, run: int, limit: int, per_host: int, start: str, holder: str | None
) -> list[tuple[int, str]]:
    """(URL number, host) from the host after `start` on, round to it again; only hosts of the holder, if any."""
    next_hosts, waiting = _OF_ALL if holder is None else _OF_HELD
    query = select(_urls.c.host).where(_urls.c.lease_until.is_not(None))
    out = Counter(connection.execute(query).scalars())
    share = min(per_host, max(1, BEFORE_SHARES // max(1, len(out))))
    chosen: list[tuple[int, str]] = []
    after, is_round = start, start == ""
    while len(chosen) < limit:
        asked = {"run": run, "holder": holder, "after": after, "hosts": _HOSTS_AT_ONCE}
        hosts = list(connection.execute(next_hosts, asked).scalars())
        if is_round and start:
            hosts = [host for host in hosts if host <= start]
        if hosts:
            left = limit - len(chosen)
            asked |= {"hosts": len(hosts), "most": max(1, min(share, left // len(hosts)))}
            for number, host in connection.execute(waiting, asked):
                if out[host] < share and len(chosen) < limit:
                    out[host] += 1
                    chosen.append((number, host))
            after = hosts[-1]
        elif is_round:
            break
        else:
            after, is_round = "", True
    return chosen


def _lease(connection: Connection, run: int, numbers: Sequence[int], until: datetime, holder: str | None) -> list[int]:
    """Those that nobody else took in between: compare and swap."""
    taken: list[int] = []
    for chunk in chunks(numbers):
        free = update(_urls).where(_urls.c.id.in_(chunk), _urls.c.lease_until.is_(None))
        mine = free.values(claimed_by=run, lease_until=until, leased_by=holder, tries=_urls.c.tries + 1)
        taken += connection.execute(mine.returning(_urls.c.id)).scalars()
    return taken


def _seeds(connection: Connection, run: int, numbers: Sequence[int], now: datetime) -> list[Seed]:
    """The claimed URLs as seeds, each with its last good capture if an outcome stands behind that, and what a run that
    was killed had kept of it.
    """
    seeds = []
    for chunk in chunks(numbers):
        rows = connection.execute(select(_urls).where(_urls.c.id.in_(chunk)).order_by(_urls.c.due_at)).all()
        # What an adopted capture led to is unknown: the URL is asked for as if for the first time.
        good = [row.good_capture_id for row in rows if row.good_capture_id and row.last_outcome]
        known = connection.execute(capture_rows().where(schema.capture.c.id.in_(good)))
        previous = {row.id: capture_of(row) for row in known}
        renewed = with_validators(connection, list(previous.values()))
        previous = {number: renewed[one.record_id] for number, one in previous.items()}
        kept = unsettled(connection, run, chunk, now)
        seeds += [_seed(row, previous.get(row.good_capture_id), kept.get(row.id)) for row in rows]
    return seeds


def _seed(row: Row[Any], previous: Capture | None, kept: Unsettled | None) -> Seed:
    repeated = kept.repeated if kept else None
    if repeated is not None and (previous is None or previous.record_id != repeated.record_id):
        previous = repeated
    return Seed(
        url=row.url,
        why=why_of(row.wanted_why or row.why),
        host=row.host,
        publisher=row.publisher,
        via=row.via,
        hops=row.hops,
        redirects=row.redirects,
        previous=previous,
        kept=kept.capture if kept else None,
    )
