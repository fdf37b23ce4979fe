"""The frontier: what is due, who may have it, what follows from how it ended."""

from collections import Counter
from datetime import timedelta

import pytest

from archive.capture import RecordType
from archive.seed import Found, Outcome, OutcomeKind, Why
from store import dossier, runs
from store.database import Database
from store.frontier import Wanted, add_due, add_seeds, claim, release, release_all, settle, waiting
from store.intake import file_captures, file_incident
from store.reconcile import adopt
from store.works import Listed, listed
from tests.store.making import NOW, a_capture, a_citation, a_record, a_seed, captured, failed, fetch_all

A, B, C = "https://a.example/", "https://b.example/b.pdf", "https://c.example/c"
SOON, MONTH = NOW + timedelta(hours=1), NOW + timedelta(days=31)


def want(db: Database, run: int, *urls: str, why: Why = Why.CITED, force: bool = False) -> int:
    return add_seeds(db, run, [Wanted(url, why) for url in urls], now=NOW, force=force)


def next_run(db: Database) -> int:
    return runs.start_run(db, "archive", [], NOW)


def test_where_many_hosts_have_urls_out_each_has_a_share_and_leaves_room(
    db: Database, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.claiming.BEFORE_SHARES", 12)
    want(db, run, *(f"https://h{host}.example/{number}" for host in range(6) for number in range(5)))
    claimed = [seed for _ in range(8) for seed in claim(db, run, 4, NOW)]
    assert Counter(seed.host for seed in claimed) == {f"h{host}.example": 2 for host in range(6)}
    quick = [seed for seed in claimed if seed.host == "h3.example"]
    settle(db, run, [captured(seed) for seed in quick], NOW)
    assert [seed.host for _ in range(3) for seed in claim(db, run, 4, NOW)] == ["h3.example"] * 2


def test_a_claimed_url_is_not_claimed_again_until_it_is_released(db: Database, run: int) -> None:
    assert want(db, run, A, B) == 2
    assert {seed.url for seed in claim(db, run, 10, NOW)} == {A, B}
    assert claim(db, run, 10, NOW) == []
    assert release(db, run) == 2
    assert len(claim(db, run, 10, NOW)) == 2


def test_a_lease_that_is_over_is_free_for_another_run(db: Database, run: int) -> None:
    want(db, run, A)
    assert claim(db, run, 10, NOW, lease_s=60)
    other = next_run(db)
    want(db, other, A)
    assert not claim(db, other, 10, NOW + timedelta(seconds=59))
    assert claim(db, other, 10, NOW + timedelta(seconds=61))


def test_a_run_that_goes_on_claiming_is_never_given_twice_what_it_has(db: Database, run: int) -> None:
    want(db, run, A)
    assert claim(db, run, 10, NOW, lease_s=60)
    other = next_run(db)
    want(db, other, A, B)
    for minute in range(1, 6):
        now = NOW + timedelta(minutes=minute)
        assert not claim(db, run, 10, now, lease_s=60)
        assert not [seed for seed in claim(db, other, 10, now) if seed.url == A]


def test_a_settled_url_is_not_claimed_again_in_its_run(db: Database, run: int) -> None:
    want(db, run, A)
    settle(db, run, [failed(claim(db, run, 1, NOW)[0], OutcomeKind.SKIPPED, retry_after_s=1)], NOW)
    assert want(db, run, A, force=True) == 0
    assert claim(db, run, 1, MONTH) == []


def test_settling_twice_is_settling_once(db: Database, run: int) -> None:
    want(db, run, A)
    outcome = captured(claim(db, run, 1, NOW)[0], Found(B, Why.CITED, "R"), status=301)
    settle(db, run, [outcome, outcome], NOW)
    settle(db, run, [outcome], NOW)
    assert runs.run_object(db, run)["requested"] == 1
    assert [seed.url for seed in claim(db, run, 10, NOW)] == [B]


def test_a_seed_comes_back_as_it_was_wanted(db: Database, run: int) -> None:
    add_seeds(db, run, [(A, Why.LISTING, "page.txt", "L", "institute")], now=NOW)
    (seed,) = claim(db, run, 1, NOW)
    assert (seed.url, seed.why, seed.host, seed.publisher) == (A, Why.LISTING, "a.example", "institute")
    assert (seed.via, seed.hops, seed.redirects, seed.previous) == ("page.txt", "L", 0, None)


def test_a_redirect_is_followed_with_its_hops_counted(db: Database, run: int) -> None:
    want(db, run, A)
    (seed,) = claim(db, run, 1, NOW)
    settle(db, run, [captured(seed, Found(B, Why.CITED, "R"), status=302)], NOW, publisher_of=lambda host: f"of {host}")
    (next_seed,) = claim(db, run, 1, NOW)
    assert (next_seed.url, next_seed.via, next_seed.hops, next_seed.redirects) == (B, A, "R", 1)
    assert next_seed.publisher == "of b.example"


def test_what_is_named_is_wanted_for_its_own_sake_though_a_page_leads_to_it(db: Database, run: int) -> None:
    want(db, run, A, B)
    (first,) = claim(db, run, 1, NOW)
    other = B if first.url == A else A
    settle(db, run, [captured(first, Found(other, Why.DOCUMENT, "L"))], NOW)
    (seed,) = claim(db, run, 10, NOW)
    assert (seed.url, seed.why, seed.hops) == (other, Why.CITED, "")


def test_a_redirect_loop_ends(db: Database, run: int) -> None:
    want(db, run, A)
    for _ in range(2):
        seeds = claim(db, run, 10, NOW)
        settle(
            db,
            run,
            [captured(seed, Found(B if seed.url == A else A, Why.CITED, "R"), status=301) for seed in seeds],
            NOW,
        )
    assert claim(db, run, 10, NOW) == []
    assert waiting(db, run) == 0


def test_what_a_listing_names_is_noted_and_not_fetched(db: Database, run: int) -> None:
    want(db, run, A, why=Why.LISTING)
    (seed,) = claim(db, run, 1, NOW)
    settle(db, run, [captured(seed, Found(B, Why.CITED, "L", "A report", 2020))], NOW)
    assert claim(db, run, 1, NOW) == []
    assert listed(db, "any_page") == [Listed(B, "A report", 2020)]


def test_nothing_is_due_right_after_it_was_captured_and_all_is_a_month_later(db: Database, run: int) -> None:
    want(db, run, A, B)
    assert sorted(fetch_all(db, run)) == [A, B]
    again = next_run(db)
    assert want(db, again, A, B) == 0
    assert add_due(db, again, SOON) == 0
    assert add_due(db, again, MONTH) == 2


def test_force_fetches_what_is_not_due_with_what_it_leads_to(db: Database, run: int) -> None:
    def crawl(run: int) -> list[str]:
        fetched = []
        while seeds := claim(db, run, 10, NOW):
            found = {A: (Found(B, Why.DOCUMENT, "L"),)}
            settle(db, run, [captured(seed, *found.get(seed.url, ())) for seed in seeds], NOW)
            fetched += [seed.url for seed in seeds]
        return fetched

    want(db, run, A)
    assert crawl(run) == [A, B]
    again = next_run(db)
    assert want(db, again, A, force=True) == 1
    assert crawl(again) == [A, B]


@pytest.mark.parametrize(
    ("kind", "first", "third"),
    [
        (OutcomeKind.TIMEOUT, timedelta(hours=6), timedelta(hours=24)),
        (OutcomeKind.DNS_ERROR, timedelta(hours=6), timedelta(hours=24)),
        (OutcomeKind.BLOCKED, timedelta(days=1), timedelta(days=4)),
        (OutcomeKind.NOT_FOUND, timedelta(days=7), timedelta(days=28)),
        (OutcomeKind.GONE, timedelta(days=30), timedelta(days=30)),
        (OutcomeKind.SKIPPED, timedelta(hours=1), timedelta(hours=1)),
    ],
)
def test_what_failed_is_asked_for_again_later_and_later(
    db: Database, kind: OutcomeKind, first: timedelta, third: timedelta
) -> None:
    now = NOW
    for attempt in range(3):
        run = next_run(db)
        add_seeds(db, run, [Wanted(A, Why.CITED)], now=now)
        settle(db, run, [failed(claim(db, run, 1, now)[0], kind)], now)
        wait = (first, 2 * first, third)[attempt] if third > first else first
        assert add_due(db, next_run(db), now + wait - timedelta(seconds=1)) == 0
        now += wait


@pytest.mark.parametrize(
    ("kind", "asked"), [(OutcomeKind.DNS_ERROR, 1), (OutcomeKind.CONNECT_ERROR, 1), (OutcomeKind.BLOCKED, 0)]
)
def test_who_names_a_url_whose_host_was_not_reached_need_not_wait(
    db: Database, run: int, kind: OutcomeKind, asked: int
) -> None:
    add_seeds(db, run, [Wanted(A, Why.CITED)], now=NOW)
    settle(db, run, [failed(seed, kind) for seed in claim(db, run, 10, NOW)], NOW)
    again = next_run(db)
    assert add_due(db, again, NOW) == 0
    assert add_seeds(db, again, [Wanted(A, Why.CITED)], now=NOW) == asked
    assert len(claim(db, again, 10, NOW)) == asked


def test_every_outcome_has_an_interval(db: Database, run: int) -> None:
    want(db, run, *(f"https://{kind.value.replace('_', '-')}.example/" for kind in OutcomeKind))
    kinds = iter(OutcomeKind)
    settle(db, run, [failed(seed, next(kinds)) for seed in claim(db, run, 100, NOW)], NOW)
    assert add_due(db, next_run(db), NOW) == 0
    assert add_due(db, next_run(db), MONTH) == len(OutcomeKind)


def test_a_host_that_says_later_is_asked_then(db: Database, run: int) -> None:
    want(db, run, A)
    settle(db, run, [failed(claim(db, run, 1, NOW)[0], OutcomeKind.SKIPPED, retry_after_s=90)], NOW)
    assert add_due(db, next_run(db), NOW + timedelta(seconds=89)) == 0
    assert add_due(db, next_run(db), NOW + timedelta(seconds=90)) == 1


def test_the_last_good_capture_goes_with_the_seed(db: Database, run: int) -> None:
    want(db, run, A)
    first = captured(claim(db, run, 1, NOW)[0])
    settle(db, run, [first], NOW)
    for outcome in (failed(a_seed(A), OutcomeKind.BLOCKED), _unchanged(first)):
        later = next_run(db)
        want(db, later, A, force=True)
        (seed,) = claim(db, later, 1, NOW)
        assert seed.previous == first.capture
        settle(db, later, [outcome], NOW)


def _unchanged(first: Outcome) -> Outcome:
    assert first.capture is not None
    revisit = a_capture(
        A, status=304, record_type=RecordType.REVISIT, revisit_of=first.capture.record_id, payload_digest=None
    )
    return Outcome(first.seed, OutcomeKind.UNCHANGED, "", 304, revisit)


@pytest.mark.parametrize("status", [301, 404, 503])
def test_only_the_thing_itself_is_a_good_capture(db: Database, run: int, status: int) -> None:
    want(db, run, A)
    settle(db, run, [captured(claim(db, run, 1, NOW)[0], status=status)], NOW)
    later = next_run(db)
    want(db, later, A, force=True)
    assert claim(db, later, 1, NOW)[0].previous is None


def test_an_adopted_capture_is_no_reason_to_ask_conditionally(db: Database, run: int) -> None:
    want(db, run, A)
    adopt(db, [a_capture(A)])
    assert claim(db, run, 1, NOW)[0].previous is None


def test_many_hosts_are_served_and_none_has_too_much_out(db: Database, run: int) -> None:
    want(db, run, *(f"https://big.example/{n}" for n in range(100)), *(f"https://h{n}.example/" for n in range(10)))
    hosts = [seed.host for seed in claim(db, run, 40, NOW, per_host=8)]
    assert len(set(hosts)) == 11
    assert hosts.count("big.example") <= 8
    more = [seed.host for seed in claim(db, run, 40, NOW, per_host=8)]
    assert hosts.count("big.example") + more.count("big.example") == 8


def test_claims_go_round_the_hosts(db: Database, run: int) -> None:
    want(db, run, *(f"https://h{n:02}.example/{m}" for n in range(10) for m in range(2)))
    rounds = [[seed.host for seed in claim(db, run, 4, NOW)] for _ in range(5)]
    assert sum(map(len, rounds)) == 20
    assert len({host for hosts in rounds[:3] for host in hosts}) == 10


def test_the_longest_due_of_a_host_comes_first(db: Database, run: int) -> None:
    old = [f"https://a.example/{n}" for n in range(3)]
    for hours, url in enumerate(reversed(old)):
        add_seeds(db, next_run(db), [Wanted(url, Why.CITED)], now=NOW - timedelta(hours=hours))
    assert add_due(db, run, NOW) == 3
    assert [seed.url for seed in claim(db, run, 2, NOW)] == old[:2]


def test_a_killed_run_is_cleared_up_and_its_work_is_still_due(db: Database, run: int) -> None:
    want(db, run, A, B)
    claim(db, run, 1, NOW)
    assert release_all(db, SOON) == 1
    assert runs.run_object(db, run)["state"] == "interrupted"
    again = next_run(db)
    assert want(db, again, A, B) == 2
    assert sorted(fetch_all(db, again)) == [A, B]


def test_what_an_interrupted_run_had_found_goes_with_its_source(db: Database, run: int) -> None:
    file_incident(db, a_record(a_citation(1, "Audit", A)), now=NOW)
    source = dossier.works(db)[0].source_id
    add_seeds(db, run, [Wanted(A, Why.CITED, source_id=source)], now=NOW)
    (seed,) = claim(db, run, 1, NOW)
    settle(db, run, [captured(seed, Found(B, Why.DOCUMENT, "L"))], NOW)
    release_all(db, NOW)
    again = next_run(db)
    assert add_seeds(db, again, [Wanted(A, Why.CITED, source_id=source)], now=SOON) == 1
    assert [seed.url for seed in claim(db, again, 10, SOON)] == [B]


def test_force_fetches_the_documents_of_a_page_that_was_not_modified(db: Database, run: int) -> None:
    file_incident(db, a_record(a_citation(1, "Audit", A)), now=NOW)
    cited = [Wanted(A, Why.CITED, source_id=dossier.works(db)[0].source_id)]
    add_seeds(db, run, cited, now=NOW)
    first = captured(claim(db, run, 1, NOW)[0], Found(B, Why.DOCUMENT, "L"))
    settle(db, run, [first], NOW)
    fetch_all(db, run)
    again = next_run(db)
    add_seeds(db, again, cited, now=NOW, force=True)
    settle(db, again, [_unchanged(first)], NOW)
    assert fetch_all(db, again) == [B]


def test_captures_of_redirects_and_documents_belong_to_the_source(db: Database, run: int) -> None:
    file_incident(db, a_record(a_citation(1, "Audit", A)), now=NOW)
    add_seeds(db, run, [Wanted(A, Why.CITED, source_id=dossier.works(db)[0].source_id)], now=NOW)
    found = {A: Found(C, Why.CITED, "R"), C: Found(B, Why.DOCUMENT, "L")}
    while seeds := claim(db, run, 10, NOW):
        settle(db, run, [captured(seed, *filter(None, [found.get(seed.url)])) for seed in seeds], NOW)
    told = dossier.incident_object(db, "tram-scoring")["citations"][0]
    assert [capture["url"] for capture in told["captures"]] == [A, C, B]


def test_a_link_check_asks_though_nothing_is_due_and_leaves_the_time_of_capture(db: Database, run: int) -> None:
    want(db, run, A)
    fetch_all(db, run)
    check = runs.start_run(db, "check", [], SOON)
    assert add_seeds(db, check, [Wanted(A, Why.CHECK)], now=SOON) == 1
    (seed,) = claim(db, check, 1, SOON)
    assert seed.why is Why.CHECK
    settle(db, check, [captured(seed, Found(B, Why.CHECK, "R"), status=301)], SOON)
    assert [(seed.url, seed.why) for seed in claim(db, check, 1, SOON)] == [(B, Why.CHECK)]
    assert add_due(db, next_run(db), NOW + timedelta(days=29)) == 1  # only the target, which nobody has captured
    assert add_due(db, next_run(db), NOW + timedelta(days=30)) == 2


def test_a_row_filed_before_its_outcome_is_the_same_capture(db: Database, run: int) -> None:
    want(db, run, A)
    outcome = captured(claim(db, run, 1, NOW)[0])
    assert outcome.capture is not None
    assert file_captures(db, [outcome.capture]) == 1
    settle(db, run, [outcome], NOW)
    assert file_captures(db, [outcome.capture]) == 0
    assert runs.run_object(db, run)["outcomes"][0]["capture"]["record_id"] == outcome.capture.record_id
