"""The index: as other indexers make it, merged without reading the archive, found by halving."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.cdxj import leave_lines, line_of, lookup, merge_index, parse_line, rebuild_index
from archive.reader import captures_in
from tests.archive.exchanges import NOW, answer, exchange, keep_all, only_file


def test_the_index_is_the_one_that_cdxj_indexer_makes(tmp_path: Path) -> None:
    exchanges = [
        exchange(
            answer("200 OK", b"<p>x", Content_Type="text/html; charset=utf-8"), "https://www.a.example/B/?z=1&y=2"
        ),
        exchange(answer("301 Moved", Location="/x"), "http://b.example:8080/"),
        exchange(answer("404 Not Found", b"no", Content_Type="TEXT/plain"), "https://a.example/b"),
        exchange(answer("200 OK", b"2"), "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
    ]
    keep_all(tmp_path, exchanges)
    path = only_file(tmp_path)
    made = subprocess.run(
        [str(Path(sys.executable).with_name("cdxj-indexer")), "--sort", str(path)], capture_output=True, check=True
    )
    theirs = sorted(made.stdout.splitlines())
    ours = (tmp_path / "index.cdxj").read_bytes().splitlines()
    assert [_folded(line) for line in ours] == [_folded(line) for line in theirs]
    assert ours == sorted(ours)


def _folded(line: bytes) -> tuple[bytes, dict[str, str]]:
    """A line with its media type in lower case: ours is, theirs is as declared."""
    key, stamp, told = line.split(b" ", 2)
    facts = json.loads(told)
    return key + stamp, facts | {"mime": facts.get("mime", "").lower()}


def test_captures_are_found_by_url_and_time(tmp_path: Path) -> None:
    days = [NOW + timedelta(days=n) for n in range(5)]
    exchanges = [exchange(url=f"https://a.example/{n}", started=day) for n in range(40) for day in days]
    keep_all(tmp_path, exchanges)
    found = lookup(tmp_path, "http://www.a.example/17")
    assert [entry.timestamp for entry in found] == [day.replace(microsecond=0) for day in days]
    nearest = lookup(tmp_path, "https://a.example/17", days[3])[0]
    assert nearest.timestamp == days[3].replace(microsecond=0)
    assert lookup(tmp_path, "https://a.example/1")[0].url == "https://a.example/1"
    for url in ("https://a.example/", "https://a.example/40", "https://zz.example/", "http://0.example/"):
        assert lookup(tmp_path, url) == []
    assert lookup(tmp_path / "nowhere", "https://a.example/1") == []


def test_a_merge_can_be_repeated_and_adds_no_line_twice(tmp_path: Path) -> None:
    captures = keep_all(tmp_path, [exchange(), exchange(url="https://b.example/")])
    before = (tmp_path / "index.cdxj").read_bytes()
    leave_lines(tmp_path, captures[0].warc, map(line_of, captures))
    assert len(lookup(tmp_path, "https://b.example/")) == 1
    assert merge_index(tmp_path) == 1
    assert merge_index(tmp_path) == 0
    assert (tmp_path / "index.cdxj").read_bytes() == before
    (tmp_path / "index.cdxj").unlink()
    assert rebuild_index(tmp_path, captures_in(only_file(tmp_path))) == 2
    assert (tmp_path / "index.cdxj").read_bytes() == before


def test_the_next_run_merges_into_the_index_of_the_last(tmp_path: Path) -> None:
    for n in range(3):
        keep_all(tmp_path, [exchange(url=f"https://{n}.example/")])
    lines = (tmp_path / "index.cdxj").read_bytes().splitlines()
    assert len(lines) == 3
    assert lines == sorted(lines)
    assert not list((tmp_path / "warc").glob("*.cdxj"))


def test_a_line_that_is_none_is_no_entry() -> None:
    assert parse_line(b"") is None
    assert parse_line(b"a 2026 {}") is None
    entry = parse_line(b'a)/ 20260304050607 {"url": "http://a/", "filename": "f", "offset": "1", "length": "2"}\n')
    assert entry is not None
    assert (entry.status, entry.timestamp) == (None, datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))
