"""Documents to text: files on disk for `read`, archived payloads for a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.fields import sha256_of
from desk.config import Config
from desk.place import reading_pool
from extract.document import Document
from extract.reading import submit_reading


def read_files(config: Config, files: Sequence[Path]) -> list[dict[str, Any]]:
    """What the readers make of these files, `[{file, document, pages}]`; UsageError for one that cannot be opened."""
    contents = [_content(path) for path in files]
    with reading_pool(config) as pool:
        asked = [
            submit_reading(pool, content, mime=None, url=path.name)
            for path, content in zip(files, contents, strict=True)
        ]
        return [
            _as_answer(path, one.result(), content) for path, one, content in zip(files, asked, contents, strict=True)
        ]


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
