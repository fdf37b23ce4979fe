"""What bytes are is told by the bytes; labels break ties between kinds of text only."""

import io
import zipfile

import pytest

from extract.document import DocumentState
from extract.pool import Answer
from extract.reading import document_of, read_document
from extract.sniffing import Kind, charset_of, sniff
from tests.extract.pdfs import line, pages

PDF = pages(line("Ordinary words on a page."))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def office(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("[Content_Types].xml", "<x/>")
        parts.writestr(part, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "declared", "kind", "mime"),
    [
        (PDF, "text/html", Kind.PDF, "application/pdf"),
        (b"junk\n" * 300 + PDF, None, Kind.PDF, "application/pdf"),
        (b"<!DOCTYPE html><p>%PDF-1.4 is a format", "application/pdf", Kind.HTML, "text/html"),
        (b"\xef\xbb\xbf  \n<HTML>", None, Kind.HTML, "text/html"),
        ("<html><p>x".encode("utf-16"), None, Kind.HTML, "text/html"),
        (b"<?xml version='1.0'?><html xmlns='x'>", None, Kind.HTML, "application/xhtml+xml"),
        (b"<?xml version='1.0'?><rss/>", "application/rss+xml", Kind.TEXT, "application/rss+xml"),
        (b"words <b>bold</b>", "text/html; charset=utf-8", Kind.HTML, "text/html"),
        (b"words <b>bold</b>", "text/plain", Kind.TEXT, "text/plain"),
        (b"a,b\n1,2\n", "text/csv", Kind.CSV, "text/csv"),
        (b'{"a": 1}', "application/json", Kind.TEXT, "application/json"),
        (b"", "text/html", Kind.EMPTY, "application/x-empty"),
        (b" \r\n\0 ", None, Kind.EMPTY, "application/x-empty"),
        (PNG, "application/pdf", Kind.OTHER, "image/png"),
        (bytes(range(256)), "application/pdf", Kind.OTHER, "application/octet-stream"),
        (
            office("word/document.xml"),
            None,
            Kind.DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (office("other/thing.xml"), "application/pdf", Kind.OTHER, "application/zip"),
        (rb"{\rtf1\ansi words}", "text/plain", Kind.RTF, "application/rtf"),
    ],
)
def test_bytes_are_what_they_are(content: bytes, declared: str | None, kind: Kind, mime: str) -> None:
    found = sniff(content, declared)
    assert (found.kind, found.mime) == (kind, mime)


def test_the_charset_of_a_label() -> None:
    assert charset_of('text/html; Charset="UTF-8"; x=y') == "UTF-8"
    assert charset_of("text/html") is None
    assert charset_of(None) is None


@pytest.mark.parametrize(
    ("content", "mime", "url", "state", "reason"),
    [
        (b"", "application/pdf", "https://x.example/a.pdf", "not_a_document", "empty"),
        (PNG, "image/png", "https://x.example/a.png", "not_a_document", "no reader for image/png"),
        (PDF, "text/html", "https://x.example/a", "read", "called text/html, but is a PDF"),
        (PDF, "application/pdf", "https://x.example/a", "read", ""),
        (b"no page at all", None, "https://x.example/a.PDF?v=2", "read", "called a PDF, but is text/plain"),
    ],
)
def test_a_label_that_lies_is_told(content: bytes, mime: str, url: str, state: str, reason: str) -> None:
    document = read_document(content, mime=mime, url=url)
    assert (document["state"], document["reason"]) == (state, reason)


def test_plain_text_has_a_page_for_each_form_feed() -> None:
    document = read_document(b"first\nlines\fsecond \xfc\x00", mime="text/plain; charset=latin-1", url="")
    assert [page["text"] for page in document["pages"]] == ["first\nlines", "second ü"]


def test_what_cannot_be_decoded_is_damaged_and_says_why() -> None:
    document = read_document(b"abc", mime="text/html", url="", content_encoding="sdch")
    assert (document["state"], document["reason"]) == ("damaged", "undecodable: unknown coding 'sdch'")


def test_a_workers_failure_becomes_the_state_and_nonsense_becomes_damaged() -> None:
    late = document_of(Answer(None, "time_limit", "not read within 25 s"), memoryview(PDF))
    assert (late.state, late.type, late.reason) == (DocumentState.TIME_LIMIT, "pdf", "not read within 25 s")
    for value in (None, 7, {}, {"pages": 1, "state": "read"}, {"pages": [], "state": "x", "authors": []}):
        assert document_of(Answer(value)).state == DocumentState.DAMAGED
