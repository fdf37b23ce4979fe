"""What a data folder holds, as our own reader tells it: the measure for what other tools make of it."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archive.capture import Capture, Conversion, RecordType
from archive.reader import captures_in, items_in, read_payload
from tests.journeys.oracles import Replayed, Wayback


def warcs(data: Path) -> list[Path]:
    """The WARC files of a data folder, in order of their making; all are finished."""
    found = sorted((data / "warc").iterdir())
    assert all(path.name.endswith(".warc.gz") for path in found)
    return sorted(found, key=lambda path: next(captures_in(path)).timestamp)


def index_of(data: Path) -> list[str]:
    """The lines of our index."""
    return (data / "index.cdxj").read_text().splitlines()


def facts_of(line: str) -> dict[str, str]:
    """A line of an index as its fields, with key and timestamp."""
    key, stamp, told = line.split(" ", 2)
    return {"key": key, "timestamp": stamp, **json.loads(told)}


@dataclass(frozen=True)
class Kept:
    """A capture and the payload that stands for it: of a revisit that of the response it repeats."""

    capture: Capture
    payload: bytes

    @property
    def replayed(self) -> Replayed:
        """How pywb replays it: a revisit of a 3xx answer as it is, without a look at what it repeats."""
        status = self.capture.http_status
        assert status is not None
        bare = self.capture.record_type is RecordType.REVISIT and 300 <= status < 400
        return Replayed(status, b"" if bare else self.payload)


def conversions_in(data: Path) -> list[Conversion]:
    """The texts in a data folder."""
    return [item for path in warcs(data) for item in items_in(path) if isinstance(item, Conversion)]


def kept_in(data: Path) -> list[Kept]:
    """Every capture of the web in a data folder."""
    captures = [capture for path in warcs(data) for capture in captures_in(path)]
    by_id = {capture.record_id: capture for capture in captures}
    return [
        Kept(capture, read_payload(data, by_id[capture.revisit_of or capture.record_id]).content)
        for capture in captures
        if urlsplit(capture.url).scheme in ("http", "https")
    ]


def assert_replays(server: Wayback, kept: list[Kept]) -> None:
    """pywb answers each capture as our reader does. Its index knows seconds: of two in one, either may be answered."""
    expected = defaultdict(set)
    for one in kept:
        expected[f"{one.capture.timestamp:%Y%m%d%H%M%S}", one.capture.url].add(one.replayed)
    for (stamp, url), answers in expected.items():
        replayed = server.replay(stamp, url)
        assert replayed in answers, f"{stamp} {url}: {replayed.status}, {len(replayed.body)} bytes"
