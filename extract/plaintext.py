"""Plain text becomes a Document: a page for each form feed, as printed listings and old reports have them."""

from extract.charset import decode_html
from extract.document import Document, DocumentState, Page
from extract.quality import soundness
from extract.tidy import clean_text

READER = "plain text"
CAP = 20 << 20  # bytes
PAGE_CAP = 5000


def read_text(content: bytes, *, charset: str | None = None) -> Document:
    """The Document in bytes that are text; `charset` is what Content-Type says."""
    parts = decode_html(content[:CAP], charset).split("\f")
    texts = [text for part in parts[:PAGE_CAP] if (text := clean_text(part).strip("\n"))]
    reason = f"the first {CAP >> 20} MiB of {len(content):,} bytes" if len(content) > CAP else ""
    pages = tuple(Page(number, text, None, soundness(text), READER) for number, text in enumerate(texts, 1))
    if not pages:
        return Document("text", DocumentState.NOT_A_DOCUMENT, "no text in it", READER)
    return Document("text", DocumentState.READ, reason, READER, page_count=len(parts), pages=pages)
