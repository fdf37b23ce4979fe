"""Dated events out of the blocks of a section: `July 2019. Headline`, then the paragraphs that tell it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.dates import parse_date, year_of
from extract.incident.block import Block
from extract.incident.citations import mentions
from extract.incident.values import Citation, Event, StatedDate

_HEAD = re.compile(r"^(?P<date>[^.:]{4,50}?)\s*(?:[.:]|\s[–—-])\s+(?P<headline>\S.*)$")
LONGEST_HEADLINE = 300


def event_head(text: str) -> tuple[StatedDate, str] | None:
    """The date and headline that open an event, or None when the block opens none."""
    found = _HEAD.match(text) if len(text) <= LONGEST_HEADLINE else None
    stated = parse_date(found["date"]) if found else None
    return (stated, found["headline"]) if found and stated else None


def read_events(blocks: Sequence[Block], section: str) -> tuple[list[Event], list[Citation]]:
    """The events of a section in order, and the sources their texts mention, each with its event's year.

    Blocks before the first date belong to no event; their mentions are kept.
    """
    events: list[Event] = []
    cited: list[Citation] = []
    for block in blocks:
        head = event_head(block.text)
        if head:
            events.append(Event(*head))
        elif events:
            told = f"{events[-1].text}\n{block.text}".strip()
            events[-1] = replace(events[-1], text=told)
        cited += mentions(block, section, year_of(events[-1].date) if events else None)
    return events, cited
