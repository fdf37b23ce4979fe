"""Files on disk as the readers read them, and their tables as files of rows."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from archive.errors import UsageError, WriteFailed
from archive.fields import sha256_of
from desk.config import Config
from desk.giving import as_csv, write_whole
from desk.place import reading_pool
from extract.document import Document
from extract.pool import Answer
from extract.reading import submit_reading
from extract.sniffing import Kind, sniff

READ_TABLES = "extract.tables:read_tables"


def read_files(config: Config, files: Sequence[Path], *, tables: bool = False) -> list[dict[str, Any]]:
    """What the readers make of these files, `[{file, document, pages}]`; UsageError for one that cannot be opened.

    With `tables` each has the ruled tables of a PDF as `tables`, `[{page, box, rows}]` (`extract.tables.read_tables`),
    and as `tables_reason` why there may be more.
    """
    contents = [_content(path) for path in files]
    with reading_pool(config) as pool:
        asked = [
            submit_reading(pool, content, mime=None, url=path.name)
            for path, content in zip(files, contents, strict=True)
        ]
        sought = [pool.submit(READ_TABLES, one) if tables and sniff(one).kind == Kind.PDF else None for one in contents]
        answers = [
            _as_answer(path, one.result(), content) for path, one, content in zip(files, asked, contents, strict=True)
        ]
        if tables:
            answers = [{**answer, **_tables(one)} for answer, one in zip(answers, sought, strict=True)]
    return answers


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
    names = [Path(answer["file"]).name for answer in answers]
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


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", advice="Check the path and its rights.") from error


def _as_answer(path: Path, document: Document, content: bytes) -> dict[str, Any]:
    plain = document.as_plain()
    pages = [{key: page[key] for key in ("number", "label", "text", "quality", "note")} for page in plain.pop("pages")]
    plain["pages"] = plain.pop("page_count")
    return {"file": str(path), "document": {"payload_digest": sha256_of(content), **plain}, "pages": pages}
