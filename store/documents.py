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
_BROKEN = re.compile("[\u00ad\u200b\u2060\ufeff\ufb00-\ufb06]|[-\u2010][ \t]*\n")
_TITLES_CAP = 1000  # characters


def put_documents(connection: Connection, documents: Sequence[tuple[str, Document]], now: datetime) -> None:
    """Files what was read from payloads, by payload digest; an earlier reading of the same payload gives way."""
    read = dict(documents)
    titles = cited_titles(connection, list(read))
    insert_missing(connection, _documents, [_row(digest, one, now) for digest, one in read.items()])
    numbers = _numbers(connection, list(read))
    _take_out(connection, list(numbers.values()))
    connection.execute(
        update(_documents).where(_documents.c.id == bindparam("number")).values(_values()),
        [
            {
                "number": numbers[digest],
                **{f"new_{name}": value for name, value in _row(digest, one, now).items()},
                "new_search_title": search_title(titles[digest], one.title),
            }
            for digest, one in read.items()
        ],
    )
    pages = [_page_row(numbers[digest], page) for digest, one in read.items() for page in one.pages]
    if pages:
        connection.execute(insert(_pages), pages)
    index_documents(connection, list(numbers.values()))


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
        "authors": list(one.authors),
        "created": one.created,
        "modified": one.modified,
        "producer": one.producer,
        "language": one.language,
        "page_count": one.page_count,
        "read_at": now,
    }


def _page_row(document: int, page: Page) -> dict[str, Any]:
    return {
        "document_id": document,
        "number": page.number,
        "label": page.label,
        "text": page.text,
        "searched": fold(page.text).text if _BROKEN.search(page.text) else None,
        "quality": page.quality,
        "reader": page.reader,
        "note": page.note,
    }


def _numbers(connection: Connection, digests: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(digests):
        query = select(_documents.c.payload_digest, _documents.c.id).where(_documents.c.payload_digest.in_(chunk))
        found |= dict(connection.execute(query).all())
    return found


def _take_out(connection: Connection, numbers: Sequence[int]) -> None:
    """The pages of an earlier reading leave the index, then the table."""
    for chunk in chunks(numbers):
        if connection.execute(select(_pages.c.id).where(_pages.c.document_id.in_(chunk)).limit(1)).first():
            unindex_documents(connection, chunk)
            connection.execute(delete(_pages).where(_pages.c.document_id.in_(chunk)))


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
