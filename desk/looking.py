"""Captures looked up: those of a URL, from the index, and those of a payload, from the catalogue."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from archive.cdxj import Entry, lookup
from archive.errors import RefusedUrl, UsageError
from archive.fields import date_text, parse_digest
from archive.memento import Answer, Doors, json_timemap, link_timemap, mementos
from archive.payload import known_sha1
from archive.url import normalise
from desk.config import Config
from desk.place import catalogue
from store.objects import captures_at, captures_of_payload

DOORS = Doors("http://127.0.0.1:8081")  # where mementos are served unless another port is asked for
_DIGEST = re.compile(r"(?:sha-?1|sha-?256|sha-?512|md5):", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_FORMS = "Write it as 2024-12-31, 2024-12-31T23:59:59Z or 20241231235959."


def captures(config: Config, wanted: str, *, at: str | None = None, limit: int | None = None) -> dict[str, Any]:
    """The contract's capture objects of a URL or payload digest: oldest first, or nearest to `at` first.

    UsageError for what is neither URL nor digest, and for a date that is none.
    """
    when = moment(at) if at else None
    with catalogue(config) as database:
        if is_digest(wanted):
            found = captures_of_payload(database, list(spellings(wanted)))
        else:
            entries = {(entry.warc, entry.offset): entry for entry in lookup(config.data, known_url(wanted))}
            rows = captures_at(database, entries)
            found = [rows.get(place) or _unlisted(entry) for place, entry in entries.items()]
    found.sort(key=lambda one: str(one["timestamp"]))
    if when is not None:
        found.sort(key=lambda one: abs(datetime.fromisoformat(one["timestamp"]) - when))
    return {"captures": found[:limit]}


def timemap(config: Config, url: str, *, plain: bool) -> Answer:
    """The TimeMap (RFC 7089) of a URL, in link format or as JSON; its status is 404 when nothing is archived of it."""
    url = known_url(url)
    make = link_timemap if plain else json_timemap
    return make(DOORS, url, mementos(config.data, url))


def moment(text: str) -> datetime:
    """A time as people and archives write it: a day, which means its noon, so that captures of that day come first."""
    try:
        if re.fullmatch(r"\d{14}", text, re.ASCII):
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no date", advice=_FORMS) from error
    raise UsageError(f"{text[:80]!r} is no date", advice=_FORMS)


def is_digest(text: str) -> bool:
    """True for what is written as a payload digest, false for a URL."""
    return bool(_DIGEST.match(text))


def known_url(text: str) -> str:
    """A URL as the index knows it; files that were handed in have a `urn:` of ours. UsageError for what is none."""
    if text.startswith("urn:"):
        return text
    try:
        return normalise(text)
    except RefusedUrl as refused:
        advice = "Give the URL whole, or a digest as sha256:… or sha1:…."
        raise UsageError(f"{refused}", advice=advice) from refused


def spellings(text: str) -> Iterator[str]:
    """All ways in which writers of WARC files write this digest (WARC annotations #48, #80); UsageError for none."""
    known = parse_digest(text)
    if known is None:
        raise UsageError(f"{text[:80]!r} is no digest of its algorithm", advice="Give it as sha256:… or sha1:….")
    algorithm, raw = known
    coded = base64.b32encode(raw).decode("ascii")
    values = [raw.hex(), coded, base64.b64encode(raw).decode("ascii"), base64.urlsafe_b64encode(raw).decode("ascii")]
    for label in (algorithm, algorithm.replace("sha", "sha-")):
        for value in (*values, raw.hex().upper(), coded.lower()):
            yield f"{label}:{value}"
            yield f"{label}:{value.rstrip('=')}"
    yield text


def _unlisted(entry: Entry) -> dict[str, Any]:
    """What the index alone tells of a capture that the catalogue does not have, in the contract's keys."""
    told = {"url": entry.url, "timestamp": date_text(entry.timestamp), "http_status": entry.status}
    place = {"warc": entry.warc, "offset": entry.offset, "length": entry.length}
    unknown = dict.fromkeys(("mime_sniffed", "truncated", "revisit_of", "record_id", "imported_from", "document"))
    digests = {"payload_digest": entry.digest, "payload_sha1": known_sha1(entry.digest)}
    return {**told, "mime": entry.mime or None, **digests, **place, **unknown}
