"""What bytes are, whatever their label: the first look that decides which reader takes them."""

import re
from dataclasses import dataclass
from enum import StrEnum

HEAD = 1445  # bytes that are looked at for text or binary (WHATWG MIME Sniffing §5)
STRAY = 20  # one control character in 20 bytes is still text to whoever calls it text
PDF_WITHIN = 8 << 10  # junk before a PDF's header: readers take 1 KB, pdfplumber more

_TAGS = (
    b"!doctype html", b"html", b"head", b"script", b"iframe", b"h1", b"div", b"font", b"table", b"a", b"style",
    b"title", b"b", b"body", b"br", b"p", b"meta", b"link", b"!--", b"article", b"main", b"section", b"span",
)  # fmt: skip
_HTML = re.compile(rb"\s{0,2000}<(?:" + b"|".join(map(re.escape, _TAGS)) + rb")(?=[\s>/-]|\Z)", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
_OOXML = "application/vnd.openxmlformats-officedocument."
_PACKAGED = (  # a part's name, or what the uncompressed part `mimetype` says (OpenDocument 1.3 part 2 §3.3)
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "odt", "application/vnd.oasis.opendocument.text"),
    (
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    (b"word/", "docx", f"{_OOXML}wordprocessingml.document"),
    (b"xl/", "xlsx", f"{_OOXML}spreadsheetml.sheet"),
    (b"ppt/", "other", f"{_OOXML}presentationml.presentation"),
)
_CSV = ("text/csv", "text/tab-separated-values", "application/csv", "application/vnd.ms-excel")


class Kind(StrEnum):
    """The kinds of payload that readers tell apart."""

    EMPTY = "empty"
    PDF = "pdf"
    HTML = "html"
    TEXT = "text"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes are. `starts_at` is where a PDF's header stands (0 for all else)."""

    kind: Kind
    mime: str
    starts_at: int = 0


def sniff(content: bytes, declared: str | None = None) -> Sniffed:
    """The kind and MIME type of the bytes; `declared` (any Content-Type) breaks ties between kinds of text only."""
    label = bare_mime(declared)
    head = content[:HEAD]
    if not content.strip(b" \t\r\n\0"):
        return Sniffed(Kind.EMPTY, "application/x-empty")
    if content.startswith(b"%PDF-"):
        return Sniffed(Kind.PDF, "application/pdf")
    if content.startswith(b"{\\rtf"):
        return Sniffed(Kind.RTF, "application/rtf")
    if content.startswith(b"PK\x03\x04"):
        return _package(content[: 64 << 10] + content[-64 << 10 :])
    if (markup := _markup(head, label)) is not None:
        return markup
    at = content.find(b"%PDF-", 0, PDF_WITHIN)
    if at > 0:
        return Sniffed(Kind.PDF, "application/pdf", at)
    strange = 0 if head.startswith(_TEXT_MARKS) else len(_BINARY.findall(head))
    if strange == 0 or (label.startswith("text/") and strange * STRAY < len(head)):
        return _text(label)
    return Sniffed(Kind.OTHER, _named(content, label))


def bare_mime(declared: str | None) -> str:
    """`type/subtype` of a Content-Type in lower case, or "" when there is none."""
    return (declared or "").partition(";")[0].strip().lower()


def charset_of(declared: str | None) -> str | None:
    """The charset parameter of a Content-Type, or None."""
    match = re.search(r"charset\s*=\s*[\"']?([^\s\"';]{1,60})", declared or "", re.IGNORECASE)
    return match[1] if match else None


def _markup(head: bytes, label: str) -> Sniffed | None:
    narrow = head.replace(b"\0", b"") if head[:2] in _TEXT_MARKS else head  # UTF-16: every other byte of a tag is NUL
    narrow = narrow.lstrip(b"\xef\xbb\xbf\xfe\xff")
    if _HTML.match(narrow):
        return Sniffed(Kind.HTML, "text/html")
    if narrow.lstrip().startswith(b"<?xml"):
        if b"<html" in narrow.lower():
            return Sniffed(Kind.HTML, "application/xhtml+xml")
        return Sniffed(Kind.TEXT, label if "xml" in label else "application/xml")
    if label in ("text/html", "application/xhtml+xml") and b"<" in head and not _BINARY.search(narrow):
        return Sniffed(Kind.HTML, "text/html")
    return None


def _package(ends: bytes) -> Sniffed:
    """Which office file a ZIP file is; its directory, which names all parts, stands at its end."""
    for part, kind, mime in _PACKAGED:
        if part in ends:
            return Sniffed(Kind(kind), mime)
    return Sniffed(Kind.OTHER, "application/zip")


def _text(label: str) -> Sniffed:
    if label in _CSV:
        return Sniffed(Kind.CSV, "text/tab-separated-values" if "tab" in label else "text/csv")
    textual = label.startswith("text/") or label.endswith(("json", "xml", "csv", "javascript"))
    return Sniffed(Kind.TEXT, label if textual and label != "text/html" else "text/plain")


def _named(content: bytes, label: str) -> str:
    """A name for bytes that are no text: by magic number, else as declared."""
    import puremagic

    try:
        found = puremagic.from_string(content[: 64 << 10], mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    believable = "" if label in ("application/pdf", "application/xhtml+xml") or label.startswith("text/") else label
    return str(found or believable or "application/octet-stream")
