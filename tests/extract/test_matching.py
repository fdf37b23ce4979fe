"""Cited titles against what publishers list: the right work is taken, a wrong one never."""

import string
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.matching import ACCEPT, PROPOSE, Candidate, Match, match_title

MET = ("Metropolitan Police Service", "Metropolitan Police", "Met Police", "MPS")
ICO = ("Information Commissioner's Office", "Information Commissioner", "ICO")
ESSEX = ("Human Rights Centre, University of Essex", "University of Essex")
NPL = ("Science & Technology in Policing", "National Physical Laboratory", "NPL")
MINDEROO = ("Minderoo Centre for Technology & Democracy", "MCTD")
BBW = ("Big Brother Watch", "BBW")


@dataclass(frozen=True)
class Case:
    """One cited work of the record, the title and year under which its publisher lists it, and what else is listed."""

    names: tuple[str, ...]
    cited: str
    year: int | None
    right: tuple[tuple[str, int | None], ...]
    wrong: tuple[tuple[str, int | None], ...]


CASES = {
    "A statement": Case(
        MET,
        "Statement on release of research into Facial Recognition technology",
        2023,
        (
            ("Statement on release of research into Facial Recognition technology", 2023),
            ("Statement on release of research into facial-recognition technology | Metropolitan Police", None),
        ),
        (
            ("Statement on the results of an inquiry into recruitment", 2023),
            ("Statement following the release of research into stop and search", 2023),
            ("Met begins operational use of Live Facial Recognition (LFR) technology", 2020),
            ("Research into facial recognition technology", 2023),
            ("Statement on release of research into Facial Recognition technology", 2021),
            ("Statement", 2023),
        ),
    ),
    "B trials": Case(
        MET,
        "Live Facial Recognition Trials",
        2020,
        (
            ("Metropolitan Police Service Live Facial Recognition Trials", 2020),
            ("Metropolitan Police Service Live Facial Recognition Trials evaluation report", 2020),
            ("Live Facial Recognition trial - final report (February 2020)", None),
        ),
        (
            ("Live Facial Recognition", None),
            ("Live Facial Recognition", 2020),
            ("Live Facial Recognition Trials", 2019),
            ("Live Facial Recognition Trials", 2016),
            ("Live Facial Recognition Trials: equality impact assessment", 2020),
            ("Live Facial Recognition deployment record 2020", 2020),
            ("Retrospective Facial Recognition Trials", 2020),
            ("Operator Initiated Facial Recognition Trials", 2020),
            ("MPS LFR Policy Document", 2020),
        ),
    ),
    "C investigation": Case(
        ICO,
        "ICO investigation into how the police use facial recognition technology in public places",
        None,
        (
            ("ICO investigation into how the police use facial recognition technology in public places", 2019),
            ("Investigation into how the police use facial recognition technology in public places (PDF)", None),
        ),
        (
            ("The use of live facial recognition technology by law enforcement in public places", 2019),
            ("The use of live facial recognition technology in public places", 2021),
            ("Mobile phone data extraction by police forces in England and Wales", 2020),
            ("Investigation into the use of data analytics in political campaigns", 2018),
            ("ICO investigation", 2019),
        ),
    ),
    "D operational testing": Case(
        NPL,
        "Operational Testing of Facial Recognition Technology",
        2023,
        (
            ("Operational Testing of Facial Recognition Technology", 2023),
            ("Operational testing of facial-recognition technologies", 2023),
        ),
        (
            ("Facial Recognition Technology in Law Enforcement Equitability Study", 2023),
            ("Operational Testing of Drone Detection Technology", 2023),
            ("Areas of research interest", 2023),
            (
                "Operational Testing of Facial Recognition Technology: frequently asked questions and press release",
                2023,
            ),
            ("Facial Recognition Technology", 2023),
        ),
    ),
    "E briefing": Case(
        BBW,
        "Briefing on facial recognition surveillance",
        2020,
        (
            ("Big Brother Watch briefing on Facial recognition surveillance June 2020", None),
            ("Big Brother Watch briefing on Facial recognition surveillance June 2020", 2020),
            ("Briefing on facial recognition surveillance (PDF, 1.2 MB)", 2020),
        ),
        (
            ("Big Brother Watch briefing on Facial recognition surveillance October 2023", None),
            ("Big Brother Watch briefing on Facial recognition surveillance October 2019", 2019),
            ("Briefing on the national data strategy", 2020),
            ("Face Off: The lawless growth of facial recognition in UK policing", 2018),
            ("Big Brother Watch briefing on surveillance", 2020),
            ("Stop facial recognition", 2020),
        ),
    ),
    "F audit": Case(
        MINDEROO,
        "A Socio-Technical Audit: Assessing Police Use of Facial Recognition",
        2022,
        (
            ("A Sociotechnical Audit: Assessing Police Use of Facial Recognition", 2022),
            ("A sociotechnical audit – assessing police use of facial recognition", None),
            ("A SOCIOTECHNICAL AUDIT: ASSESSING POLICE USE OF FACIAL RECOGNITION", 2022),
        ),
        (
            ("Auditing the auditors: who checks the checkers of algorithms?", 2021),
            ("Assessing police use of facial recognition: executive summary", 2022),
            ("A Sociotechnical Audit: Assessing Police Use of Predictive Analytics", 2022),
            ("A Sociotechnical Audit: Assessing Police Use of Facial Recognition", 2024),
        ),
    ),
    "G trial": Case(
        ESSEX,
        "Independent Report on the London Metropolitan Police Service's Trial of Live Facial Recognition Technology",
        2019,
        (
            (
                "Independent Report on the London Metropolitan Police Service’s Trial of Live Facial Recognition"
                " Technology",
                2019,
            ),
            (
                "Independent Report on the London Metropolitan Police's Trial of Live Facial Recognition Technology",
                2019,
            ),
        ),
        (
            ("New report raises concerns over Met Police trials of live facial recognition technology", 2019),
            ("Metropolitan Police Service Live Facial Recognition Trials", 2020),
            ("Reporting on Live Facial Recognition Trials", 2019),
            (
                "Independent Report on the London Metropolitan Police Service's Trial of Retrospective Facial"
                " Recognition Technology",
                2019,
            ),
            ("Independent Report on the South Wales Police's Trial of Live Facial Recognition Technology", 2019),
            ("Oversight of surveillance by the police", 2018),
        ),
    ),
}


