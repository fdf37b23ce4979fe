"""A whole link check: every source asked once, redirects followed, each answer judged against its last good capture."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.capture import Capture, Fault
from archive.errors import Interrupted, NetworkDown
from archive.reader import read_payload
from archive.seed import Outcome, OutcomeKind, Seed, Why
from archive.url import host_key
from crawler.run import check as crawl_links
from desk.archiving import recorded
from desk.config import Config
from desk.connecting import crawl_options
from desk.ledger import CatalogueLedger
from desk.place import Place, held
from desk.progress import shown
from desk.supply import publisher_of
from extract.coding import decode
from extract.linkstatus import Facts, Hop, Verdict, judge
from extract.sniffing import sniff
from store import linkhistory
from store.linkhistory import CheckTarget, LinkCheck

_SNIFF_BYTES = 64 << 10
# More than this share of at least so many hosts failing by name or connection: the network is at fault, not the links
# (a census of 12,627 sites found 12 % unreachable on a sound network).
_SUSPECT_SHARE, _SUSPECT_HOSTS = 0.3, 5
_UNREACHED = frozenset({OutcomeKind.DNS_ERROR, OutcomeKind.CONNECT_ERROR})


def check(config: Config, keys: Sequence[str] = (), *, due_only: bool = False) -> dict[str, Any]:
    """Checks the links of these incidents (none named: all) and answers the contract's check object.

    `state` in it is done, or interrupted: then it has the links whose check had ended. Each answer is kept as a
    capture. NetworkDown when no host at all could be reached: then nothing is recorded.
    """
    with held(config) as place:
        targets = linkhistory.sources_for_check(
            place.database, list(keys) or None, due_only=due_only, now=place.seams.now()
        )
        links: list[dict[str, Any]] = []
        with recorded(place, "check", keys) as run:
            asked = _Asked(place, targets)
            with shown() as progress:
                crawl_links(
                    asked,
                    keep=place.writer.keep,
                    ledger=CatalogueLedger(place),
                    options=crawl_options(config),
                    progress=progress,
                    stop=run.stop,
                    backlog=lambda: place.writer.pending_bytes,
                )
            if run.stop.is_set():
                place.writer.drop()
            else:
                asked.raise_if_none_was_reached()
            suspect = asked.network_suspect()
            checks = [_checked(chain, suspect) for chain in asked.chains if chain.ended is not None]
            links = linkhistory.file_link_checks(place.database, run.number, checks, place.seams.now())
    counts = Counter(link["status"] for link in links)
    return {"checked": len(links), "state": run.state, "links": links, "counts": dict(counts.most_common())}


def raise_if_stopped(answer: dict[str, Any]) -> None:
    """Interrupted, with what is kept, for the answer of a check that was stopped."""
    if answer["state"] == "interrupted":
        raise Interrupted(f"stopped with {answer['checked']} links checked; what was found is kept")


@dataclass
class _Chain:
    """A source under check: the redirects so far, how the last request of them ended and what its bytes are."""

    target: CheckTarget
    hops: list[Hop] = field(default_factory=list)
    ended: Outcome | None = None
    mime: str | None = None


class _Asked:
    """`crawler.run.Supply` for a check: the sources themselves, then where their redirects lead."""

    def __init__(self, place: Place, targets: Sequence[CheckTarget]) -> None:
        self._place = place
        self.chains = [_Chain(target) for target in targets]
        self._seeds: list[Seed] = []
        self._chain_of: dict[int, tuple[Seed, _Chain]] = {}  # by identity: two chains may lead to one URL
        for chain in self.chains:
            self._add(_seed(chain.target.url, chain.target.capture), chain)
        self._hosts: dict[str, bool] = {}

    def _add(self, seed: Seed, chain: _Chain) -> None:
        self._seeds.append(seed)
        self._chain_of[id(seed)] = seed, chain

    async def claim(self, limit: int) -> Sequence[Seed]:
        """The next links to ask."""
        claimed, self._seeds = self._seeds[:limit], self._seeds[limit:]
        return claimed

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Follows redirects; the rest is the end of its chain, and looked at."""
        ended: list[tuple[_Chain, Outcome]] = []
        for outcome in outcomes:
            _, chain = self._chain_of.pop(id(outcome.seed))
            reached = outcome.kind not in _UNREACHED
            self._hosts[outcome.seed.host] = self._hosts.get(outcome.seed.host, False) or reached
            onward = next((found for found in outcome.found if found.hop == "R"), None)
            if onward is None or outcome.http_status is None:
                ended.append((chain, outcome))
                continue
            chain.hops.append(Hop(outcome.http_status, onward.url))
            hops = outcome.seed.redirects + 1
            self._add(_seed(onward.url, chain.target.capture, redirects=hops, via=outcome.seed.url), chain)
        await asyncio.to_thread(self._look_at, ended)

    def _look_at(self, ended: Sequence[tuple[_Chain, Outcome]]) -> None:
        """Now, and not when all have ended: the end of a check that is stopped must not take long."""
        for chain, outcome in ended:
            chain.mime, chain.ended = _sniffed(self._place, outcome.capture), outcome

    def raise_if_none_was_reached(self) -> None:
        """NetworkDown when no host at all answered although several were asked."""
        if len(self._hosts) >= _SUSPECT_HOSTS and not any(self._hosts.values()):
            raise NetworkDown(f"none of {len(self._hosts)} hosts could be reached; no link was judged")

    def network_suspect(self) -> bool:
        """True when so many hosts cannot be reached that our own network is the likelier cause."""
        lost = sum(not reached for reached in self._hosts.values())
        return len(self._hosts) >= _SUSPECT_HOSTS and lost > _SUSPECT_SHARE * len(self._hosts)


