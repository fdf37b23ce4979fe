"""Memento: the nearest is the nearest, dates come back as they went, a TimeGate answers as RFC 7089 has it."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cdxj import Entry
from archive.memento import (
    Doors,
    http_date,
    json_timemap,
    link_timemap,
    memento_headers,
    mementos,
    nearest,
    parse_http_date,
    timegate,
)
from tests.archive.exchanges import NOW, answer, exchange, keep_all

URL = "https://a.example/report?x=1"
DOORS = Doors("http://127.0.0.1:8081")
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))


def entry_at(moment: datetime, url: str = URL) -> Entry:
    return Entry("example,a)/report?x=1", moment, url, 200, "text/html", "sha256:00", "a.warc.gz", 0, 1)


def entries_at(*hours: int) -> list[Entry]:
    return [entry_at(NOW.replace(microsecond=0) + timedelta(hours=hour)) for hour in hours]


def links_of(header: str) -> dict[str, str]:
    """By relation, the target; a link with two relations stands under each."""
    found = re.findall(r'<([^>]*)>; rel="([^"]+)"', header)
    return {rel: target for target, rels in found for rel in (rels, *rels.split()) if rel != "memento"}


@given(moments)
def test_a_date_that_is_written_reads_back_the_same(moment: datetime) -> None:
    assert parse_http_date(http_date(moment)) == moment
    assert http_date(moment) == format_datetime(moment, usegmt=True)


@given(st.text(max_size=40))
def test_what_reads_as_a_date_is_one_as_it_is_written(text: str) -> None:
    found = parse_http_date(text)
    assert found is None or http_date(found) == text.strip(" \t")


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "2007-05-31T20:35:00Z", "Thu, 31 May 2007 20:35:00 +0000", "Thu, 31 May 2007 20:35 GMT",
        "Fri, 31 May 2007 20:35:00 GMT", "Thu, 31 may 2007 20:35:00 GMT", "Thu, 32 May 2007 20:35:00 GMT",
        "Thu, 31 May 07 20:35:00 GMT", "Thursday, 31-May-07 20:35:00 GMT", "Thu, ३१ May 2007 20:35:00 GMT",
        "Thu, 31 May 2007 20:35:99 GMT", "Thu, 31 May 2007 24:00:00 GMT", "Thu,  31 May 2007 20:35:00 GMT",
    ],
)  # fmt: skip
def test_any_other_date_is_none(text: str) -> None:
    assert parse_http_date(text) is None


def test_a_leap_second_is_a_date() -> None:
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@given(st.sets(moments, min_size=1, max_size=20), moments)
def test_no_memento_is_nearer_than_the_nearest(times: set[datetime], when: datetime) -> None:
    entries = [entry_at(moment) for moment in sorted(times)]
    found = nearest(entries, when)
    assert found is not None
    assert abs(found.timestamp - when) == min(abs(moment - when) for moment in times)


def test_of_two_as_near_the_older_is_taken_and_of_none_none() -> None:
    older, newer = entries_at(0, 2)
    assert nearest([older, newer], older.timestamp + timedelta(hours=1)) == older
    assert nearest([], NOW) is None


def test_mementos_are_the_captures_of_the_url_oldest_first_one_a_second(tmp_path: Path) -> None:
    days = (3, 0, 1)
    kept = [exchange(answer(body=b"%d" % day), URL, started=NOW + timedelta(days=day)) for day in days]
    twice = exchange(answer(body=b"again"), URL, started=NOW + timedelta(microseconds=1))
    moved = exchange(answer("301 Moved", Location="/x"), URL, started=NOW + timedelta(days=9))
    keep_all(tmp_path, [*kept, twice, moved, exchange(answer(body=b"other"), "https://a.example/other")])
    found = mementos(tmp_path, URL)
    first = NOW.replace(microsecond=0)
    assert [entry.timestamp for entry in found] == [first + timedelta(days=day) for day in (0, 1, 3, 9)]
    assert found[-1].status == 301, "a redirect is a memento too"
    assert mementos(tmp_path, "https://nobody.example/") == ()


@given(st.sets(moments, min_size=1, max_size=12), moments)
def test_a_timegate_leads_to_the_nearest_and_names_its_neighbours(times: set[datetime], when: datetime) -> None:
    entries = [entry_at(moment) for moment in sorted(times)]
    found = timegate(DOORS, URL, entries, http_date(when))
    chosen = nearest(entries, when)
    assert chosen is not None
    assert found.status == 302
    assert found.header("location") == DOORS.memento(chosen)
    assert found.header("vary") == "accept-datetime"
    assert found.header("memento-datetime") is None, "a TimeGate is no memento"
    links = links_of(found.header("link") or "")
    at = entries.index(chosen)
    assert links["original"] == URL
    assert (links["first"], links["last"]) == (DOORS.memento(entries[0]), DOORS.memento(entries[-1]))
    assert links.get("prev") == (DOORS.memento(entries[at - 1]) if at else None)
    assert links.get("next") == (DOORS.memento(entries[at + 1]) if at + 1 < len(entries) else None)


def test_without_accept_datetime_the_last_is_given() -> None:
    entries = entries_at(0, 5, 9)
    assert timegate(DOORS, URL, entries, None).header("location") == DOORS.memento(entries[-1])


def test_an_accept_datetime_that_is_no_date_is_answered_with_400_and_the_links() -> None:
    found = timegate(DOORS, URL, entries_at(0, 5), "yesterday")
    assert found.status == 400
    assert found.header("vary") == "accept-datetime"
    assert {"original", "timemap", "first", "last"} <= set(links_of(found.header("link") or ""))
    assert b"GMT" in found.body
    assert timegate(DOORS, URL, [], "yesterday").status == 404


def test_a_memento_says_when_it_was_and_what_lies_around_it() -> None:
    entries = entries_at(0, 5, 9)
    headers = dict(memento_headers(DOORS, URL, entries, entries[1]))
    assert headers["Memento-Datetime"] == "Wed, 04 Mar 2026 10:06:07 GMT"
    links = links_of(headers["Link"])
    assert links["timegate"] == f"http://127.0.0.1:8081/timegate/{URL}"
    assert links["first prev memento"] == DOORS.memento(entries[0])
    assert links["last next memento"] == DOORS.memento(entries[2])
    only = dict(memento_headers(DOORS, URL, entries[:1], entries[0]))["Link"]
    assert only.count("memento/") == 1, "one memento is first and last, and stands there once"
    assert 'rel="first last memento"' in only


def test_a_timemap_lists_every_memento_in_order() -> None:
    entries = entries_at(0, 5, 9)
    found = link_timemap(DOORS, URL, entries)
    assert found.header("content-type") == "application/link-format"
    lines = found.body.decode().removesuffix("\n").split(",\n")
    assert lines[0] == f'<{URL}>; rel="original"'
    assert 'rel="self"' in lines[1]
    assert f'until="{http_date(entries[-1].timestamp)}"' in lines[1]
    rels = [match[1] for line in lines[4:] if (match := re.search(r'rel="([^"]+)"', line))]
    assert rels == ["first memento", "memento", "last memento"]
    told = json.loads(json_timemap(DOORS, URL, entries).body)
    assert [each["uri"] for each in told["mementos"]["list"]] == [DOORS.memento(entry) for entry in entries]
    assert told["mementos"]["first"]["datetime"] == "2026-03-04T05:06:07Z"
    assert link_timemap(DOORS, URL, []).status == json_timemap(DOORS, URL, []).status == 404


@given(st.text(max_size=30))
def test_no_url_breaks_out_of_a_header_or_a_link(tail: str) -> None:
    url = f"https://a.example/{tail}"
    try:
        url.encode()
    except UnicodeEncodeError:
        return
    entries = [entry_at(NOW, url)]
    for name, value in (
        *timegate(DOORS, url, entries, None).headers,
        *memento_headers(DOORS, url, entries, entries[0]),
    ):
        assert value.isascii(), name
        assert value.isprintable(), name
    assert link_timemap(DOORS, url, entries).body.count(b"<") == 5
