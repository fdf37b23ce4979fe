"""Whatever a server does, each URL ends in its one outcome in time, and every byte that came is kept."""

from collections.abc import Callable

import pytest

from archive.seed import OutcomeKind
from tests.crawler.meeting import GRACE_S, REFUSED, TOTAL_S, UNKNOWN, Meeting, meet_by_program, meet_in_process
from tests.hostile import URLS

MOST_MEMORY = 300 << 20
BY_PROGRAM = "in a run of the program"
WAYS: dict[str, Callable[[pytest.TempPathFactory], Meeting]] = {
    "in a link check": lambda folders: meet_in_process(),
    BY_PROGRAM: lambda folders: meet_by_program(folders.mktemp("hostile")),
}
of_the_program = pytest.mark.parametrize("meeting", [BY_PROGRAM], indirect=True)


@pytest.fixture(scope="module", params=WAYS)
def meeting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Meeting:
    return WAYS[request.param](tmp_path_factory)


def test_there_are_at_least_ninety_five_misbehaviours() -> None:
    misbehaviours = [one for one in URLS.values() if not one.manners]
    assert len(misbehaviours) >= 95
    assert all(one.outcome is not None for one in misbehaviours)


@pytest.mark.parametrize("url", URLS)
def test_each_ends_in_its_one_outcome_and_says_why(url: str, meeting: Meeting) -> None:
    expected = URLS[url]
    [(kind, reason)] = meeting.outcomes[url]
    if expected.outcome is not None:
        assert kind == expected.outcome, reason
    assert expected.reason in reason
    assert reason or kind == OutcomeKind.CAPTURED


@pytest.mark.parametrize("url", URLS)
def test_each_is_over_within_its_deadline(url: str, meeting: Meeting) -> None:
    """Judged each for itself, by the exchange and by how long the server saw it last."""
    most_s = (TOTAL_S + GRACE_S) * meeting.slowness
    assert all(kept.seconds < most_s for kept in meeting.kept[url])
    for served in meeting.served.get(url, []):
        assert served.over_at is not None
        assert served.over_at - served.request.at < most_s


@pytest.mark.parametrize("url", URLS)
def test_each_record_holds_what_was_sent_and_says_what_is_missing(url: str, meeting: Meeting) -> None:
    sent = [bytes(served.sent) for served in meeting.served.get(url, []) if served.sent]
    kept = meeting.kept[url]
    assert len(kept) == len(sent)
    for record, whole in zip(kept, sent, strict=True):
        assert record.received
        assert whole.startswith(record.received)
        assert record.truncated == (URLS[url].cut or "")
        if record.truncated not in ("length", "time"):
            assert record.received == whole


def test_each_robots_is_kept_as_it_was_sent(meeting: Meeting) -> None:
    asked = [url for url in meeting.served if url.endswith("/robots.txt")]
    assert len(asked) > 200
    for url in asked:
        sent = [bytes(served.sent) for served in meeting.served[url] if served.sent]
        assert len(meeting.kept[url]) == len(sent)
        for record, whole in zip(meeting.kept[url], sent, strict=True):
            assert whole.startswith(record.received)
            assert record.truncated in ("length", "time") or record.received == whole


def test_no_page_is_asked_for_more_than_three_times(meeting: Meeting) -> None:
    assert max(len(meeting.served.get(url, [])) for url in URLS) <= 3


@of_the_program
def test_a_host_that_is_not_there_has_its_outcome_too(meeting: Meeting) -> None:
    assert [kind for kind, _ in meeting.outcomes[REFUSED]] == [OutcomeKind.CONNECT_ERROR]
    assert [kind for kind, _ in meeting.outcomes[UNKNOWN]] == [OutcomeKind.DNS_ERROR]


@of_the_program
def test_ever_new_redirects_are_followed_ten_times(meeting: Meeting) -> None:
    hops = [url for url in meeting.outcomes if url and "redirect-ever-new?" in url]
    assert len(hops) == 10
    assert [kind for kind, _ in meeting.outcomes[max(hops, key=len)]] == [OutcomeKind.HTTP_ERROR]


@of_the_program
def test_the_program_takes_less_than_300_mb_and_shows_no_traceback(meeting: Meeting) -> None:
    assert 30 << 20 < meeting.peak_bytes < MOST_MEMORY
    assert "Traceback" not in meeting.errors
    assert "Error" not in meeting.errors
