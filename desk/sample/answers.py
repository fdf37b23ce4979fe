"""What the sample web answers at which address, as `web.toml` states it."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOLDER = Path(__file__).parent
TYPES = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".txt": "text/plain; charset=utf-8"}
MADE = date(2024, 12, 2)  # the day that the sample's pages bear when `web.toml` gives them none


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the sample web; `headers` holds all but those of the connection."""

    url: str
    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Host and path with query: what a request is looked up by."""
        parts = urlsplit(self.url)
        return parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")


@cache
def sample_answers() -> Mapping[tuple[str, str], Answer]:
    """Every answer of `web.toml` by host and path; ValueError when two rows have one address."""
    rows = tomllib.loads((FOLDER / "web.toml").read_text(encoding="utf-8"))["answer"]
    answers = {answer.key: answer for answer in map(_answer, rows)}
    if len(answers) < len(rows):
        raise ValueError("web.toml has an address twice")
    return answers


@cache
def not_found() -> Answer:
    """What every address that is not listed answers; an unknown host's too."""
    return _answer({"url": "http://localhost/", "status": 404, "file": "errors/not-found.html"})


def _answer(row: Mapping[str, Any]) -> Answer:
    status = row.get("status", 200)
    if "file" not in row:
        return Answer(row["url"], status, b"", row.get("headers", {}))
    path = FOLDER / "web" / row["file"]
    content = path.read_bytes()
    headers = {"Content-Type": TYPES[path.suffix]}
    if status == 200:
        headers["Last-Modified"] = http_date(row.get("modified", MADE))
        headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return Answer(row["url"], status, content, headers | row.get("headers", {}))


def http_date(day: date) -> str:
    """Nine in the morning of `day` as an HTTP date (RFC 9110 §5.6.7)."""
    return format_datetime(datetime.combine(day, time(9), UTC), usegmt=True)
