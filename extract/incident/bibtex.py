"""BibTeX: a file of entries read as one record, a citation an entry."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from extract.incident.bibliography import Work, record_of
from extract.incident.material import Material
from extract.incident.values import Incident

_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_NAME = re.compile(r"\s*([A-Za-z][\w:.+-]*)\s*=\s*")
_BARE = re.compile(r"[\w.:+-]+")
_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "c": "\u0327", "v": "\u030c"}
_ACCENT = re.compile(r"\\(['`^\"~]|[cv](?=[\s{]))\s*\{?\\?([A-Za-z])\}?")
_URL = re.compile(r"\\url\s*\{([^}]*)\}")
_PUBLISHERS = ("publisher", "institution", "organization", "school", "journal", "howpublished")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its kind in lower case and its fields as written, names in lower case; `closed` if it ends."""

    kind: str
    fields: dict[str, str]
    closed: bool


def recognises(material: Material) -> bool:
    """True if the text has an entry like `@report{key,` at a line's start."""
    return bool(re.search(r"^\s*@\s*[A-Za-z]+\s*[{(]\s*[^\s,{}]*\s*,", material.head, re.MULTILINE))


def read(material: Material) -> Iterator[Incident]:
    """One record of all entries; UnreadableRecord when there is none. An entry that never closes is warned about."""
    strings: dict[str, str] = {}
    works: list[Work] = []
    warnings: list[str] = []
    for entry in entries(material.text, strings):
        if not entry.closed:
            warnings.append(f"Entry {len(works) + 1} (@{entry.kind}) is not closed; it is read as far as it goes.")
        if entry.kind not in ("comment", "preamble", "string"):
            works.append(_work(entry))
    yield record_of(material, works, warnings)


def entries(text: str, strings: dict[str, str]) -> Iterator[Entry]:
    """The entries of a file in order; `@string` abbreviations are collected into `strings` and put in their places."""
    at = 0
    while found := _ENTRY.search(text, at):
        closer = "}" if found[2] == "{" else ")"
        if found[1].lower() in ("comment", "preamble"):
            at = found.end()
            continue
        fields, at, closed = _fields(text, found.end(), closer, strings)
        kind = found[1].lower()
        if kind == "string":
            strings.update(fields)
        yield Entry(kind, fields, closed)


def _fields(text: str, at: int, closer: str, strings: dict[str, str]) -> tuple[dict[str, str], int, bool]:
    """The fields from `at` on, where the entry ends, and whether it closes before the next entry or the text's end."""
    fields: dict[str, str] = {}
    while at < len(text):
        if named := _NAME.match(text, at):
            value, at = _value(text, named.end(), strings)
            fields.setdefault(named[1].lower(), value)
        elif text[at] == closer:
            return fields, at + 1, True
        elif text[at] == "@" and _ENTRY.match(text, at) and text[:at].rstrip(" \t")[-1:] in ("\n", ""):
            return fields, at, False
        else:
            at += 1
    return fields, at, False


def _value(text: str, at: int, strings: dict[str, str]) -> tuple[str, int]:
    """A value of braces, quotes, numbers and abbreviations joined by `#`, and where it ends."""
    parts = []
    while at < len(text):
        if text[at] in '{"':
            end = _closing(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif bare := _BARE.match(text, at):
            parts.append(strings.get(bare[0].lower(), bare[0]))
            at = bare.end()
        joined = re.compile(r"\s*#\s*").match(text, at)
        if not joined:
            break
        at = joined.end()
    return "".join(parts), at


def _closing(text: str, at: int) -> int:
    """The place of the brace or quote that closes the one at `at`; the text's end when none does."""
    quoted, depth = text[at] == '"', 0
    for place in range(at, len(text)):
        sign = text[place]
        if sign == "\\" or (place > at and text[place - 1] == "\\"):
            continue
        depth += (sign == "{") - (sign == "}")
        if depth <= 0 and place > at and (sign == '"' if quoted else sign == "}"):
            return place
    return len(text)


def plain(value: str) -> str:
    """A value without TeX: accents put together, braces and commands taken off, dashes as signs."""
    value = _ACCENT.sub(lambda found: unicodedata.normalize("NFC", found[2] + _ACCENTS[found[1]]), value)
    value = _URL.sub(r"\1", value).replace("---", "—").replace("--", "–").replace("~", " ")
    value = re.sub(r"\\([&%$#_{}])", r"\1", re.sub(r"\\[A-Za-z]+\s*", "", value))
    return " ".join(value.replace("{", "").replace("}", "").split())


def _work(entry: Entry) -> Work:
    said = entry.fields
    url = said.get("url", "").strip() or next(iter(_URL.findall(said.get("howpublished", ""))), "")
    authors = re.split(r"\s+and\s+", said.get("author", "").strip())
    return Work(
        title=plain(said.get("title", "")),
        authors=tuple(name for one in authors if (name := plain(one))),
        publisher=next((name for key in _PUBLISHERS if (name := plain(_URL.sub("", said.get(key, ""))))), ""),
        date=plain(said.get("date", "") or said.get("year", "")),
        url=url.replace("\\", ""),
        doi=said.get("doi", "").strip(),
    )
