"""Conversions: the text of a document as a record of its own, after the standard, and known again."""

import gzip
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.capture import Capture, Conversion
from archive.clock import fixed_seams
from archive.conversion import Text, joined_pages
from archive.fields import sha256_of
from archive.fixity import verify_file
from archive.reader import captures_in, items_in
from archive.recovery import recover
from archive.siblings import begins_at, members_of_event
from archive.wacz import write_wacz
from archive.writer import ArchiveWriter
from extract.tidy import clean_text
from tests.archive.exchanges import AGENT, CITED, NOW, exchange, only_file

TEXT = Text(("Seite eins: „fünf“", "", "page three\n"), "pypdfium2 5.0", "read", "pages 1–3 of 9", 9, "de")
CONTENT = "Seite eins: „fünf“\f\fpage three\n\f".encode()


def write(folder: Path) -> tuple[Capture, Conversion, Capture]:
    """A capture, what was read from it a day later, and another capture."""
    seams = fixed_seams(NOW + timedelta(days=1))
    with ArchiveWriter(folder, run="r", agent=AGENT, seams=seams) as writer:
        first = writer.keep(exchange(), CITED).result(5)
        conversion = writer.keep_conversion(first, TEXT).result(5)
        last = writer.keep(exchange(url="https://b.example/"), CITED).result(5)
    return first, conversion, last


def test_a_conversion_stands_by_itself_and_uses_no_field_that_is_not_its_own(tmp_path: Path) -> None:
    first, conversion, _ = write(tmp_path)
    with only_file(tmp_path).open("rb") as file:
        records = [(r.rec_headers, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    (told, notes), (headers, content) = records[4:6]
    assert content == CONTENT
    digest = sha256_of(CONTENT)
    assert dict(headers.headers) == {
        "WARC-Type": "conversion",
        "WARC-Record-ID": f"<{conversion.record_id}>",
        "WARC-Date": "2026-03-04T05:06:07.890123Z",
        "WARC-Target-URI": first.url,
        "WARC-Warcinfo-ID": records[0][0]["WARC-Record-ID"],
        "WARC-Refers-To": f"<{first.record_id}>",
        "WARC-Payload-Digest": digest,
        "WARC-Block-Digest": digest,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(CONTENT)),
    }
    assert (told["WARC-Type"], told["WARC-Refers-To"]) == ("metadata", f"<{conversion.record_id}>")
    assert told["WARC-Date"].startswith("2026-03-05"), "the day of reading"
    assert told["WARC-Concurrent-To"] is None
    assert notes.decode() == (
        f"sourcePayloadDigest: {first.payload_digest}\r\nreader: pypdfium2 5.0\r\ndocumentState: read\r\n"
        "documentReason: pages 1–3 of 9\r\npages: 3\r\npageCount: 9\r\nlanguage: de\r\n"
    )
    assert not verify_file(only_file(tmp_path)).damaged


def test_what_was_written_is_read_back_in_its_order_and_is_no_capture(tmp_path: Path) -> None:
    first, conversion, last = write(tmp_path)
    assert list(items_in(only_file(tmp_path))) == [first, conversion, last]
    assert list(captures_in(only_file(tmp_path))) == [first, last]
    assert conversion.source == first.record_id
    assert (conversion.payload_digest, conversion.text_digest) == (first.payload_digest, sha256_of(CONTENT))
    assert begins_at(only_file(tmp_path), conversion.offset, conversion.record_id)
    assert not begins_at(only_file(tmp_path), first.offset, conversion.record_id)
    assert not begins_at(only_file(tmp_path), 10**9, conversion.record_id)
    assert len((tmp_path / "index.cdxj").read_text().splitlines()) == 2


_CLEAN = st.text(st.characters(codec="utf-8"), max_size=30).map(clean_text)


@given(st.lists(_CLEAN, max_size=6))
def test_pages_come_back_as_they_were(pages: list[str]) -> None:
    assert joined_pages(pages).decode().split("\f")[:-1] == pages


@pytest.mark.parametrize("page", ["a\fb", "\f", "\ud800"])
def test_a_page_that_would_not_come_back_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match=r"form feed|surrogates"):
        joined_pages(["fine", page])


def test_conversions_of_others_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "wet.warc"
    path.write_bytes(
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        b"WARC-Target-URI: https://a.example/\r\nWARC-Refers-To: <urn:uuid:0>\r\nContent-Type: text/plain\r\n"
        b"Content-Length: 5\r\n\r\nhello\r\n\r\n"
    )
    assert list(items_in(path)) == []
    report = verify_file(path)
    assert (report.records, report.damaged, report.captures) == (1, (), ())


def test_a_torn_conversion_is_cut_and_a_whole_one_adopted_once(tmp_path: Path) -> None:
    first, conversion, last = write(tmp_path / "whole")
    content = only_file(tmp_path / "whole").read_bytes()
    end = conversion.offset + conversion.length
    told = members_of_event(only_file(tmp_path / "whole"), conversion.offset, conversion.length)[0][0]
    for cut in (told + 1, conversion.offset, end - 1, end, last.offset):
        folder = tmp_path / str(cut)
        (folder / "warc").mkdir(parents=True)
        (folder / "warc" / f"{first.warc}.open").write_bytes(content[:cut])
        found = recover(folder, {first.warc: first.offset + first.length}.get)
        assert found.adopted == ([conversion] if cut >= end else [])
        assert not found.short
        (kept,) = (folder / "warc").glob("*.warc.gz")
        assert list(items_in(kept)) == [first, conversion][: 2 if cut >= end else 1]
    (folder / "warc" / f"{first.warc}.open").write_bytes(content)
    assert recover(folder, {first.warc: end}.get).adopted == [last], "what is known is not adopted again"


def test_a_capture_and_a_conversion_are_packed_each_with_its_own_metadata(tmp_path: Path) -> None:
    first, conversion, _ = write(tmp_path)
    path, out = only_file(tmp_path), tmp_path / "out.wacz"
    records = [(path, one.offset, one.length) for one in (first, conversion)]
    assert len(members_of_event(path, first.offset, first.length)) == 3
    assert len(members_of_event(path, conversion.offset, conversion.length)) == 2
    write_wacz(out, title="", description="", records=records, pages=[], created=NOW, software="sourcekeep/test")
    with zipfile.ZipFile(out) as package:
        content = package.read(f"archive/{first.warc}")
        lines = gzip.decompress(package.read("indexes/index.cdx.gz")).splitlines()
    kinds = [record.rec_type for record in ArchiveIterator(io.BytesIO(content))]
    assert kinds == ["warcinfo", "metadata", "request", "response", "metadata", "conversion"]
    assert len(lines) == 1, "there is nothing to replay in a conversion"
    assert not verify_file(out).damaged
