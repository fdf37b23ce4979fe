"""How near a cited title and year are to the works that a publisher states or lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from extract.folding import folded, initials, without_abbreviations, without_marker, without_phrases
from extract.years import year_in_title

# Measured on tests/extract/test_matching.py: the lowest score of a right pair there is 0.92, the highest of a wrong
# one 0.88 (the same title, another year). What reaches ACCEPT is taken as found, what reaches PROPOSE is put before a
# person.
ACCEPT = 0.9
PROPOSE = 0.7

SAME_WORD = 80  # rapidfuzz ratio from which two words of five letters or more are one (plurals, misspellings)
NO_YEAR_STATED = 0.97  # the title has to carry the match alone
NEXT_YEAR = 0.88  # an upload is often dated a year after the work, but so is its next edition
OTHER_YEAR = 0.75
OTHER_NUMBER = 0.8
OTHER_VARIANT = 0.85
OTHER_WORD = 0.9  # each title has a word of its own: long titles of a series differ in one ("live", "retrospective")
TOO_LITTLE = 0.85  # one word of content ("Statement") is no title to recognise a work by

_LIGHT = frozenset({
    "a", "an", "and", "as", "at", "by", "for", "from", "how", "in", "into", "is", "it", "its", "of", "on",
    "or", "s", "the", "this", "to", "with", "report", "reports", "evaluation", "publication", "document",
    "paper", "final", "full", "version", "web", "digital", "online", "pdf", "english",
})  # fmt: skip
_LIGHT_WEIGHT = 0.25
_VARIANTS = frozenset({
    "annex", "annexes", "appendix", "appendices", "summary", "executive", "draft", "interim", "consultation",
    "response", "reply", "letter", "update", "updated", "erratum", "correction", "press", "release",
    "infographic", "factsheet", "assessment", "impact", "faq", "faqs", "slides", "transcript", "minutes",
    "agenda", "welsh", "cymraeg", "easyread", "podcast", "video", "blog", "part", "volume", "chapter",
})  # fmt: skip
_MONTHS = frozenset({
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that may be the cited one: a publisher's known work, an entry of a listing, an archived document."""

    title: str
    url: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How near one candidate is: `score` 0…1, `method` what spoke for it ("title and year", "near title", …)."""

    score: float
    candidate: Candidate
    method: str


@dataclass(frozen=True, slots=True)
class _Title:
    """A title taken apart: words of its own, what they weigh, the year inside it."""

    words: tuple[str, ...]
    year: int | None
    numbers: frozenset[str] = field(default=frozenset())
    variants: frozenset[str] = field(default=frozenset())


def match_title(
    cited_title: str, cited_year: int | None, candidates: Iterable[Candidate], *, names: Sequence[str] = ()
) -> tuple[Match, ...]:
    """The candidates ranked by how near they are to what is cited, best first; those without any likeness left out.

    `names` are the publisher's names (`Publisher.called`): they often stand in one of two titles of one work and
    count for nothing. A score depends on its own pair only. Among equals the candidate given first stays first.
    """
    cited = _taken_apart(cited_title, names)
    found = []
    for candidate in candidates:
        score, method = _score(cited, cited_year, _taken_apart(candidate.title, names), candidate.year)
        if score > 0:
            found.append(Match(round(score, 4), candidate, method))
    return tuple(sorted(found, key=lambda match: -match.score))


def _taken_apart(title: str, names: Sequence[str]) -> _Title:
    title = without_marker(" ".join(title.split()))
    words = without_abbreviations(without_phrases(folded(title), tuple(folded(name) for name in names)))
    year = year_in_title(title)
    words = _without_date(words, year)
    numbers = frozenset(word for word in words if word.isdecimal())
    return _Title(words, year, numbers, frozenset(words) & _VARIANTS)


def _without_date(words: tuple[str, ...], year: int | None) -> tuple[str, ...]:
    """The words without a date ("June 2020", "31 October 2019"), unless nothing would be left."""
    if str(year) not in words:
        return words
    end = words.index(str(year))
    start = end
    if start and words[start - 1] in _MONTHS:
        start -= 1
        start -= 1 if start and words[start - 1].isdecimal() and len(words[start - 1]) <= 2 else 0
    return words[:start] + words[end + 1 :] or words


def _score(cited: _Title, cited_year: int | None, other: _Title, other_year: int | None) -> tuple[float, str]:
    likeness = _likeness(_joined_like(cited.words, other.words), _joined_like(other.words, cited.words))
    if likeness == 0:
        return 0.0, ""
    score = likeness
    if cited.numbers and other.numbers and cited.numbers != other.numbers:
        score *= OTHER_NUMBER
    if cited.variants != other.variants:
        score *= OTHER_VARIANT
    if _weight(cited.words) < 2 and len(cited.words) < 3:
        score = min(score, TOO_LITTLE)
    year, agrees = _year_factor(cited, cited_year, other, other_year)
    method = "title" if likeness > 0.99 else "near title"
    return score * year, f"{method} and year" if agrees else method


def _year_factor(cited: _Title, cited_year: int | None, other: _Title, other_year: int | None) -> tuple[float, bool]:
    """A factor for what the years say, and whether they agree. Years inside both titles speak first."""
    if cited.year and other.year and cited.year != other.year:
        return OTHER_YEAR, False
    wanted, stated = cited_year or cited.year, other_year or other.year
    if wanted is None:
        return 1.0, False
    if stated is None:
        return NO_YEAR_STATED, False
    apart = abs(wanted - stated)
    return (1.0, NEXT_YEAR)[apart] if apart < 2 else OTHER_YEAR, apart == 0


def _joined_like(words: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """`words` as the other title writes them: "socio technical" as "sociotechnical", "LFR" spelt out."""
    whole = frozenset(other) - frozenset(words)
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] + word in whole:
            joined[-1] += word
        else:
            joined.extend(_spelt_out(word, other))
    return tuple(joined)


def _spelt_out(word: str, other: tuple[str, ...]) -> tuple[str, ...]:
    size = len(word)
    runs = (other[at : at + size] for at in range(len(other) - size + 1))
    if not 3 <= size <= 6 or word in other or word in _LIGHT:
        return (word,)
    return next((run for run in runs if initials(run) == word), (word,))


def _likeness(words: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Twice the weight of shared words by the weight of all (Dice), less for another order and for other words."""
    pairs = _paired(words, other)
    total = _weight(words) + _weight(other)
    if not pairs or total == 0:
        return 0.0
    shared = sum((_weight((words[a],)) + _weight((other[b],))) * sure for a, b, sure in pairs)
    order = LCSseq.similarity(sorted(b for _, b, _ in pairs), [b for _, b, _ in pairs]) / len(pairs)
    strangers = _has_own(words, {a for a, _, _ in pairs}) and _has_own(other, {b for _, b, _ in pairs})
    return shared / total * (0.9 + 0.1 * order) * (OTHER_WORD if strangers else 1)


def _has_own(words: tuple[str, ...], shared: set[int]) -> bool:
    return any(place not in shared and word not in _LIGHT for place, word in enumerate(words))


def _paired(words: tuple[str, ...], other: tuple[str, ...]) -> list[tuple[int, int, float]]:
    """Which word answers to which, (place, place, sureness 0…1): the same words first, then nearly the same ones."""
    free: dict[str, list[int]] = {}
    for place, word in enumerate(other):
        free.setdefault(word, []).append(place)
    pairs, left = [], []
    for place, word in enumerate(words):
        if free.get(word):
            pairs.append((place, free[word].pop(0), 1.0))
        elif len(word) >= 5 and not word.isdecimal():
            left.append(place)
    open_places = [place for places in free.values() for place in places if len(other[place]) >= 5]
    for place in left:
        near = max(open_places, key=lambda at: fuzz.ratio(words[place], other[at]), default=None)
        if near is not None and (alike := fuzz.ratio(words[place], other[near])) >= SAME_WORD:
            pairs.append((place, near, alike / 100))
            open_places.remove(near)
    return sorted(pairs)


def _weight(words: Iterable[str]) -> float:
    return sum(_LIGHT_WEIGHT if word in _LIGHT else 1.0 for word in words)
