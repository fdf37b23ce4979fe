"""WARC records as other programs order them, and an import of them as short as a test can say it."""

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.accession import Gathered, Survey, original, survey
from archive.capture import Capture
from archive.fields import sha256_of
from archive.importing import bring_in
from archive.members import Inflater, compressed
from archive.records import Accession
from archive.scanner import scan_warc
from archive.stretch import mapped
from tests.archive.exchanges import AGENT, PAGE

ACCESSION = Accession("theirs.warc.gz", "sha256:" + "ab" * 32)


def named(text: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}>"


def record(kind: str, name: str, block: bytes = PAGE, **fields: str) -> bytes:
    """A record of this id; underscores in field names are hyphens."""
    lines = [f"WARC-Type: {kind}", f"WARC-Record-ID: {named(name)}", "WARC-Date: 2020-01-02T03:04:05Z"]
    lines += [f"{field.replace('_', '-')}: {value}" for field, value in fields.items()]
    lines += [f"WARC-Block-Digest: {sha256_of(block)}", f"Content-Length: {len(block)}"]
    return ("WARC/1.0\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + block + b"\r\n\r\n"


def response(name: str, block: bytes = PAGE, url: str = "", **fields: str) -> bytes:
    url = url or f"https://theirs.example/{name}"
    kind = {"Content_Type": "application/http; msgtype=response", "WARC_Target_URI": url}
    return record("response", name, block, **kind, **fields)


def request(name: str, **fields: str) -> bytes:
    kind = {"Content_Type": "application/http; msgtype=request", "WARC_Target_URI": "https://theirs.example/"}
    return record("request", name, b"GET / HTTP/1.1\r\n\r\n", **kind, **fields)


def info(name: str, content: bytes = b"software: theirs/1.0\r\n") -> bytes:
    return record("warcinfo", name, content, Content_Type="application/warc-fields")


def looked_through(path: Path) -> Survey:
    with original(path.name, mapped(path), path.parent) as one:
        return survey(one, lambda done: None)


def bring(folder: Path, path: Path, left_out: Sequence[str] = (), **given: int) -> list[Capture]:
    """Brings a file in, but for the captures of these ids."""

    def wanted(found: Survey) -> Iterator[Gathered]:
        return (one for one in found.captures if one.record_id not in left_out)

    with original(path.name, mapped(path), path.parent) as one:
        found = survey(one, lambda done: None)
        done = bring_in(folder, one, wanted(found), ACCESSION, run="import-1", agent=AGENT, **given)
        return [capture for captures in done for capture in captures]


def zipped(*records: bytes) -> bytes:
    """The records, a gzip member each."""
    return b"".join(map(compressed, records))


def kept(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def records_of(path: Path) -> list[bytes]:
    """The records of a compressed file, each as it lies in its member."""
    data = path.read_bytes()
    return [b"".join(Inflater(memoryview(data), one.offset).pieces()) for one in scan_warc(data)]
