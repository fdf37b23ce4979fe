"""Rows of documents and their pages, indexed for search in the same transaction."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from extract.document import Document, Page
from extract.tidy import clean_line, fold
from store import schema
from store.index import index_documents, unindex_documents
from store.rows import chunks, insert_missing

_documents, _pages = schema.document, schema.page
# What keeps a word from being found as it is written: unseen characters, ligatures, a hyphen at the end of a line.
# Each search begins with one letter where it can: as one expression they took most of the work of filing in Python.
_HYPHEN, _OTHERS = re.compile("-[ \t]*\n"), re.compile("[\u00ad\u200b\u2060\ufeff\ufb00-\ufb06]|\u2010[ \t]*\n")
_TITLES_CAP = 1000  # characters
_KNOWN = select(
    _documents.c.id,
    _documents.c.payload_digest,
    _documents.c.title,
    _documents.c.indexed,
    _documents.c.search_title,
    _documents.c.cited,
).where(_documents.c.id.in_(bindparam("numbers", expanding=True)))
# What the index knows of a document.
_TOLD = ("new_indexed", "new_search_title", "new_cited")
_TELL = (
    update(_documents)
    .where(_documents.c.id == bindparam("number"))
    .values({name.removeprefix("new_"): bindparam(name) for name in _TOLD})
)


def put_documents(connection: Connection, documents: Sequence[tuple[str, Document]], now: datetime) -> None:
    """Files what was read from payloads, by payload digest; an earlier reading of the same payload gives way."""
    read = dict(documents)
    known = _numbers(connection, list(read))
    new = [_row(digest, one, now) for digest, one in read.items() if digest not in known]
    if insert_missing(connection, _documents, new) < len(new):  # another process filed one of them just now
        known = _numbers(connection, list(read))
    if known:
        _take_out(connection, list(known.values()))
        _change(connection, known, read, now)
    numbers = _numbers(connection, list(read)) if new else known
    pages = [_page_row(numbers[digest], page) for digest, one in read.items() for page in one.pages]
    if pages:
        connection.execute(insert(_pages), pages)
    bring_up(connection, list(numbers.values()))


def _change(connection: Connection, known: dict[str, int], read: dict[str, Document], now: datetime) -> None:
    changes = [
        {"number": number, **{f"new_{name}": value for name, value in _row(digest, read[digest], now).items()}}
        for digest, number in known.items()
    ]
    connection.execute(update(_documents).where(_documents.c.id == bindparam("number")).values(_values()), changes)


def _values() -> dict[str, Any]:
    return {
        column.name: bindparam(f"new_{column.name}", type_=column.type)
        for column in _documents.c
        if column.name != "id"
    }


def _row(digest: str, one: Document, now: datetime) -> dict[str, Any]:
    return {
        "payload_digest": digest,
        "type": one.type,
        "state": one.state,
        "reason": one.reason,
        "reader": one.reader,
        "mime_sniffed": one.mime_sniffed,
        "title": clean_line(one.title),
        "search_title": "",
        "indexed": False,
        "cited": False,
        "authors": list(one.authors),
        "created": one.created,
        "modified": one.modified,
        "producer": one.producer,
        "language": one.language,
        "page_count": one.page_count,
        "read_at": now,
    }


def _page_row(document: int, page: Page) -> dict[str, Any]:
    visible = page.visible
    return {
        "document_id": document,
        "number": page.number,
        "label": page.label,
        "text": page.text,
        "searched": fold(visible).text if _is_broken(visible) else visible if page.hidden else None,
        "quality": page.quality,
        "reader": page.reader,
        "note": page.note,
    }


def _is_broken(text: str) -> bool:
    return bool(_HYPHEN.search(text)) or (not text.isascii() and bool(_OTHERS.search(text)))


def _numbers(connection: Connection, digests: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(digests):
        query = select(_documents.c.payload_digest, _documents.c.id).where(_documents.c.payload_digest.in_(chunk))
        found |= dict(connection.execute(query).all())
    return found


def _take_out(connection: Connection, numbers: Sequence[int]) -> None:
    """The pages of an earlier reading leave the index, then the table."""
    for chunk in chunks(numbers):
        indexed = select(_documents.c.id).where(_documents.c.id.in_(chunk), _documents.c.indexed)
        unindex_documents(connection, connection.execute(indexed).scalars().all())
        connection.execute(delete(_pages).where(_pages.c.document_id.in_(chunk)))


def bring_up(connection: Connection, numbers: Sequence[int]) -> None:
    """Makes the index hold of these documents what it should: whether at all, under which title, whether cited."""
    for chunk in chunks(numbers):
        rows = connection.execute(_KNOWN, {"numbers": chunk}).all()
        digests = [row.payload_digest for row in rows]
        titles = cited_titles(connection, digests)
        records, cited = _mere_records(connection, digests), _serving(connection, digests)
        wanted = {
            row.id: (
                row.payload_digest not in records,
                search_title(titles[row.payload_digest], row.title),
                row.payload_digest in cited,
            )
            for row in rows
        }
        stale = [row for row in rows if (row.indexed, row.search_title, row.cited) != wanted[row.id]]
        unindex_documents(connection, [row.id for row in stale if row.indexed])
        if stale:
            told = [dict(zip(("number", *_TOLD), (row.id, *wanted[row.id]), strict=True)) for row in stale]
            connection.execute(_TELL, told)
        index_documents(connection, [row.id for row in stale if wanted[row.id][0]])


def _serving(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Those payloads that serve a source."""
    captures, trail = schema.capture, schema.trail
    query = select(captures.c.payload_digest).join(trail, trail.c.url_id == captures.c.url_id)
    return set(connection.execute(query.where(captures.c.payload_digest.in_(digests))).scalars())


def _mere_records(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Those payloads that are incident records and serve no source."""
    captures, trail, stated = schema.capture, schema.trail, schema.incident_capture
    serves = (
        select(captures.c.id)
        .join(trail, trail.c.url_id == captures.c.url_id)
        .where(captures.c.payload_digest == stated.c.payload_digest)
        .exists()
    )
    query = select(stated.c.payload_digest).where(stated.c.payload_digest.in_(digests), ~serves)
    return set(connection.execute(query).scalars())


def search_title(cited: Sequence[str], own: str) -> str:
    """What search knows as title: how citations call it, then how it calls itself."""
    return clean_line(" / ".join(dict.fromkeys(filter(None, (*cited, own)))), _TITLES_CAP)


def cited_titles(connection: Connection, digests: Sequence[str]) -> defaultdict[str, list[str]]:
    """By payload digest, the titles under which current citations name the sources that it serves."""
    captures, trail, citations = schema.capture, schema.trail, schema.citation
    found: defaultdict[str, list[str]] = defaultdict(list)
    for chunk in chunks(digests):
        query = (
            select(captures.c.payload_digest, citations.c.title)
            .join(trail, trail.c.url_id == captures.c.url_id)
            .join(citations, citations.c.source_id == trail.c.source_id)
            .where(captures.c.payload_digest.in_(chunk), citations.c.gone_in.is_(None), citations.c.title != "")
            .distinct()
            .order_by(captures.c.payload_digest, citations.c.title)
        )
        for digest, title in connection.execute(query):
            found[digest].append(title)
    return found
