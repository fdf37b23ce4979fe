"""Files, and payloads in the archive, as the readers read them, and their tables as files of rows."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import UsageError, WriteFailed
from archive.fields import sha256_of
from archive.showing import page_url
from desk.config import Config
from desk.giving import as_csv, write_whole
from desk.looking import is_digest
from desk.place import reading_pool
from desk.taking import taken
from extract.coding import decode
from extract.document import Document
from extract.pool import Answer, Pool
from extract.reading import submit_reading
from extract.sniffing import Kind, sniff

READ_TABLES = "extract.tables:read_tables"


def read_files(config: Config, files: Sequence[str], *, tables: bool = False) -> list[dict[str, Any]]:
    """What the readers make of files, `[{file, document, pages}]`; UsageError for one that cannot be opened.

    What is written as a payload digest is taken from the archive. With `tables` each answer has the ruled tables of a
    PDF as `tables`, `[{page, box, rows}]` (`extract.tables.read_tables`), and as `tables_reason` why there may be more.
    """
    wanted = [_taken(config, name) if is_digest(name) else _opened(Path(name)) for name in files]
    with reading_pool(config) as pool:
        asked = [
            submit_reading(pool, one.content, mime=one.mime, url=one.url, content_encoding=one.coding) for one in wanted
        ]
        sought = [_submit_tables(pool, one) if tables else None for one in wanted]
        answers = [
            _as_answer(name, future.result(), one) for name, future, one in zip(files, asked, wanted, strict=True)
        ]
        if tables:
            answers = [{**answer, **_tables(one)} for answer, one in zip(answers, sought, strict=True)]
    return answers


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Bytes to be read, and what is said of them: type, URL or name, content coding."""

    content: bytes
    url: str
    mime: str | None = None
    coding: str | None = None


def _opened(path: Path) -> _Wanted:
    try:
        return _Wanted(path.read_bytes(), path.name)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", advice="Check the path and its rights.") from error


def _taken(config: Config, digest: str) -> _Wanted:
    capture, payload = taken(config, digest)
    return _Wanted(payload.content, page_url(capture), payload.content_type, payload.content_encoding)


def _submit_tables(pool: Pool, wanted: _Wanted) -> Future[Answer] | None:
    """None for what is no PDF."""
    content = decode(wanted.content, wanted.coding).content
    return pool.submit(READ_TABLES, content) if sniff(content).kind == Kind.PDF else None


def _tables(sought: Future[Answer] | None) -> dict[str, Any]:
    if sought is None:
        return {"tables": [], "tables_reason": "tables are looked for in PDFs"}
    answer = sought.result()
    if answer.failure is not None:
        return {"tables": [], "tables_reason": f"{answer.failure}: {answer.reason}"}
    found: dict[str, Any] = answer.value or {}
    return {"tables": found.get("tables", []), "tables_reason": str(found.get("reason", ""))}


def write_tables(answers: Sequence[dict[str, Any]], folder: Path) -> None:
    """Writes each table of `read_files` as `FILE.page-3.table-1.csv` into a folder, and notes that as its `csv`.

    UsageError when two files have one name: the tables of one would take the place of the other's. WriteFailed.
    """
    names = [Path(answer["file"]).name.replace(":", "-") for answer in answers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"two files are called {twice}", advice="Write their tables into folders of their own.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteFailed(f"{folder} cannot be made: {error.strerror}", advice="Choose another place.") from error
    for name, answer in zip(names, answers, strict=True):
        for number, table in enumerate(answer["tables"], 1):
            out = folder / f"{name}.page-{table['page']}.table-{number}.csv"
            write_whole(out, as_csv(table["rows"]).encode())
            table["csv"] = str(out)


def _as_answer(name: str, document: Document, wanted: _Wanted) -> dict[str, Any]:
    plain = document.as_plain()
    pages = [{key: page[key] for key in ("number", "label", "text", "quality", "note")} for page in plain.pop("pages")]
    plain["pages"] = plain.pop("page_count")
    return {"file": name, "document": {"payload_digest": sha256_of(wanted.content), **plain}, "pages": pages}
