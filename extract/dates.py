"""Dates as people write them, with their precision; the words are never lost."""

import re
from datetime import date

from extract.incident.values import Precision, StatedDate

LONGEST = 100
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<y>1[5-9][0-9]{2}|2[01][0-9]{2})"
_DAY = r"(?P<d>[0-3]?[0-9])(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_VAGUE = (
    r"(?:(?:in|on|early|mid|late|around|about|circa|c\.|ca\.|spring|summer|autumn|fall|winter|end of|beginning of)"
    r"[\s-]+(?:of\s+)?)*"
)
# What may stand after a date without changing it: "2019-05-29 planned" against the actual date (records of AIAAIC).
_REMARK = r"\s*(?:\(?(?:planned|actual|approx(?:imately|\.)?|estimated|expected|tbc|\?)\)?)?[.,;]?$"


def _pattern(body: str) -> re.Pattern[str]:
    return re.compile(rf"^{_VAGUE}{_WEEKDAY}{body}{_REMARK}", re.IGNORECASE | re.ASCII)


_SINGLE = (
    _pattern(rf"{_YEAR}[-/](?P<n>[01][0-9])[-/]{_DAY}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?(?:\s?UTC)?)?"),
    _pattern(rf"{_YEAR}-(?P<n>0[1-9]|1[0-2])"),
    _pattern(rf"{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}"),
    _pattern(rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}"),
    _pattern(rf"{_MONTH},?(?:\s+of)?[\s-]+{_YEAR}"),
    _pattern(_YEAR),
)
_NUMBERS = _pattern(rf"(?P<a>[0-3]?[0-9])([/.-])(?P<b>[0-3]?[0-9])\2{_YEAR}")
_QUARTER = _pattern(rf"Q(?P<q>[1-4])[\s,/-]*{_YEAR}")
_OPEN_END = re.compile(
    r"^(?:(?:since|from|after)\s+(?P<since>.+)|(?P<start>.+?)\s*(?:onwards?|and ongoing|"
    r"(?:[-–—/]|to|until|\.\.)\s*(?:present|now|today|ongoing|current(?:ly)?|\.\.)?))$",
    re.IGNORECASE,
)
_OPEN_START = re.compile(r"^(?:(?:until|before|up to|by)\s+|(?:\.\./)|[-–—]\s*)(?P<end>.+)$", re.IGNORECASE)
_DASH = re.compile(r"\s*(?:[–—]|\bto\b|\buntil\b|\band\b|/)\s*|\s+-\s+|(?<=[0-9A-Za-z])-(?=[0-9A-Za-z])", re.IGNORECASE)
_SHORT_END = re.compile(r"^(?P<y>(?:1[5-9]|2[01])[0-9]{2})\s*[-–—/]\s*(?P<e>[0-9]{2})$", re.ASCII)


def parse_date(text: str, day_first: bool = True) -> StatedDate | None:
    """The date that `text` states and how exactly, or None when it states none; never raises.

    `12/6/2018` is read day first unless `day_first` is False or only the other order makes a date. `2019-11` is
    a month (ISO 8601), `2019-21` a range of years. Years from 1500 to 2199 are believed; a year of two digits is
    not. `text` of the answer is the words as given, blanks tidied. Forms: measured on the AIAAIC sheet and the
    AIID seed data.
    """
    words = " ".join(text[: LONGEST * 4].split())
    if not words or len(words) > LONGEST:
        return None
    single = _single(words, day_first)
    if single:
        iso, precision = single
    elif span := _range(words, day_first):
        iso, precision = span, Precision.RANGE
    elif open_span := _open_range(words, day_first):
        iso, precision = open_span, Precision.OPEN_RANGE
    else:
        return None
    return StatedDate(words, iso, precision)


def state_date(text: str, day_first: bool = True) -> StatedDate | None:
    """What a date field says: the date, or its words with precision `unknown`; None only for a blank field."""
    words = " ".join(text.split())
    if not words:
        return None
    return parse_date(words, day_first) or StatedDate(words, "", Precision.UNKNOWN)


def year_of(stated: StatedDate | None) -> int | None:
    """The first year of a date, or None when there is none."""
    found = re.search(r"[0-9]{4}", stated.iso) if stated else None
    return int(found[0]) if found else None


def _single(words: str, day_first: bool) -> tuple[str, Precision] | None:
    for pattern in _SINGLE:
        if found := pattern.match(words):
            return _from_parts(found.groupdict())
    if found := _NUMBERS.match(words):
        return _from_numbers(int(found["a"]), int(found["b"]), int(found["y"]), day_first)
    if found := _QUARTER.match(words):
        first = int(found["q"]) * 3 - 2
        return f"{found['y']}-{first:02}/{found['y']}-{first + 2:02}", Precision.RANGE
    return None


def _from_parts(parts: dict[str, str | None]) -> tuple[str, Precision] | None:
    year, name, number, day = (parts.get(key) for key in ("y", "m", "n", "d"))
    if year is None:
        return None
    month = _month_number(name) if name else int(number) if number else None
    if month is None:
        return year, Precision.YEAR
    if day is None:
        return f"{year}-{month:02}", Precision.MONTH
    return _day(int(year), month, int(day))


def _from_numbers(first: int, second: int, year: int, day_first: bool) -> tuple[str, Precision] | None:
    orders = ((second, first), (first, second))
    for month, day in orders if day_first else reversed(orders):
        if answer := _day(year, month, day):
            return answer
    return None


def _day(year: int, month: int, day: int) -> tuple[str, Precision] | None:
    try:
        return date(year, month, day).isoformat(), Precision.DAY
    except ValueError:  # the 31st of June: no date, so the words state none
        return None


def _month_number(name: str) -> int:
    return next(at for at, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def _range(words: str, day_first: bool) -> str | None:
    """`start/end`, both as exact as written; a part may borrow the month or year of the end ("3-5 July 2019")."""
    if found := _SHORT_END.match(words):
        start, end = found["y"], found["y"][:2] + found["e"]
        return f"{start}/{end}" if end > start else None
    plain = re.sub(r"^(?:between|from)\s+", "", words, flags=re.IGNORECASE)
    for dash in _DASH.finditer(plain):
        left, right = plain[: dash.start()], plain[dash.end() :]
        later = _single(right, day_first)
        if later is None or later[1] is Precision.RANGE:
            continue
        earlier = _single(left, day_first) or _borrowed(left, right, day_first)
        if earlier and earlier[1] is not Precision.RANGE and earlier[0] <= later[0]:
            return f"{earlier[0]}/{later[0]}"
    return None


def _borrowed(left: str, right: str, day_first: bool) -> tuple[str, Precision] | None:
    """The start of "3-5 July 2019" or "July-August 2019": what it leaves out stands in the end of the range."""
    words = right.split()
    return next(
        (answer for at in range(len(words)) if (answer := _single(f"{left} {' '.join(words[at:])}", day_first))),
        None,
    )


def _open_range(words: str, day_first: bool) -> str | None:
    if found := _OPEN_END.match(words):
        start = _single(found["since"] or found["start"], day_first)
        if start and start[1] is not Precision.RANGE:
            return f"{start[0]}/.."
    if found := _OPEN_START.match(words):
        end = _single(found["end"], day_first)
        if end and end[1] is not Precision.RANGE:
            return f"../{end[0]}"
    return None
