"""Clean text for the catalogue, folded text for search, and the way back to the original's characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.metadata import iso_date, language_of, names_of
from extract.tidy import clean_line, clean_text, fold


def test_what_the_catalogue_cannot_hold_goes() -> None:
    assert clean_text("a\x00b\x1fc\x7fd\x9fe\ufffef") == "abcdef"
    assert clean_text("a\ud800b") == "a\ufffdb"
    assert clean_text("a\r\nb\rc\x0cd\u2028e\tf") == "a\nb\nc\nd\ne\tf"


@given(st.text(st.characters(codec=None)))
def test_cleaning_is_done_once_and_for_all(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert "\0" not in cleaned


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert clean_line(" A\n title\twith\0 blanks ") == "A title with blanks"
    assert len(clean_line("x" * 10_000_000)) == 4096


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“Curly” ‘quotes’ — and\u00a0blanks…", "\"Curly\" 'quotes' - and blanks..."),
        ("ﬁnding eﬃcient oﬀers", "finding efficient offers"),
        ("live recog-\nnition", "live recognition"),
        ("a well-\nknown and well-known case", "a well-known and well-known case"),
        ("COVID-\n19 and 2019-\n2020", "COVID-19 and 2019-2020"),
        ("Anglo-\nSaxon", "Anglo-Saxon"),
        ("soft\u00adhyphen and re\u00ad\nport", "softhyphen and report"),
        ("  two \n\n lines\t", "two lines"),
        ("cafe\u0301 \u1112\u1161\u11ab", "café 한"),
        ("zero\u200bwidth \u202eright\u202c", "zerowidth right"),
        ("eight of 42 - not 4-2", "eight of 42 - not 4-2"),
        ("a - \nb", "a - b"),
        ("", ""),
    ],
)
def test_the_folded_form(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_a_passage_found_in_the_folded_text_leads_to_the_original_characters() -> None:
    text = "It was “only eight\n of 42” cafe\u0301 ﬁn-\nal matches."
    folded = fold(text)
    for wanted, original in {
        '"only eight of 42"': "“only eight\n of 42”",
        "eight of": "eight\n of",
        "café": "cafe\u0301",
        "final": "ﬁn-\nal",
        "i": "ﬁ",
        "matches.": "matches.",
    }.items():
        start = folded.text.rindex(wanted)
        first, last = folded.original(start, start + len(wanted))
        assert text[first:last] == original


@given(st.text(st.sampled_from("ab1 \n\t-\u00ad\u0301é“”ﬁ—\u200b.\u00a0\u1112\u1161"), max_size=60))
def test_folding_keeps_every_letter_and_its_place(text: str) -> None:
    folded = fold(text)

    def letters(some: str) -> list[str]:
        plain = unicodedata.normalize("NFKD", some)
        return [letter for letter in plain if letter.isalnum()]

    assert letters(folded.text) == letters(text)
    ends = [folded.original(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in ends)
    assert [start for start, _ in ends] == sorted(start for start, _ in ends)
    for at, (start, end) in enumerate(ends):
        if folded.text[at].isalnum():
            assert unicodedata.normalize("NFKD", folded.text[at])[0] in unicodedata.normalize("NFKD", text[start:end])


@given(st.text(max_size=80))
def test_folding_twice_changes_no_words(text: str) -> None:
    once = fold(text).text
    assert fold(once).text.split() == once.split()


def test_a_range_outside_the_text_is_an_error() -> None:
    with pytest.raises(IndexError):
        fold("abc").original(1, 4)
    assert fold("").original(0, 0) == (0, 0)


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("D:20190703101112+01'00'", "2019-07-03T10:11:12+01:00"),
        ("D:20190703101112Z", "2019-07-03T10:11:12+00:00"),
        ("D:20190703", "2019-07-03"),
        ("D:201907", "2019-07"),
        ("2019", "2019"),
        ("D:201907031011", "2019-07-03T10:11:00"),
        ("D:20191399", "2019"),
        ("D:99990101", None),
        ("D:00010101", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_pdf_date_is_as_exact_as_it_is_stated(stated: str, iso: str | None) -> None:
    assert iso_date(stated) == iso


def test_names_and_languages() -> None:
    assert names_of("Fussey, Peter; Murray, Daragh;; Fussey, Peter") == ("Fussey, Peter", "Murray, Daragh")
    assert [language_of(tag) for tag in ("en", "en_GB", "zh-hant-tw", "English (UK)", "")] == [
        "en", "en-GB", "zh-Hant-TW", None, None,
    ]  # fmt: skip
