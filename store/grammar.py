"""The search grammar: words, "phrases", -not, OR, NEAR(a b, 10), title:; anything else is text to look for."""

import re
from dataclasses import dataclass, field

from extract.tidy import clean_text, fold

LONGEST = 2_000  # characters
MOST_TERMS = 32
MOST_APART = 100  # words of a NEAR
_APART = 10
_TOKEN = re.compile(
    r"""(?P<near>NEAR\((?P<inside>[^()]*)\))
    | (?P<not>-)?(?P<title>title:)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_DISTANCE = re.compile(r",\s*(\d{1,4})\s*\Z")
_WORD, _WILDCARD = re.compile(r"\w+"), re.compile(r"\w\*(?!\w)")
_NEAR_PART = re.compile(r'"([^"]*)"?|([^\s",]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Text to look for: a word or a phrase, in any column or in titles only."""

    text: str
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Texts that stand at most `apart` words from each other."""

    texts: tuple[str, ...]
    apart: int = _APART


@dataclass(frozen=True, slots=True)
class Query:
    """All `groups` must be found, of each group one; none of `without` may be. Empty groups find nothing."""

    groups: tuple[tuple[Term | Near, ...], ...] = ()
    without: tuple[Term, ...] = ()
    notes: tuple[str, ...] = field(default=())


def parse(text: str) -> Query:
    """The query that a text means; every text means one. `notes` say in sentences what was left out of it.

    The text is folded first, as pages are: typographic quotes are quotes, ligatures are letters.
    """
    notes = []
    if len(text) > LONGEST:
        notes.append(f"Only the first {LONGEST:,} characters are looked for.")
    groups: list[list[Term | Near]] = []
    without: list[Term] = []
    joins = is_open = False  # whether the next term is another choice for the last group; whether it could be
    for match in _TOKEN.finditer(fold(clean_text(text[:LONGEST])).text):
        if match["word"] == "OR" and not (match["not"] or match["title"]):
            joins = is_open
            continue
        term = _term(match)
        if term is None:
            continue
        if len(without) + sum(map(len, groups)) >= MOST_TERMS:
            notes.append(f"Only the first {MOST_TERMS} terms are looked for.")
            break
        is_open = not match["not"]
        if match["not"] and isinstance(term, Term):
            without.append(term)
        elif joins:
            groups[-1].append(term)
        else:
            groups.append([term])
        joins = False
    if _WILDCARD.search(text):
        notes.append("* is no wildcard: whole words are looked for; OR between them finds any of several.")
    if without and not groups:
        notes.append("A search needs a word to look for, not only words to leave out.")
    return Query(tuple(map(tuple, groups)), tuple(without), tuple(notes))


def _term(match: re.Match[str]) -> Term | Near | None:
    """What a token asks for; None for one without a letter or digit, which no index holds."""
    if match["near"]:
        return _near(match["inside"])
    said = match["word"] if match["word"] is not None else match["phrase"]
    return Term(said, bool(match["title"])) if is_findable(said) else None


def _near(inside: str) -> Term | Near | None:
    distance = _DISTANCE.search(inside)
    apart = min(int(distance[1]), MOST_APART) if distance else _APART
    parts = _NEAR_PART.findall(inside[: distance.start()] if distance else inside)
    texts = tuple(part for one in parts if is_findable(part := one[0] or one[1]))[:MOST_TERMS]
    if len(texts) < 2:
        return Term(texts[0]) if texts else None
    return Near(texts, apart)


def is_findable(text: str) -> bool:
    """True if a text has a letter or digit: an index keeps only those."""
    return any(character.isalnum() for character in text)


def phrases(query: Query) -> list[Term]:
    """Each text that is looked for, once; what must not be found left out."""
    found: dict[Term, None] = {}
    for term in (term for group in query.groups for term in group):
        found |= dict.fromkeys((term,) if isinstance(term, Term) else map(Term, term.texts))
    return list(found)


def words(term: Term) -> list[Term]:
    """The words of a text, each to be looked for where the text is."""
    return [Term(word, term.in_title) for word in _WORD.findall(term.text)]


def fts5(query: Query) -> str | None:
    """The query for SQLite FTS5, every text quoted (fts5.html §3); None when there is nothing to look for."""
    if not query.groups:
        return None
    wanted = " AND ".join(_either(group) for group in query.groups)
    unwanted = " OR ".join(_one(term) for term in query.without)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _either(group: tuple[Term | Near, ...]) -> str:
    return "(" + " OR ".join(map(_one, group)) + ")"


def _one(term: Term | Near) -> str:
    if isinstance(term, Near):
        return f"NEAR({' '.join(map(quoted, term.texts))}, {term.apart})"
    return f"title : {quoted(term.text)}" if term.in_title else quoted(term.text)


def quoted(text: str) -> str:
    """The text as a string of FTS5 (fts5.html §3)."""
    return '"' + text.replace('"', '""') + '"'
