"""Reading: what the bytes are, whatever the label, and which reader takes them; called inside a worker."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from extract.coding import decode
from extract.document import Document, DocumentState
from extract.pool import Answer, Limits, Pool, PoolClosed
from extract.sniffing import Kind, Sniffed, bare_mime, charset_of, sniff

READ = "extract.reading:read_document"
# Web pages: the slowest of 181 real ones took 1 s; 1.9 MB of attributes would hold a parser for 549 s.
HTML_LIMITS = Limits(cpu_s=10, wall_s=12, memory_bytes=1 << 30)
SNIFFED = 8 << 10
# The compound file in which office software puts a package with a password ([MS-OFFCRYPTO] §2.3.4.4).
OLE, ENCRYPTED_PACKAGE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16le")
BUDGET_S = 15.0  # seconds after which a PDF or office file is told as far as it was read
SECOND_TRY = Limits(cpu_s=10, wall_s=12)
UNREAD = (DocumentState.DAMAGED, DocumentState.TIME_LIMIT, DocumentState.MEMORY_LIMIT)


def read_document(
    content: bytes,
    *,
    mime: str | None,
    url: str,
    content_encoding: str | None = None,
    avoid: Iterable[str] = (),
    budget_s: float = BUDGET_S,
) -> dict[str, Any]:
    """The Document in a payload, as `Document.as_plain()`; a worker function.

    `mime` is the Content-Type as declared (its charset counts), `content_encoding` the codings to undo first.
    `avoid` names PDF readers not to be asked, `budget_s` is when to stop with what there is.
    """
    decoded = decode(content, content_encoding)
    if content and not decoded.content:
        return Document("other", DocumentState.DAMAGED, decoded.reason).as_plain()
    sniffed = sniff(decoded.content, mime)
    document = _read(decoded.content, sniffed, mime=mime, url=url, avoid=avoid, budget_s=budget_s)
    reasons = [decoded.reason, _mislabelled(mime, url, sniffed), document.reason]
    reason = "; ".join(filter(None, reasons))
    return replace(document, reason=reason, mime_sniffed=sniffed.mime).as_plain()


def _read(
    content: bytes, sniffed: Sniffed, *, mime: str | None, url: str, avoid: Iterable[str], budget_s: float
) -> Document:
    if sniffed.kind == Kind.PDF:
        from extract.pdf import read_pdf

        return read_pdf(content, budget_s=budget_s, avoid=avoid)
    if sniffed.kind == Kind.HTML:
        from extract.html import read_html

        return read_html(content, url=url, charset=charset_of(mime))
    if sniffed.kind == Kind.TEXT and url.lower().partition("?")[0].endswith((".csv", ".tsv")):
        sniffed = Sniffed(Kind.CSV, sniffed.mime)  # servers call such files text/plain
    if sniffed.kind == Kind.TEXT:
        from extract.plaintext import read_text

        return read_text(content, charset=charset_of(mime))
    if sniffed.kind not in (Kind.EMPTY, Kind.OTHER):
        from extract.office import read_office

        return read_office(content, sniffed.kind, charset=charset_of(mime), budget_s=budget_s)
    if content.startswith(OLE) and ENCRYPTED_PACKAGE in content:
        return Document("other", DocumentState.ENCRYPTED, "an office file that opens with a password")
    reason = "empty" if sniffed.kind == Kind.EMPTY else f"no reader for {sniffed.mime}"
    return Document("other", DocumentState.NOT_A_DOCUMENT, reason)


def _mislabelled(mime: str | None, url: str, sniffed: Sniffed) -> str:
    """A sentence when the label says PDF and the bytes do not, or the other way round; "" when they agree."""
    label = bare_mime(mime)
    called_pdf = label == "application/pdf" or (not label and url.lower().partition("?")[0].endswith(".pdf"))
    if called_pdf and sniffed.kind not in (Kind.PDF, Kind.EMPTY):
        return f"called a PDF, but is {sniffed.mime}"
    if sniffed.kind == Kind.PDF and label.startswith("text/html"):
        return "called text/html, but is a PDF"
    return ""


def document_of(answer: Answer, content: bytes | memoryview = b"") -> Document:
    """The Document in a worker's answer to READ; a worker's failure becomes the state of the same name.

    `content`, where at hand, tells the type of a document that could not be read.
    """
    if answer.failure is None:
        try:
            return Document.from_plain(answer.value or {})
        except (KeyError, TypeError, ValueError) as error:
            return Document(_type(content), DocumentState.DAMAGED, f"the reader answered nonsense: {error}")
    return Document(_type(content), DocumentState(answer.failure), answer.reason)


def _type(content: bytes | memoryview) -> str:
    kind = sniff(bytes(content[:SNIFFED])).kind
    return "other" if kind == Kind.EMPTY else kind.value


def _expected(content: bytes | memoryview, mime: str | None, content_encoding: str | None) -> Kind:
    """The kind of document to be ready for: by the bytes, or by the label while a coding hides them."""
    if content_encoding and bare_mime(content_encoding) != "identity":
        return Kind.HTML if bare_mime(mime) in ("text/html", "application/xhtml+xml") else Kind.PDF
    return sniff(bytes(content[:SNIFFED]), mime).kind


def submit_reading(
    pool: Pool, content: bytes | memoryview, *, mime: str | None, url: str, content_encoding: str | None = None
) -> Future[Document]:
    """Have a payload read: the future gives its Document, or raises what `Pool.submit` says.

    Web pages get less time than PDFs. A PDF over which PDFium dies is given to the other readers once.
    """
    what: dict[str, Any] = {"mime": mime, "url": url, "content_encoding": content_encoding}
    expected = _expected(content, mime, content_encoding)
    limits = HTML_LIMITS if expected == Kind.HTML else None
    settled: Future[Document] = Future()
    settled.set_running_or_notify_cancel()

    def first(future: Future[Answer]) -> None:
        if _hand_on(future, settled):
            return
        answer = future.result()
        document = document_of(answer, content)
        if not (answer.died and expected == Kind.PDF):
            settled.set_result(document)
            return
        try:
            again = pool.submit(READ, content, SECOND_TRY, avoid=["pdfium"], budget_s=7.5, **what)
        except PoolClosed as closed:  # nobody knows yet what the other readers would say
            settled.set_exception(closed)
        else:
            again.add_done_callback(lambda future: second(future, document))

    def second(future: Future[Answer], document: Document) -> None:
        if not _hand_on(future, settled):
            other = document_of(future.result(), content)
            settled.set_result(document if other.state in UNREAD else other)

    pool.submit(READ, content, limits, **what).add_done_callback(first)
    return settled


def _hand_on(future: Future[Answer], settled: Future[Document]) -> bool:
    """Pass a cancellation or an exception on; True when there was one."""
    if future.cancelled():
        settled.set_exception(PoolClosed("the reading was cancelled"))
        return True
    error = future.exception()
    if error is not None:
        settled.set_exception(error)
    return error is not None
