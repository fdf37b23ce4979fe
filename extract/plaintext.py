"""Plain text becomes a Document: a page for each form feed, as printed listings have them, long ones in sections."""

from extract.charset import decode_html
from extract.document import Document, DocumentState
from extract.sections import as_pages, pieces
from extract.tidy import clean_text

READER = "plain text"
CAP = 20 << 20  # bytes
PAGE_CAP = 5000


def read_text(content: bytes, *, charset: str | None = None) -> Document:
    """The Document in bytes that are text; `charset` is what Content-Type says."""
    printed = decode_html(content[:CAP], charset).split("\f")
    texts = [piece for page in printed for piece in pieces(clean_text(page))]
    pages = as_pages((("", text) for text in texts[:PAGE_CAP]), READER)
    if not pages:
        return Document("text", DocumentState.NOT_A_DOCUMENT, "no text in it", READER)
    cut = f"the first {CAP >> 20} MiB of {len(content):,} bytes" if len(content) > CAP else ""
    unread = f"pages 1–{PAGE_CAP} of {len(texts):,}" if len(texts) > PAGE_CAP else ""
    reason = "; ".join(filter(None, (cut, unread)))
    return Document("text", DocumentState.READ, reason, READER, page_count=len(texts), pages=pages)
