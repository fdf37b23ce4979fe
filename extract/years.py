"""The year that a piece of a page or an address says something is from."""

import re

_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
# In the order in which they are believed: a written date, then a year in brackets as in a reference.
_WRITTEN = (
    re.compile(rf"(?<![0-9]){_YEAR}-(?:0[1-9]|1[0-2])-(?:[0-2][0-9]|3[01])(?![0-9])"),
    re.compile(rf"\b[0-3]?[0-9](?:st|nd|rd|th)?(?: of)?[ -]{_MONTH},?[ -]{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? {_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH},? {_YEAR}\b", re.IGNORECASE),
    re.compile(rf"(?<![0-9])[0-3]?[0-9][/.][01]?[0-9][/.]{_YEAR}(?![0-9])"),
    re.compile(rf"\((?:[^()]{{0,30}}\b)?{_YEAR}\)"),
)
_ALONE = re.compile(rf"(?<![0-9A-Za-z]){_YEAR}(?![0-9A-Za-z])")
_SHORT_DATE = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)?[a-z]{0,6},? ?[0-3]?[0-9] "
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) '?(?P<short>[0-9]{2})\b(?!:)",
    re.IGNORECASE,
)
_FOLDERS = re.compile(rf"/{_YEAR}/(?:0[1-9]|1[0-2])(?=/)")
_FOLDER = re.compile(rf"/{_YEAR}(?=/)")
_STAMP = re.compile(rf"(?<![0-9]){_YEAR}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])?(?![0-9])")
_IN_NAME = re.compile(rf"(?<![0-9]){_YEAR}(?![0-9])")
# arXiv's identifiers since April 2007: year and month in two digits each, a number, perhaps a version.
_ARXIV = re.compile(r"(?P<short>[0-9]{2})(?:0[1-9]|1[0-2])\.[0-9]{4,5}(?:v[0-9]+)?(?:\.pdf)?")


def stated_year(text: str) -> int | None:
    """The year of the first date that `text` writes out ("5 Apr 2023", "(2019)", "Wed 3 Jul 19"), or None.

    A bare number is no date here: "19 million photos in 2018" states none.
    """
    words = " ".join(text[:2_000].split())
    for form in _WRITTEN:
        if found := form.search(words):
            return int(found["year"])
    short = _SHORT_DATE.search(words)
    return 2000 + int(short["short"]) if short else None


def year_in_title(title: str) -> int | None:
    """The year that stands in a title, written as a date or alone, or None when there is none or several."""
    written = stated_year(title)
    alone = {int(found["year"]) for found in _ALONE.finditer(title)}
    return written or (alone.pop() if len(alone) == 1 else None)


def year_in_path(path: str) -> int | None:
    """The year in an address: `/uploads/2020/06/`, `/news/2019/07/03/`, `report-20191031.pdf`, `study_mar2023.pdf`.

    A folder is the date of the upload, which may be later than the work's; so it is asked before the name only
    where it is a year and a month. Several years ("2020-to-2022") are none.
    """
    folder, _, name = path.rpartition("/")
    if arxiv := _ARXIV.fullmatch(name):
        return 2000 + int(arxiv["short"])
    for form, where in ((_FOLDERS, folder + "/"), (_STAMP, name), (_IN_NAME, name), (_FOLDER, folder + "/")):
        years = {int(found["year"]) for found in form.finditer(where)}
        if years:
            return years.pop() if len(years) == 1 else None
    return None
