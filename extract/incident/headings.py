"""The headings and labels of AIAAIC pages, and what stands under each."""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What a section holds; it decides how its blocks are read."""

    LEAD = "lead"
    PROSE = "prose"
    SOURCES = "sources"
    RELATED = "related"
    EVENTS = "events"
    FACTS = "facts"


# Three generations of pages. The order is no rule: pages leave out and repeat.
_SOURCES = (
    "Documents",
    "Legal, regulatory",
    "Investigations, assessments, audits",
    "Research, advocacy",
    "Research/advocacy",
    "News, commentary, analysis",
    "Reference",
    "References",
    "Reference(s)",
    "Fact check",
)
_PROSE = (
    "Regulation",
    "Transparency and accountability",
    "Risks and harms",
    "What happened",
    "Why it happened",
    "What it means",
    "Reaction",
    "Transparency",
)
# Issue words of the repository's taxonomy, used as sub-headings by the first generation.
_ISSUES = (
    "Accuracy/reliability",
    "Accountability",
    "Anthropomorphism",
    "Appropriateness/need",
    "Bias/discrimination",
    "Copyright",
    "Dual/multi-use",
    "Effectiveness/value",
    "Employment",
    "Environment",
    "Ethics/values",
    "Fairness",
    "Human/civil rights",
    "Legality",
    "Liability",
    "Mis/disinformation",
    "Oversight/review",
    "Privacy",
    "Robustness",
    "Safety",
    "Security",
    "Surveillance",
)
KINDS: dict[str, Kind] = {
    **dict.fromkeys(_SOURCES, Kind.SOURCES),
    **dict.fromkeys(_PROSE, Kind.PROSE),
    **dict.fromkeys(_ISSUES, Kind.PROSE),
    "Incidents and issues": Kind.EVENTS,
    "Related": Kind.RELATED,
    "System": Kind.FACTS,
    "Page info": Kind.FACTS,
}
LABELS = (
    "AIAAIC Repository ID",
    "Occurred",
    "Page published",
    "Published",
    "Last updated",
    "Type",
    "Operator",
    "Deployer",
    "Developer",
    "Country",
    "Sector",
    "Purpose",
    "Technology",
    "Issue",
    "Transparency",
    "News trigger",
    "Media trigger",
    "External harm",
    "External impact",
    "Internal impact",
    "Released",
)
_MOST_SYMBOLS = 8


def _letters(text: str) -> str:
    """Only what tells headings apart: letters, commas, slashes, in lower case.

    `Regulation` carries an emoji sequence without its zero-width joiner, so symbols are dropped, not compared.
    """
    return "".join(sign for sign in text.casefold() if sign.isalpha() or sign in ",/")


_BY_LETTERS = {_letters(name): name for name in KINDS}
_LONGEST = max(map(len, KINDS)) + _MOST_SYMBOLS + 8


def heading_of(text: str) -> str | None:
    """The known heading that `text` is: keyword and at most a few trailing symbols; else None."""
    if len(text) > _LONGEST:
        return None
    name = _BY_LETTERS.get(_letters(text))
    return name if name and len(text) <= len(name) + _MOST_SYMBOLS + 4 else None


def plain_heading(text: str) -> str:
    """A heading without the symbols after (or before) its words."""
    return re.sub(r"^[^\w(]+|[^\w)]+$", "", text).strip()


def seems_heading(text: str) -> bool:
    """True for a short line that ends in a symbol (an emoji), as headings of these pages do, and in no sentence."""
    if not 3 <= len(text) <= 80 or text[-1].isalnum() or text[-1].isascii() or text[-1] in "’”»…–—":
        return False
    name = plain_heading(text)
    return (
        bool(name)
        and name[0].isupper()
        and len(text) - len(name) <= _MOST_SYMBOLS + 2
        and not re.search(r"[.:|]", name)
    )
