"""Conversions: the text of each document that was read is kept in the archive before the catalogue has the document."""

from collections import defaultdict
from collections.abc import Iterable

from archive.capture import Capture
from archive.conversion import Text, joined_pages
from archive.fields import sha256_of
from desk.place import Place
from extract.document import Document
from extract.tidy import clean_text
from store.conversions import kept_texts


def text_of(document: Document) -> Text | None:
    """The text of a document as the catalogue holds it, page by page; None when there is none in it.

    What is cleaned away by the catalogue is cleaned away here: a form feed within a page is a line end in both.
    """
    pages = tuple(clean_text(page.text) for page in document.pages)
    if not any(page.strip() for page in pages):
        return None
    return Text(
        pages=pages,
        reader=document.reader or "unknown",
        state=document.state.value,
        reason=document.reason,
        page_count=document.page_count,
        language=document.language,
    )


class Converting:
    """Keeps the texts of documents in the archive, each once; many at a time, as each group costs a transaction.

    A text is the same when payload, reader with version, and words are. So a payload that is read again, after a kill
    or for a second capture, adds nothing, and one of which more was read this time is kept as it reads now.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._kept: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._waiting: list[tuple[Capture, Text]] = []

    def expect(self, payload_digests: Iterable[str]) -> None:
        """Learns which texts of these payloads, which are about to be read, are kept already."""
        for digest, texts in kept_texts(self._place.database, payload_digests).items():
            self._kept[digest] |= texts

    def keep(self, source: Capture, document: Document) -> None:
        """What was read from a capture is kept at the next `settle`, unless it is already or there is no text in it."""
        text = text_of(document)
        if text is None or source.payload_digest is None:
            return
        known, mine = self._kept[source.payload_digest], (text.reader, sha256_of(joined_pages(text.pages)))
        if mine not in known:
            known.add(mine)
            self._waiting.append((source, text))

    def settle(self) -> None:
        """Returns when all texts are on disk and have their rows; WriteFailed when they cannot be."""
        waiting, self._waiting = self._waiting, []
        for future in [self._place.writer.keep_conversion(source, text) for source, text in waiting]:
            future.result()
