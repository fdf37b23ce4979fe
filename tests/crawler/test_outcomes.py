"""What was odd about an answer stands in the reason of its outcome, whatever the outcome is."""

import gzip

import pytest

from archive.capture import Truncation
from archive.seed import Outcome, OutcomeKind
from tests.crawler.bench import Trial
from tests.site import Site, answer

PAGE = b"<!doctype html><title>Report</title><p>The report in question.</p>" * 20
GZIP = gzip.compress(PAGE)


def outcome_of(response: bytes) -> tuple[Outcome, Trial]:
    with Site() as site:
        site.add("a.test", "/x", response)
        trial = Trial(site)
        return trial.run(["http://a.test/x"])["http://a.test/x"], trial


def test_compressed_data_that_ends_early_is_truncated_though_its_length_is_right() -> None:
    cut = answer(200, GZIP[:-20], "text/html", Content_Encoding="gzip").wire()
    outcome, trial = outcome_of(cut)
    assert outcome.kind is OutcomeKind.TRUNCATED
    assert outcome.reason == "the body is not whole; the compressed data ends early"
    kept, _, _ = trial.archive.kept[-1]
    assert (bytes(kept.received), kept.truncated, kept.fault) == (cut, Truncation.UNSPECIFIED, None)


def test_compressed_data_that_is_whole_is_captured_without_a_word() -> None:
    outcome, _ = outcome_of(answer(200, GZIP, "text/html", Content_Encoding="gzip").wire())
    assert (outcome.kind, outcome.reason) == (OutcomeKind.CAPTURED, "")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (b"Content-Length: 5", f"the server sent {len(PAGE) - 5} bytes after the end of its answer"),
        (b"Content-Length: 5\r\nContent-Length: 7", "Content-Length is stated as '5 and 7'"),
        (b"Content-Length: -5", "Content-Length is stated as '-5'"),
    ],
)
def test_a_length_that_is_odd_is_told(fields: bytes, reason: str) -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + fields + b"\r\n\r\n" + PAGE
    outcome, trial = outcome_of(sent)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.CAPTURED, reason)
    assert bytes(trial.archive.kept[-1][0].received) == sent


def test_a_chunk_size_that_is_none_is_told() -> None:
    outcome, _ = outcome_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + PAGE)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.TRUNCATED, "the body is not whole; 'zz' is no chunk size")


def test_a_body_where_none_can_be_is_told() -> None:
    outcome, _ = outcome_of(b"HTTP/1.1 204 No Content\r\n\r\n" + PAGE)
    assert outcome.kind is OutcomeKind.HTTP_ERROR
    assert f"{len(PAGE)} bytes after the end of its answer" in outcome.reason
