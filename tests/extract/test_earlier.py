"""Which readings are of today, and which new ones may take their places."""

from dataclasses import replace
from importlib.metadata import version

import pytest

from extract.document import Document, DocumentState, Page
from extract.earlier import Earlier, is_current, is_worse

PDFIUM, PLUMBER = f"pypdfium2 {version('pypdfium2')}", f"pdfplumber {version('pdfplumber')}"
EARLIER = Earlier("pdf", DocumentState.READ, PDFIUM, 3, 300.0)


def read(*texts: str, page_count: int | None = None, kind: str = "pdf", quality: float = 1.0) -> Document:
    pages = tuple(Page(number, text, quality=quality) for number, text in enumerate(texts, 1))
    return Document(kind, DocumentState.READ, page_count=page_count or len(pages), pages=pages)


@pytest.mark.parametrize("reader", [PDFIUM, f"{PDFIUM} + {PLUMBER}", "plain text"])
def test_a_reader_that_is_installed_as_it_was_is_current(reader: str) -> None:
    assert is_current(reader)


@pytest.mark.parametrize(
    "reader",
    ["", "pypdfium2 4.0", f"{PDFIUM} + pdfplumber 0.5", "no-such-reader-anywhere 1.0", "pypdfium2-and-more 1", " 1 + "],
)
def test_one_of_another_version_or_none_at_all_is_not(reader: str) -> None:
    assert not is_current(reader)


@pytest.mark.parametrize(
    "now",
    [
        Document("pdf", DocumentState.TIME_LIMIT),
        Document("pdf", DocumentState.NO_TEXT_LAYER),
        read("a" * 100, "b" * 100, page_count=3),
        read("a" * 149),
        read("a" * 300, "", "", quality=0.4),
    ],
    ids=["failed", "no text", "cut", "half gone", "unsound"],
)
def test_a_reading_that_lost_something_is_worse(now: Document) -> None:
    assert is_worse(EARLIER, now)


@pytest.mark.parametrize(
    "now",
    [
        read("a" * 100, "b" * 100, "c" * 100),
        read("a" * 80, "", "c" * 80),
        read("a" * 300),
        read("a", kind="html"),
        read("a" * 100, "b" * 100, "c" * 100, page_count=9),
    ],
    ids=["same", "tidier", "in one page", "another type", "cut later"],
)
def test_a_reading_that_is_as_good_is_not_worse(now: Document) -> None:
    assert not is_worse(EARLIER, now)


def test_a_verdict_is_replaced_by_any_other_but_never_by_a_failure() -> None:
    scanned = replace(EARLIER, state=DocumentState.NO_TEXT_LAYER, characters=0)
    failed = replace(EARLIER, state=DocumentState.TIME_LIMIT, pages=0)
    for earlier in (scanned, failed):
        assert not is_worse(earlier, read("text"))
        assert not is_worse(earlier, Document("pdf", DocumentState.ENCRYPTED))
    assert is_worse(scanned, Document("pdf", DocumentState.DAMAGED))
    assert not is_worse(failed, Document("pdf", DocumentState.DAMAGED))
