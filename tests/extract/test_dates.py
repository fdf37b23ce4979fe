"""Dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.dates import parse_date, state_date, year_of
from extract.incident.values import Precision, StatedDate

DAY, MONTH, YEAR, RANGE, OPEN = (
    Precision.DAY, Precision.MONTH, Precision.YEAR, Precision.RANGE, Precision.OPEN_RANGE,
)  # fmt: skip
STATED = [
    ("2019-07-03", "2019-07-03", DAY),
    ("3 July 2019", "2019-07-03", DAY),
    ("3rd of July 2019", "2019-07-03", DAY),
    ("Wednesday 3 July 2019", "2019-07-03", DAY),
    ("May 19, 2015", "2015-05-19", DAY),
    ("12/6/2018", "2018-06-12", DAY),
    ("6/13/2018", "2018-06-13", DAY),
    ("2019-05-29 planned", "2019-05-29", DAY),
    ("2019-11-05T10:00:00Z", "2019-11-05", DAY),
    ("March 2023", "2023-03", MONTH),
    ("Sept 2020", "2020-09", MONTH),
    ("2019-07", "2019-07", MONTH),
    ("2018", "2018", YEAR),
    ("Late 2016", "2016", YEAR),
    ("2019-2021", "2019/2021", RANGE),
    ("2019–21", "2019/2021", RANGE),
    ("August 2016 – February 2019", "2016-08/2019-02", RANGE),
    ("between August 2016 and February 2019", "2016-08/2019-02", RANGE),
    ("3-5 July 2019", "2019-07-03/2019-07-05", RANGE),
    ("July-August 2019", "2019-07/2019-08", RANGE),
    ("Q3 2019", "2019-07/2019-09", RANGE),
    ("2019-", "2019/..", OPEN),
    ("since July 2019", "2019-07/..", OPEN),
    ("2019 onwards", "2019/..", OPEN),
    ("until 2019", "../2019", OPEN),
]


@pytest.mark.parametrize(("text", "iso", "precision"), STATED)
def test_a_date_is_read_as_exactly_as_it_is_written(text: str, iso: str, precision: Precision) -> None:
    assert parse_date(text) == StatedDate(text, iso, precision)


@pytest.mark.parametrize("text", ["", "  ", "hello", "31 June 2019", "2021-2019", "13 May", "3/7/19", "Mayor 2019"])
def test_what_states_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


def test_the_american_order_is_read_where_asked() -> None:
    assert parse_date("12/6/2018", day_first=False) == StatedDate("12/6/2018", "2018-12-06", DAY)


def test_a_date_field_never_loses_its_words() -> None:
    assert state_date(" some  time ") == StatedDate("some time", "", Precision.UNKNOWN)
    assert state_date(" ") is None


@given(st.text(max_size=300) | st.from_regex(r"[0-9A-Za-z /.,–-]{0,60}", fullmatch=True), st.booleans())
def test_no_text_makes_it_raise(text: str, day_first: bool) -> None:
    stated = parse_date(text, day_first)
    assert stated is None or (stated.text == " ".join(text.split()) and stated.iso)


@given(st.dates(min_value=date(1500, 1, 1), max_value=date(2199, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%B %d, %Y"):
        words = day.strftime(form)
        stated = parse_date(words)
        assert stated == StatedDate(words, day.isoformat(), DAY)
        assert year_of(stated) == day.year
