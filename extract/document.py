"""Document, Page and Link: text that knows where it is from."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class DocumentState(StrEnum):
    """What became of reading a payload: the closed list of the contract."""

    READ = "read"
    NO_TEXT_LAYER = "no_text_layer"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    NOT_A_DOCUMENT = "not_a_document"


@dataclass(frozen=True, slots=True)
class Page:
    """One page in file order. `number` is 1-based; `label` what is printed on it, if the file says so.

    `quality` is 0…1: the share of characters that are sound (no U+FFFD, no `(cid:n)`); 0 for a page without text.
    `note` says what a reader of the page should know ("no text layer"). `hidden` are the ranges of `text` that nobody
    sees on the page, for something dark was laid over them.
    """

    number: int
    text: str
    label: str | None = None
    quality: float = 1.0
    reader: str = ""
    note: str = ""
    hidden: tuple[tuple[int, int], ...] = ()

    @property
    def visible(self) -> str:
        """The text with a black block in the place of each hidden character."""
        text = self.text
        for start, end in self.hidden:
            text = text[:start] + "█" * len(text[start:end]) + text[end:]
        return text


@dataclass(frozen=True, slots=True)
class Document:
    """What was read from one payload. Dates are text in ISO form as far as they are known, else None.

    `type` is the sniffed kind: pdf, html, text or other. `page_count` is what the file has, which may be more
    than `pages` holds (`reason` then says "pages 1–n of m").
    """

    type: str
    state: DocumentState
    reason: str = ""
    reader: str = ""
    mime_sniffed: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    created: str | None = None
    modified: str | None = None
    producer: str | None = None
    language: str | None = None
    page_count: int = 0
    pages: tuple[Page, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """The document as JSON-ready values, as a worker answers it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """The document out of a worker's answer; KeyError, TypeError or ValueError when it is not one."""
        pages = tuple(Page(**{**page, "hidden": tuple(map(tuple, page["hidden"]))}) for page in plain["pages"])
        state = DocumentState(plain["state"])
        return cls(**{**plain, "pages": pages, "state": state, "authors": tuple(plain["authors"])})


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page with what the page says about it; `url` is absolute, `year` 4 digits or None."""

    url: str
    text: str = ""
    year: int | None = None
