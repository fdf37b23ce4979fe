"""Exchanges made by hand from bytes, framed as the wire engine frames them."""

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.capture import Capture, Exchange, Framing, Origin, Tls
from archive.clock import SYSTEM, Seams
from archive.records import Agent
from archive.writer import ArchiveWriter

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
AGENT = Agent("sourcekeep/test", "sourcekeep (+https://sourcekeep.example)", "José, the operator", "obeys robots.txt")
CITED = Origin("cited", "https://incidents.example/page one", "L")
SENT = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)([^\r\n]*)", re.IGNORECASE)


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer with a right Content-Length."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def exchange(received: bytes = PAGE, url: str = "https://a.example/", **given: Any) -> Exchange:
    """An exchange of `received`, its offsets found by the engine's rules."""
    head_at = 0
    while True:
        while received[head_at : head_at + 1] in (b"\r", b"\n"):
            head_at += 1
        line = _STATUS.match(received, head_at)
        end = re.compile(rb"\r?\n\r?\n").search(received, head_at)
        if not (line and end and line[1].startswith(b"1") and line[1] != b"101"):
            break
        head_at = end.end()
    status, framing = None, Framing.NONE
    fields: list[Any] = []
    body_at = end_at = len(received)
    if line and end:
        status, body_at = int(line[1]), end.end()
        fields = [
            tuple(map(bytes.strip, f.split(b":", 1))) for f in received[head_at:body_at].split(b"\n")[1:] if b":" in f
        ]
        framing, end_at = _framing(received, body_at, status, fields)
    else:
        head_at = body_at
    facts: dict[str, Any] = {
        "url": url, "method": "GET", "sent": SENT, "received": memoryview(received), "head_at": head_at,
        "body_at": body_at, "end_at": end_at, "status": status, "reason": line[2].strip() if line else b"",
        "headers": tuple(fields), "framing": framing, "started": NOW, "seconds": 0.25, "peer": "192.0.2.7", "port": 443,
        "tls": Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", (b"leaf" * 200, b"root" * 200), "ok"),
    }  # fmt: skip
    return Exchange(**(facts | given))


def _framing(received: bytes, body_at: int, status: int, fields: list[Any]) -> tuple[Framing, int]:
    named = [(name.lower(), value) for name, value in fields]
    if status in (204, 304):
        return Framing.NONE, body_at
    if any(name == b"transfer-encoding" and value.lower().endswith(b"chunked") for name, value in named):
        return Framing.CHUNKED, len(received)
    lengths = {value for name, value in named if name == b"content-length"}
    if len(lengths) == 1 and (only := lengths.pop()).isdigit():
        return Framing.LENGTH, min(len(received), body_at + int(only))
    return Framing.CLOSE, len(received)


def forms(samples: Path) -> dict[str, bytes]:
    """The odd answers of the wire samples that have any bytes, by name."""
    found = {}
    for form in json.loads((samples / "wire" / "forms.json").read_text()):
        made = b"".join(_part(part) for part in form.get("made_of", ()))
        content = made or base64.b64decode(form.get("bytes_base64", ""))
        if content:
            found[form["name"]] = content
    return found


def _part(part: dict[str, Any]) -> bytes:
    if "numbered" in part:
        return "".join(str(part["numbered"]).replace("{n}", str(n)) for n in range(part["times"])).encode()
    return str(part["text"]).encode() * int(part.get("times", 1))


def keep_all(
    folder: Path, exchanges: list[Exchange], *, seams: Seams = SYSTEM, origin: Origin = CITED, **given: Any
) -> list[Capture]:
    """Write exchanges into `folder` and give their captures."""
    with ArchiveWriter(folder, run="run-1", agent=AGENT, seams=seams, **given) as writer:
        futures = [writer.keep(each, origin) for each in exchanges]
        return [future.result(10) for future in futures]


def only_file(folder: Path) -> Path:
    """The one WARC file of a data folder."""
    (path,) = (folder / "warc").glob("*.warc.gz*")
    return path
