"""One job on an archive file, in a process of its own, for `benchmarks.archive` to measure."""

import io
import os
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.archive import bodies
from benchmarks.large import PAYLOAD

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n"
SENT = b"GET / HTTP/1.1\r\nHost: www.site.example\r\n\r\n"


def write_ours(out: Path, pages: Iterable[bytes], *, synced: bool) -> None:
    """Every page through our writer, at most 64 in flight."""
    from archive.capture import Exchange, Framing, Origin
    from archive.records import Agent
    from archive.writer import ArchiveWriter

    if not synced:
        os.fdatasync = os.fsync = lambda fd: None
    waiting: list[object] = []
    with ArchiveWriter(out, run="bench", agent=Agent("bench", "bench", "bench", "none")) as writer:
        for number, body in enumerate(pages):
            head = HEAD.format(len(body)).encode()
            kept = Exchange(
                url=f"https://www.site-{number % 50}.example/page/{number}", method="GET", sent=SENT,
                received=memoryview(head + body), head_at=0, body_at=len(head), end_at=len(head) + len(body),
                status=200, reason=b"OK", headers=((b"Content-Type", b"text/html; charset=utf-8"),),
                framing=Framing.LENGTH, started=datetime.now(UTC), seconds=0.25, peer="192.0.2.7", port=443, tls=None,
            )  # fmt: skip
            waiting.append(writer.keep(kept, Origin("cited", None, "")))
            while len(waiting) >= 64:
                waiting = [one for one in waiting if not one.done()]  # type: ignore[attr-defined]
                if len(waiting) >= 64:
                    time.sleep(0.001)


def write_warcio(out: Path, count: int) -> None:
    """The way of warcio's manual: a request and a response record, its own compression."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with (out / "theirs.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
        for number, body in enumerate(bodies(count)):
            url = f"https://www.site-{number % 50}.example/page/{number}"
            fields = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
            head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
            answer = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=head)
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "www.site.example")], is_http_request=True)
            writer.write_request_response_pair(writer.create_warc_record(url, "request", http_headers=asked), answer)


def check_with_fastwarc(file: Path) -> None:
    """The block digest of every record."""
    from fastwarc.warc import ArchiveIterator

    with file.open("rb") as stream:
        if not all(record.verify_block_digest() for record in ArchiveIterator(stream, parse_http=False)):
            raise SystemExit("a digest does not match")


def make_index(out: Path, file: Path) -> None:
    """The sorted index lines of a file."""
    from archive.cdxj import rebuild_index
    from archive.reader import captures_in

    rebuild_index(out, captures_in(file))


def main(name: str, out: Path, told: str) -> None:
    """Does the job of this name."""
    if name == "fastwarc":
        check_with_fastwarc(Path(told))
    elif name == "index":
        make_index(out, Path(told))
    elif name == "write-warcio":
        write_warcio(out, int(told))
    elif name == "write-large":
        write_ours(out, (os.urandom(PAYLOAD) for _ in range(int(told))), synced=False)
    else:
        write_ours(out, bodies(int(told)), synced=name == "write-synced")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