def _seed(url: str, previous: Capture | None, *, redirects: int = 0, via: str | None = None) -> Seed:
    host = host_key(url)
    same = previous if previous is not None and previous.url == url else None
    return Seed(url, Why.CHECK, host, publisher_of(host), via, "R" * redirects, redirects, same)


def _checked(chain: _Chain, suspect: bool) -> LinkCheck:
    """The verdict on a chain, with what it rests on."""
    assert chain.ended is not None, "only chains that ended are judged"
    facts = _facts(chain, chain.ended, suspect)
    verdict: Verdict = judge(facts)
    evidence = {
        "hops": [{"status": hop.status, "to": hop.to} for hop in chain.hops],
        "outcome": facts.outcome.value,
        "fault": facts.fault.value if facts.fault else None,
        "substitute": facts.substitute.value if facts.substitute else None,
        "mime": facts.mime_now,
        "rule": verdict.source,
    }
    capture = chain.ended.capture
    return LinkCheck(
        source_id=chain.target.source_id,
        status=verdict.status.value,
        reason=verdict.reason,
        http_status=facts.http_status,
        final_url=facts.final_url,
        drift=verdict.drift.value if verdict.drift else None,
        record_id=capture.record_id if capture else None,
        evidence=evidence,
    )


def _facts(chain: _Chain, ended: Outcome, suspect: bool) -> Facts:
    now, before = ended.capture, chain.target.capture
    same = None
    if now is not None and before is not None and now.payload_digest and ended.kind is not OutcomeKind.BLOCKED:
        same = now.payload_digest == before.payload_digest
    fault = ended.fault
    return Facts(
        outcome=ended.kind,
        cited_url=chain.target.url,
        final_url=ended.seed.url,
        http_status=ended.http_status,
        hops=tuple(chain.hops),
        fault=fault if isinstance(fault, Fault) else None,
        substitute=ended.substitute,
        detail=ended.reason,
        mime_now=chain.mime,
        mime_before=chain.target.mime_before,
        same_payload=same,
        payload_length=now.payload_length if now else None,
        network_suspect=suspect,
    )


def _sniffed(place: Place, capture: Capture | None) -> str | None:
    """What the first bytes of an answer are, whatever it was called; None for one without a payload of its own."""
    if capture is None or capture.revisit_of is not None or not capture.payload_length:
        return None
    payload = read_payload(place.config.data, capture)
    content = payload.content
    if payload.coded:
        content = decode(content[:_SNIFF_BYTES], payload.content_encoding, cap=16 * _SNIFF_BYTES).content
    return sniff(content[:_SNIFF_BYTES], payload.content_type).mime