def score(cited: str, year: int | None, title: str, other: int | None, names: tuple[str, ...] = ()) -> float:
    found = match_title(cited, year, [Candidate(title, "https://x.example/", other)], names=names)
    return found[0].score if found else 0.0


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_cited_work_is_taken_however_its_publisher_writes_the_title(case: Case) -> None:
    for title, year in case.right:
        assert score(case.cited, case.year, title, year, case.names) >= ACCEPT, title


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_wrong_work_is_never_taken(case: Case) -> None:
    others = [entry for other in CASES.values() if other is not case for entry in other.right]
    for title, year in (*case.wrong, *others):
        assert score(case.cited, case.year, title, year, case.names) < ACCEPT, title


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_cited_work_comes_first_in_its_listing(case: Case) -> None:
    for place in range(len(case.wrong) + 1):
        listed = [*case.wrong[:place], case.right[0], *case.wrong[place:]]
        candidates = [Candidate(t, f"https://x.example/{t}", y) for t, y in listed]
        ranked = match_title(case.cited, case.year, candidates, names=case.names)
        assert (ranked[0].candidate.title, ranked[0].candidate.year) == case.right[0]


def test_the_bounds_stand_where_right_and_wrong_were_measured() -> None:
    right = min(score(c.cited, c.year, t, y, c.names) for c in CASES.values() for t, y in c.right)
    wrong = max(score(c.cited, c.year, t, y, c.names) for c in CASES.values() for t, y in c.wrong)
    assert wrong <= 0.88 < ACCEPT < 0.915 <= right
    assert PROPOSE < ACCEPT


def test_the_same_title_of_another_year_is_only_proposed() -> None:
    for other in (2019, 2021, 2015):
        assert (
            PROPOSE
            <= score("Annual report of the Commissioner", 2020, "Annual report of the Commissioner", other)
            < ACCEPT
        )


