"""Which characters the bytes of a web page mean: by the WHATWG's labels only, never by Python's codec registry."""

import re

import webencodings

PRESCAN = 1024  # bytes in which a declaration counts (WHATWG HTML §13.2.3.2)
SAMPLE = 64 << 10  # bytes shown to detection
_META = re.compile(rb"<meta[^>]{0,500}?charset\s{0,10}=\s{0,10}[\"']?\s{0,10}([A-Za-z0-9_:.\-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s{0,100}<\?xml[^>]{0,200}?encoding\s{0,10}=\s{0,10}[\"']([A-Za-z0-9_:.\-]{1,40})")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))


def decode_html(content: bytes, charset_hint: str | None = None) -> str:
    """The characters of a page: by byte order mark, else the header's label, else the page's own, else detection.

    `charset_hint` is the charset of Content-Type; labels outside the WHATWG table (rot13, utf-7, idna …) count as
    none. What cannot be decoded becomes U+FFFD; nothing raises. Lone surrogates never come out.
    """
    for mark, label in _MARKS:
        if content.startswith(mark):
            return _decode(content[len(mark) :], label)
    return _decode(content, known_label(charset_hint) or declared_charset(content) or detected_charset(content))


def _decode(content: bytes, label: str) -> str:
    text: str = webencodings.decode(content, label, errors="replace")[0]
    return text.encode("utf-8", "replace").decode("utf-8") if label.startswith("utf-16") else text


def known_label(label: str | None) -> str | None:
    """The WHATWG name of an encoding label, or None when the table does not have it."""
    found = webencodings.lookup(label.strip(" \t\n\f\r\"'")) if label and label.isascii() else None
    return None if found is None or found.name in ("replacement", "x-user-defined") else str(found.name)


def declared_charset(content: bytes) -> str | None:
    """What the page's own `meta` or XML declaration says; UTF-16 there must mean UTF-8 (the bytes were readable)."""
    head = content[:PRESCAN]
    match = _META.search(head) or _XML.search(head)
    name = known_label(match[1].decode("ascii")) if match else None
    return "utf-8" if name and name.startswith("utf-16") else name


def detected_charset(content: bytes) -> str:
    """UTF-8 when the bytes are valid UTF-8, else what they look like, else windows-1252 as browsers do."""
    sample = content[:SAMPLE]
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_by_us = len(content) > SAMPLE and error.start >= SAMPLE - 3
        if not cut_by_us:
            return _looked_like(sample)
    return "utf-8"


def _looked_like(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, steps=5, chunk_size=512, preemptive_behaviour=False).best()
    return known_label(best.encoding.replace("_", "-") if best else None) or "windows-1252"
