"""An error, a redirect or a robots.txt that is the same again is kept as a revisit; a document as it is handed in."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.capture import Capture, Origin, RecordType, Truncation
from archive.cdxj import rebuild_index
from archive.fixity import verify_file
from archive.reader import captures_in
from tests.archive.exchanges import NOW, PAGE, answer, exchange, keep_all

GONE = answer("404 Not Found", b"<p>nothing here</p>", Content_Type="text/html")
MOVED = answer("301 Moved Permanently", b"moved", Location="/elsewhere")
ROBOTS = answer(body=b"User-agent: *\nDisallow:\n")
URL = "https://a.example/report"


def later_run(folder: Path, received: bytes, *, days: int = 1, origin: str = "cited", **given: object) -> Capture:
    """One more run that keeps one answer of the URL."""
    made = exchange(received, URL, started=NOW + timedelta(days=days), **given)
    (capture,) = keep_all(folder, [made], origin=Origin(origin))
    return capture


@pytest.mark.parametrize("received", [GONE, MOVED, answer("503 Service Unavailable", b"later")])
def test_an_error_or_redirect_that_is_the_same_again_is_a_revisit(tmp_path: Path, received: bytes) -> None:
    first = later_run(tmp_path, received, days=0)
    second, third = later_run(tmp_path, received), later_run(tmp_path, received, days=2)
    for again in (second, third):
        assert (again.record_type, again.revisit_of) == (RecordType.REVISIT, first.record_id), "never of a revisit"
        assert (again.payload_digest, again.payload_length) == (first.payload_digest, first.payload_length)
        assert (again.http_status, again.location) == (first.http_status, first.location)
    for path in (tmp_path / "warc").iterdir():
        assert not verify_file(path).damaged
    assert {c.record_id: c for path in (tmp_path / "warc").iterdir() for c in captures_in(path)} == {
        c.record_id: c for c in (first, second, third)
    }


def test_a_robots_txt_that_is_the_same_again_is_a_revisit(tmp_path: Path) -> None:
    first = later_run(tmp_path, ROBOTS, days=0, origin="robots")
    assert later_run(tmp_path, ROBOTS, origin="robots").revisit_of == first.record_id


def test_a_document_that_is_not_handed_in_is_kept_whole(tmp_path: Path) -> None:
    later_run(tmp_path, PAGE, days=0)
    assert later_run(tmp_path, PAGE).record_type is RecordType.RESPONSE


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (GONE, answer("410 Gone", b"<p>nothing here</p>", Content_Type="text/html")),
        (MOVED, answer("301 Moved Permanently", b"moved", Location="/another")),
        (GONE, answer("404 Not Found", b"<p>nothing here, again</p>")),
        (answer("302 Found", Location="/elsewhere"), answer("302 Found", Location="/elsewhere")),
    ],
    ids=["another status", "another Location", "another body", "no body"],
)
def test_what_differs_or_is_empty_is_kept_whole(tmp_path: Path, first: bytes, again: bytes) -> None:
    later_run(tmp_path, first, days=0)
    assert later_run(tmp_path, again).record_type is RecordType.RESPONSE


def test_a_cut_answer_is_never_repeated(tmp_path: Path) -> None:
    later_run(tmp_path, GONE, days=0, truncated=Truncation.TIME)
    assert later_run(tmp_path, GONE).record_type is RecordType.RESPONSE


def test_another_address_with_the_same_index_key_is_not_repeated(tmp_path: Path) -> None:
    (other,) = keep_all(tmp_path, [exchange(GONE, "http://www.a.example/report")])
    again = later_run(tmp_path, GONE)
    assert again.record_type is RecordType.RESPONSE
    assert later_run(tmp_path, GONE, days=2).revisit_of == again.record_id != other.record_id


def test_what_is_gone_or_damaged_is_not_repeated(tmp_path: Path) -> None:
    first = later_run(tmp_path, GONE, days=0)
    path = tmp_path / "warc" / first.warc
    content = bytearray(path.read_bytes())
    content[first.offset + first.length // 2] ^= 1
    path.write_bytes(content)
    second = later_run(tmp_path, GONE)
    assert second.record_type is RecordType.RESPONSE
    for path in (tmp_path / "warc").iterdir():
        path.unlink()
    assert later_run(tmp_path, GONE, days=2).record_type is RecordType.RESPONSE


def test_a_wrong_index_leads_to_a_whole_record(tmp_path: Path) -> None:
    first = later_run(tmp_path, GONE, days=0)
    lie = replace(first, offset=first.offset + 7)
    rebuild_index(tmp_path, [lie])
    assert later_run(tmp_path, GONE).record_type is RecordType.RESPONSE
