"""Memento (RFC 7089): the captures of a URL as mementos, the nearest of them, TimeMaps and a TimeGate's answers.

Pure functions over the index: who serves them only copies status, headers and body.
"""

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.cdxj import Entry, lookup

LINK_FORMAT = "application/link-format"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_KEPT = "!#$%&'()*+,-./:;=?@[]_~"  # all that a URI may hold (RFC 3986 §2); the rest would end a link or a header


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a server answers: `base` is its origin without a slash at the end, such as `http://127.0.0.1:8081`."""

    base: str

    def timegate(self, url: str) -> str:
        """URI-G: the TimeGate of a URL."""
        return f"{self.base}/timegate/{_uri(url)}"

    def timemap(self, url: str, form: str = "link") -> str:
        """URI-T: the TimeMap of a URL, as `link` or `json`."""
        return f"{self.base}/timemap/{form}/{_uri(url)}"

    def memento(self, entry: Entry) -> str:
        """URI-M: the memento that an index entry is."""
        return f"{self.base}/memento/{entry.timestamp.astimezone(UTC):%Y%m%d%H%M%S}/{_uri(entry.url)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be sent: status, headers in order, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of the first header of this name (any case), or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def _uri(url: str) -> str:
    return quote(url, safe=_KEPT)


def http_date(moment: datetime) -> str:
    """An aware time as `rfc1123-date`, always in GMT and in English (RFC 7089 §2.1.1.1; RFC 9110 §5.6.7)."""
    at = moment.astimezone(UTC)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04} {at:%H:%M:%S} GMT"


def parse_http_date(text: str) -> datetime | None:
    """The time that an `rfc1123-date` states, aware UTC; None for anything else, a wrong day of the week too.

    RFC 7089 §2.1.1.1 allows this one form, and its names of days and months only as they are written here.
    """
    words = text.strip(" \t").split(" ")
    if len(words) != 6 or words[2] not in _MONTHS:
        return None
    clock = words[4].split(":")
    numbers = [words[3], words[1], *clock]
    if [len(each) for each in numbers] != [4, 2, 2, 2, 2] or not all(
        each.isascii() and each.isdigit() for each in numbers
    ):
        return None
    year, day, hour, minute, second = map(int, numbers)
    try:
        moment = datetime(year, _MONTHS.index(words[2]) + 1, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    is_leap_second = second == 60  # RFC 9110 §5.6.7 lets a clock say so; 61 and more it does not
    written = http_date(moment).replace(":59 GMT", ":60 GMT") if is_leap_second else http_date(moment)
    return moment if written == text.strip(" \t") else None


def mementos(folder: Path, url: str) -> tuple[Entry, ...]:
    """The captures of a URL in the index of a data folder, oldest first, one a second: what a URI-M can tell apart.

    Redirects and errors are mementos too and keep their status (RFC 7089 §4.5.4, §4.5.5).
    """
    by_second: dict[datetime, Entry] = {}
    for entry in lookup(folder, url):
        by_second.setdefault(entry.timestamp, entry)
    return tuple(by_second[moment] for moment in sorted(by_second))


def nearest(entries: Sequence[Entry], when: datetime) -> Entry | None:
    """The memento nearest in time to `when` (aware), of two as near the older; None when there is none.

    `entries` are oldest first. A time before the first gives the first, after the last the last (RFC 7089 §4.5.3).
    """
    at = bisect_left(entries, when, key=lambda entry: entry.timestamp)
    around = entries[max(at - 1, 0) : at + 1]
    return min(around, key=lambda entry: abs(entry.timestamp - when), default=None)


def timegate(doors: Doors, url: str, entries: Sequence[Entry], accept_datetime: str | None) -> Answer:
    """What the TimeGate of `url` answers: a 302 to the memento nearest to Accept-Datetime, to the last without one.

    400 for an Accept-Datetime that is no date (RFC 7089 §4.5.3), 404 when there is no memento. Each answer varies by
    that header (§2.1.2); none has Memento-Datetime, since it is no memento (§4.2).
    """
    vary = ("Vary", "accept-datetime")
    if not entries:
        return _told(404, [vary], f"Nothing is archived of {url}\n")
    when = parse_http_date(accept_datetime) if accept_datetime is not None else entries[-1].timestamp
    if when is None:
        reason = "Accept-Datetime must look like: Thu, 31 May 2007 20:35:00 GMT\n"
        return _told(400, [vary, ("Link", _links(doors, url, entries, None, gate=False))], reason)
    chosen = nearest(entries, when)
    assert chosen is not None, "there is a memento"
    link = ("Link", _links(doors, url, entries, chosen, gate=False))
    return Answer(302, (vary, ("Location", doors.memento(chosen)), link, ("Content-Length", "0")))


def memento_headers(doors: Doors, url: str, entries: Sequence[Entry], shown: Entry) -> tuple[tuple[str, str], ...]:
    """What to add to the answer that replays `shown`: Memento-Datetime and its links (RFC 7089 §2.1.1, §2.2)."""
    return ("Memento-Datetime", http_date(shown.timestamp)), ("Link", _links(doors, url, entries, shown, gate=True))


def link_timemap(doors: Doors, url: str, entries: Sequence[Entry]) -> Answer:
    """The TimeMap of `url` as `application/link-format` (RFC 7089 §5, RFC 6690): every memento, oldest first."""
    if not entries:
        return _told(404, [], f"Nothing is archived of {url}\n")
    span = f'; from="{http_date(entries[0].timestamp)}"; until="{http_date(entries[-1].timestamp)}"'
    lines = [
        _link(url, "original"),
        f'{_link(doors.timemap(url), "self")}; type="{LINK_FORMAT}"{span}',
        f'{_link(doors.timemap(url, "json"), "timemap")}; type="application/json"',
        _link(doors.timegate(url), "timegate"),
        *(_memento_link(doors, entry, _end(entries, entry)) for entry in entries),
    ]
    body = ",\n".join(lines) + "\n"
    return _told(200, [], body, LINK_FORMAT)


def json_timemap(doors: Doors, url: str, entries: Sequence[Entry]) -> Answer:
    """The same as JSON, in the keys that mementoweb.org's aggregator and its readers use; times are RFC 3339."""
    if not entries:
        return _told(404, [], json.dumps({"error": f"Nothing is archived of {url}"}) + "\n", "application/json")
    every = [_plain(doors, entry) for entry in entries]
    told = {
        "original_uri": url,
        "self": doors.timemap(url, "json"),
        "timegate_uri": doors.timegate(url),
        "timemap_uri": {"link_format": doors.timemap(url), "json_format": doors.timemap(url, "json")},
        "mementos": {"first": every[0], "last": every[-1], "list": every},
    }
    return _told(200, [], json.dumps(told) + "\n", "application/json")