def test_a_year_inside_both_titles_speaks_before_the_date_of_publication() -> None:
    assert score("Transparency review 2019", 2020, "Transparency review 2019", 2020) >= ACCEPT
    assert score("Transparency review 2019", 2020, "Transparency review 2018", 2020) < ACCEPT


def test_another_part_of_a_work_is_not_the_work() -> None:
    title = "Equality in policing and the use of algorithms"
    for other in (
        f"{title}: annex",
        f"{title}, executive summary",
        f"Draft: {title}",
        f"{title} part 2",
        f"Response to {title}",
    ):
        assert score(title, 2020, other, 2020) < ACCEPT
    assert score(f"{title} part 1", 2020, f"{title} part 2", 2020) < ACCEPT


def test_one_word_is_no_title_to_recognise_a_work_by() -> None:
    assert score("Statement", 2023, "Statement", 2023) < ACCEPT
    assert score("Report (pdf)", 2023, "Report", 2023) < ACCEPT


def test_a_misspelt_word_is_still_the_word() -> None:
    assert score("Assesing police use of biometrics", 2022, "Assessing police use of biometrics", 2022) >= ACCEPT


def test_an_abbreviation_counts_as_what_it_stands_for() -> None:
    for other in ("Live Facial Recognition (LFR) trials in London", "LFR trials in London"):
        assert score("Live facial recognition trials in London", 2020, other, 2020) == 1
        assert score(other, 2020, "Live facial recognition trials in London", 2020) == 1


def test_the_method_says_what_spoke_for_a_match() -> None:
    def method(title: str, year: int | None) -> str:
        return match_title("Audit of police algorithms", 2022, [Candidate(title, "u", year)])[0].method

    assert method("Audit of Police Algorithms", 2022) == "title and year"
    assert method("Audit of police algorithms", None) == "title"
    assert method("Audit of a police algorithm", 2022) == "near title and year"
    assert method("Audit of police contracts", 2019) == "near title"


def test_nothing_matches_an_empty_title() -> None:
    assert match_title("", 2020, [Candidate("Report", "u", 2020), Candidate("", "u")]) == ()
    assert match_title("???", None, [Candidate("!!!", "u")]) == ()


words = st.lists(st.text(string.ascii_lowercase + "éüøñ0123456789", min_size=1, max_size=12), min_size=1, max_size=12)
years = st.none() | st.integers(1990, 2026)
marks = st.sampled_from([" ", "  ", ", ", ": ", " – ", "\u00a0", " / ", ". ", "\n", " | ", "; "])


@given(words, words, years, years, st.data())
def test_case_punctuation_and_blanks_never_count(
    cited: list[str], other: list[str], year: int | None, other_year: int | None, data: st.DataObject
) -> None:
    plain = score(" ".join(cited), year, " ".join(other), other_year)
    mark, case = data.draw(marks), data.draw(st.sampled_from([str.upper, str.lower, str.title]))
    assert score(mark.join(map(case, cited)), year, " ".join(other), other_year) == plain
    assert score(" ".join(cited), year, mark.join(map(case, other)), other_year) == plain


@given(words, st.lists(st.tuples(words, years), min_size=1, max_size=6), years)
def test_other_candidates_never_change_a_score(
    cited: list[str], listed: list[tuple[list[str], int | None]], year: int | None
) -> None:
    candidates = [Candidate(" ".join(title), str(place), other) for place, (title, other) in enumerate(listed)]
    together = {match.candidate.url: match for match in match_title(" ".join(cited), year, candidates)}
    alone: list[Match] = [match for one in candidates for match in match_title(" ".join(cited), year, [one])]
    assert together == {match.candidate.url: match for match in alone}


@given(words, words, years, years)
def test_a_score_lies_between_nothing_and_one_and_a_title_matches_itself_best(
    cited: list[str], other: list[str], year: int | None, other_year: int | None
) -> None:
    title = " ".join(cited)
    assert 0 <= score(title, year, " ".join(other), other_year) <= score(title, year, title, year) <= 1
