"""An AIAAIC page of any of its three generations: blocks in, one Incident out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from archive.errors import UnreadableRecord
from extract.dates import state_date
from extract.incident.block import Block
from extract.incident.citations import is_list_line, list_citations, mentions
from extract.incident.events import event_head, read_events
from extract.incident.facts import named, once_each, read_facts
from extract.incident.gluing import unglue
from extract.incident.headings import KINDS, Kind, heading_of, plain_heading, seems_heading
from extract.incident.joining import join
from extract.incident.keys import aiaaic_id, page_key, slug
from extract.incident.material import Material
from extract.incident.values import Citation, Event, Incident

MOST_CITATIONS = 10_000
_FURNITURE = re.compile(
    r"^(?:Report incident.{0,12}\|.*|Improve page.{0,12}\|.*|Access database.{0,12}|Report abuse|Page details"
    r"|Copy heading link|Skip to (?:main content|navigation)|Search this site|Embedded Files"
    r"|Google Sites|Page updated|Share this page)$"
)
_LICENCE = re.compile(r"\bCC BY-SA\b|Creative Commons", re.IGNORECASE)
_DEAD = re.compile(r"^404(?:\W|$)")
_PAGE_FACTS = ("Type", "Occurred", "Published", "Page published", "Last updated", "AIAAIC Repository ID")


@dataclass
class Section:
    """A heading (empty for the lead) and the blocks under it."""

    heading: str
    kind: Kind
    known: bool = True
    blocks: list[Block] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The blocks' texts, a line each."""
        return "\n".join(block.text for block in self.blocks)


def read_page(title: str, blocks: Iterable[Block], material: Material, url: str | None) -> Incident:
    """One Incident out of a page's blocks in order, title apart; UnreadableRecord for a page that is gone or empty.

    Never guesses: what has no known form stays in `sections`, with a sentence in `warnings` where a reader of the
    record should look.
    """
    sections = divide(block for block in blocks if not is_furniture(block.text))
    if _DEAD.match(title) and len(sections) == 1:
        raise UnreadableRecord(f"{material.name}: the page is gone, its text begins with “{title[:40]}”")
    if not title and not any(section.blocks for section in sections):
        raise UnreadableRecord(f"{material.name}: the page holds no text")
    facts = [fact for section in sections for fact in take_facts(section)]
    events, citations = _read_sections(sections)
    lead = sections[0].text or next((one.text for one in sections if one.heading == "What happened"), "")
    number = aiaaic_id(named(facts, "AIAAIC Repository ID")) or aiaaic_id(material.stem)
    cited = join(citations[:MOST_CITATIONS])
    return Incident(
        key=(page_key(url) if url else None) or (number.lower() if number else slug(material.stem)),
        title=title,
        type=named(facts, "Type"),
        occurred=state_date(named(facts, "Occurred")),
        published=state_date(named(facts, "Published", "Page published")),
        updated=state_date(named(facts, "Last updated")),
        page_url=url,
        summary=lead,
        aliases=(("aiaaic", number),) if number else (),
        fields=once_each(fact for fact in facts if fact[0] not in _PAGE_FACTS),
        sections=tuple((section.heading, section.text) for section in sections[1:]),
        events=tuple(events),
        citations=cited,
        warnings=tuple(_warnings(title, sections, citations)),
    )


def divide(blocks: Iterable[Block]) -> list[Section]:
    """The blocks under their headings, glued ones cut apart; the first section is the lead, without a heading."""
    sections = [Section("", Kind.LEAD)]
    for block in blocks:
        for piece in [block] if block.heading else unglue(block):
            known = heading_of(piece.text)
            if known:
                sections.append(Section(known, KINDS[known]))
            elif (piece.heading and not event_head(piece.text)) or seems_heading(piece.text):
                sections.append(Section(plain_heading(piece.text) or piece.text, Kind.PROSE, known=False))
            else:
                sections[-1].blocks.append(piece)
    return sections


def is_furniture(text: str) -> bool:
    """True for what stands on every page of the site: report and share links, the licence in the footer."""
    return bool(_FURNITURE.match(text)) or (len(text) < 300 and bool(_LICENCE.search(text)))


def take_facts(section: Section) -> list[tuple[str, str]]:
    """The labelled facts of a section; outside of page info and system data they leave its text."""
    facts: list[tuple[str, str]] = []
    rest = []
    for block in section.blocks:
        found = read_facts(block.text, expected=section.kind is Kind.FACTS)
        facts += found
        if not found:
            rest.append(block)
    if section.kind is not Kind.FACTS:
        section.blocks[:] = rest
    return facts


def _read_sections(sections: Sequence[Section]) -> tuple[list[Event], list[Citation]]:
    events: list[Event] = []
    citations: list[Citation] = []
    for section in sections:
        if section.kind is Kind.EVENTS:
            told, cited = read_events(section.blocks, section.heading)
            events += told
            citations += cited
        else:
            citations += _sources(section)
    return events, citations


def _sources(section: Section) -> Iterator[Citation]:
    expected = section.kind is Kind.SOURCES
    for block in section.blocks:
        if section.kind is Kind.FACTS and read_facts(block.text, expected=True):
            continue
        if is_list_line(block, expected=expected) and not _is_internal(block, section):
            yield from list_citations(block, section.heading)
        else:
            yield from mentions(block, section.heading, None)


def _is_internal(block: Block, section: Section) -> bool:
    """True for a line of `Related` or `System` that only names another page of the repository."""
    return section.kind is Kind.RELATED and not block.anchors and "(" not in block.text


def _warnings(title: str, sections: Sequence[Section], citations: Sequence[Citation]) -> Iterator[str]:
    if not title:
        yield "The page has no title."
    for section in sections:
        if not section.known:
            yield f"The heading “{section.heading}” is not one of those known; its text is kept."
    if not citations:
        yield "The record names no source."
    if len(citations) > MOST_CITATIONS:
        yield f"Only the first {MOST_CITATIONS} of {len(citations)} citations are kept."