def _plain(doors: Doors, entry: Entry) -> dict[str, Any]:
    return {"datetime": f"{entry.timestamp.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "uri": doors.memento(entry)}


def _told(status: int, headers: list[tuple[str, str]], text: str, kind: str = "text/plain; charset=utf-8") -> Answer:
    body = text.encode("utf-8", "replace")
    return Answer(status, (*headers, ("Content-Type", kind), ("Content-Length", str(len(body)))), body)


def _links(doors: Doors, url: str, entries: Sequence[Entry], shown: Entry | None, *, gate: bool) -> str:
    """A Link header (RFC 8288): original, TimeMaps, with `gate` the TimeGate, then the mementos that matter.

    These are the first, the last, the one shown and its neighbours (RFC 7089 §2.2.4); each stands there once.
    """
    links = [_link(url, "original")]
    if gate:
        links.append(_link(doors.timegate(url), "timegate"))
    links.append(f'{_link(doors.timemap(url), "timemap")}; type="{LINK_FORMAT}"')
    links.append(f'{_link(doors.timemap(url, "json"), "timemap")}; type="application/json"')
    at = _place(entries, shown) if shown is not None else None
    near = {} if at is None else {at - 1: "prev", at: "", at + 1: "next"}
    for place in sorted({0, len(entries) - 1, *near} & set(range(len(entries)))):
        rel = " ".join(filter(None, (_end(entries, entries[place]), near.get(place, ""))))
        links.append(_memento_link(doors, entries[place], rel))
    return ", ".join(links)


def _place(entries: Sequence[Entry], shown: Entry) -> int:
    """Where a memento stands among all, or would stand."""
    return bisect_left(entries, shown.timestamp, key=lambda entry: entry.timestamp)


def _end(entries: Sequence[Entry], entry: Entry) -> str:
    """`first`, `last`, both or neither."""
    ends = (("first", entries[0]), ("last", entries[-1]))
    return " ".join(name for name, end in ends if end.timestamp == entry.timestamp)


def _link(target: str, rel: str) -> str:
    return f'<{_uri(target)}>; rel="{rel}"'


def _memento_link(doors: Doors, entry: Entry, rel: str) -> str:
    return f'{_link(doors.memento(entry), f"{rel} memento".strip())}; datetime="{http_date(entry.timestamp)}"'
