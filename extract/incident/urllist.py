"""A list of URLs, one or more a line, with comments, repeats and glued neighbours."""

import re
from collections.abc import Iterator

from archive.url import unwrap
from extract.incident.bibliography import MOST_WORKS, SECTION
from extract.incident.block import written_urls
from extract.incident.joining import join
from extract.incident.keys import slug
from extract.incident.material import Material
from extract.incident.values import Citation, Incident

_COMMENT = re.compile(r"^\s*(?:#|//|;)")
# Other schemes are kept as cited: their outcome says why they are never fetched.
_OTHER_SCHEME = re.compile(r"^[<\"']?(?:file|ftp|ftps|javascript|data|gopher|mailto|about|blob|ws|wss):", re.IGNORECASE)
_URL_LINE = re.compile(r"^[<\"'\s•*-]*https?://", re.IGNORECASE)
ENOUGH = 0.8  # share of the lines that must begin with an address


def recognises(material: Material) -> bool:
    """True if nearly every line that is no comment begins with an address, and one at least is http or https."""
    lines = _lines(material.head)
    plain = sum(bool(_URL_LINE.match(line)) for line in lines)
    other = sum(bool(_OTHER_SCHEME.match(line)) for line in lines)
    return bool(plain or other) and plain + other >= ENOUGH * len(lines)


def read(material: Material) -> Iterator[Incident]:
    """One record named after the file, a citation an address; a repeated one points to the first."""
    found = [(line, url) for line in _lines(material.text) for url in _urls(line)]
    stem = material.stem or "urls"
    kept = found[:MOST_WORKS]
    notes = [f"Only the first {MOST_WORKS} of {len(found)} addresses are kept."] if len(found) > MOST_WORKS else []
    skipped = sum(not _urls(line) for line in _lines(material.text))
    notes += [f"{skipped} lines hold no address."] if skipped else []
    cited = [Citation(0, SECTION, url, format=_format(url), url=unwrap(url)) for _, url in kept]
    yield Incident(slug(stem), stem, type="Source list", citations=join(cited), warnings=tuple(notes))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not _COMMENT.match(line)]


def _urls(line: str) -> list[str]:
    if _OTHER_SCHEME.match(line):
        return [line.strip("<>\"' ")]
    return [url for _, url in written_urls(line)]


def _format(url: str) -> str:
    return "pdf" if re.search(r"\.pdf(?:$|[?#])", url, re.IGNORECASE) else ""
