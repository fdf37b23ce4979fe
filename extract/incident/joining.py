"""Which citations of a record mean the same work: a mention in the text and the line in the list."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from archive.errors import RefusedUrl
from archive.url import normalise, same_key
from extract.incident.values import Citation

# Words that many publishers share tell nobody apart; they count only beside one that does.
_COMMON = {
    "university", "universities", "college", "school", "centre", "center", "institute", "department", "ministry",
    "police", "service", "office", "council", "commission", "government", "national", "international", "research",
    "technology", "science", "human", "rights", "news", "group", "foundation", "society", "press", "uk", "us",
}  # fmt: skip
_SILENT = {"of", "the", "for", "and", "a", "an", "in", "on", "at", "s", "de", "la", "le"}
ENOUGH = 0.75  # share of the shorter name's words that the longer one must have


def join(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The citations numbered from 1, each repeat pointing (`same_as`) to the citation it repeats.

    Two with the same address are one work: the later points to the earlier, a mention to the list's line. A
    mention without a title is joined to the one listed citation whose publisher's name overlaps, whose year is the
    same and whose address is not another; two that fit equally join to none.
    """
    numbered = [replace(citation, position=at) for at, citation in enumerate(citations, 1)]
    keys = [_key(citation.url) for citation in numbered]
    listed = [citation for citation in numbered if citation.title]
    firsts: dict[str, int] = {}
    for citation, key in sorted(zip(numbered, keys, strict=True), key=lambda pair: not pair[0].title):
        if key:
            firsts.setdefault(key, citation.position)
    answer = []
    for citation, key in zip(numbered, keys, strict=True):
        target = firsts[key] if key else None
        if target in (None, citation.position) and not citation.title:
            target = _listed_work(citation, key, listed, keys)
        answer.append(replace(citation, same_as=None if target == citation.position else target))
    return _flattened(answer)


def same_publisher(one: str, other: str) -> bool:
    """True when the shorter name's words are (nearly) all in the longer and one of them tells publishers apart."""
    short, long = sorted((name_words(one), name_words(other)), key=len)
    shared = short & long
    return bool(shared - _COMMON) and len(shared) / len(short) >= ENOUGH


def name_words(name: str) -> frozenset[str]:
    """The words of a publisher's name that matter, folded: no accents, no possessive, "&" and "and" alike."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() if name else ""
    return frozenset(re.findall(r"[a-z0-9]+", plain.replace("'s ", " "))) - _SILENT


def _listed_work(
    mention: Citation, key: str | None, listed: Sequence[Citation], keys: Sequence[str | None]
) -> int | None:
    fitting = [
        work.position
        for work in listed
        if mention.publisher
        and same_publisher(mention.publisher, work.publisher)
        and mention.year is not None
        and mention.year == work.year
        and key in (None, keys[work.position - 1] or key)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _flattened(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """No chains: what repeats a repeat repeats the work itself."""
    target = {citation.position: citation.same_as for citation in citations}
    return tuple(
        replace(citation, same_as=target[citation.same_as] or citation.same_as) if citation.same_as else citation
        for citation in citations
    )


def _key(url: str | None) -> str | None:
    """The comparison key; an address that is never dialled is compared as written."""
    try:
        return same_key(normalise(url)) if url else None
    except RefusedUrl:
        return url
