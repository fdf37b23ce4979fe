"""What answers in a document's place: walls and apologies of the labelled set are known, no document is called one."""

import re
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.seed import Substitute
from extract.coding import decode
from extract.glance import Glance
from extract.notfound import NOT_FOUND, TONGUES
from extract.substitutes import SIGNS, substitute
from tests.labelled import URL, Answer
from tests.labelled.apart import APART
from tests.labelled.apologies import APOLOGIES, SOFT_404S
from tests.labelled.honest import HONEST
from tests.labelled.walls import WALLS

EVERY = (*WALLS, *HONEST, *APOLOGIES, *APART)
DOCUMENT = "document"


def glance(answer: Answer) -> Glance:
    body = decode(answer.body, answer.headers.get("Content-Encoding")).content
    return Glance(
        answer.status, answer.url, answer.fields, len(answer.body), lambda most: body[:most], answer.redirected
    )  # fmt: skip


def confusion(answers: Sequence[Answer]) -> Counter[tuple[str, str]]:
    """How many answers with a label were called what."""
    counted: Counter[tuple[str, str]] = Counter()
    for answer in answers:
        seen = substitute(glance(answer))
        counted[answer.label or DOCUMENT, seen.kind if seen else DOCUMENT] += 1
    return counted


def test_the_labelled_set_is_large_and_each_answer_has_a_name_of_its_own() -> None:
    assert len(WALLS) >= 60
    assert len(HONEST) >= 60
    assert len(SOFT_404S) >= 40
    assert len(APART) >= 40
    assert {answer.label for answer in WALLS} == {Substitute.WALL}
    assert not any(answer.label for answer in (*HONEST, *APART))
    assert {answer.label for answer in APOLOGIES} == {*Substitute} - {Substitute.WALL}
    assert len({answer.name for answer in EVERY}) == len(EVERY)


def test_no_document_is_called_anything_else() -> None:
    wrong = {answer.name: seen for answer in (*HONEST, *APART) if (seen := substitute(glance(answer)))}
    assert not wrong


def test_of_a_hundred_walls_ninety_seven_are_seen() -> None:
    counted = confusion(WALLS)
    missed = [answer.name for answer in WALLS if substitute(glance(answer)) is None]
    assert counted["wall", "wall"] >= 0.97 * len(WALLS), missed
    assert sum(counted.values()) == len(WALLS)


def test_of_a_hundred_apologies_ninety_five_are_seen_and_called_by_their_name() -> None:
    counted = confusion(APOLOGIES)
    right = sum(number for (label, called), number in counted.items() if label == called)
    assert right >= 0.95 * len(APOLOGIES), {pair: number for pair, number in counted.items() if pair[0] != pair[1]}


@pytest.mark.parametrize("answer", [*WALLS, *APOLOGIES], ids=lambda answer: answer.name)
def test_what_is_seen_comes_with_its_evidence_and_the_source_of_the_rule(answer: Answer) -> None:
    seen = substitute(glance(answer))
    assert seen is not None
    assert seen.evidence
    assert seen.source
    assert seen.kind is answer.label


@pytest.mark.parametrize("status", [204, 301, 304, 404, 410, 418, 500, 502, 522])
def test_a_vendors_page_with_a_status_of_the_sites_own_business_is_that(status: int) -> None:
    missing = Answer("", None, b"<title>Page not found</title>", status)
    assert substitute(glance(missing)) is None


def test_every_sign_names_its_source_and_asks_for_something() -> None:
    for sign in SIGNS:
        assert sign.source
        assert sign.header or sign.body or sign.words or sign.also or sign.short or len(sign.statuses) == 1, sign.who


@pytest.mark.parametrize("tongue", TONGUES)
def test_a_sentence_is_an_apology_as_a_whole_only(tongue: str) -> None:
    thing = re.sub(r"[\[\]()?:|].*", "", TONGUES[tongue].thing.removeprefix("(?:"))
    assert not NOT_FOUND.fullmatch(thing)
    assert not NOT_FOUND.fullmatch(f"{thing} 12")
    assert not NOT_FOUND.fullmatch("the report was found")


@pytest.mark.parametrize("line", ["404 days", "room 404", "404 not found in nature", "error 404: democracy not found"])
def test_a_line_that_has_more_to_say_is_no_apology(line: str) -> None:
    assert not NOT_FOUND.fullmatch(line)


@given(
    st.sampled_from([200, 202, 403, 405, 429, 503]),
    st.binary(max_size=300) | st.text("<>/ph1title!-&; \n=\"'", max_size=300).map(str.encode),
    st.dictionaries(st.sampled_from(["Content-Type", "Server", "Set-Cookie", "X-Cache"]), st.text("aé/;=")),
    st.booleans(),
)
def test_any_answer_is_judged_without_an_exception(
    status: int, body: bytes, headers: dict[str, str], redirected: bool
) -> None:
    seen = substitute(Answer("", None, body, status, headers, URL, redirected).glance())
    assert seen is None or seen.evidence


BOMBS = {
    "open tags": b"<" * 300_000,
    "open comments": b"<!--" * 70_000,
    "open scripts": b"<script" * 40_000,
    "open headings": b"<h1>" * 70_000,
    "titles": b"<title" * 50_000,
    "paragraphs": b"<p " * 90_000,
    "blanks in a title": b"<title>" + b" " * 290 + b"</title>" + b"<h1>" + b" - " * 90_000,
    "metas": b"<meta " * 60_000,
    "one attribute": b"<p " + b"a" * 300_000,
    "canonicals": b"<link rel=canonical" * 20_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_page_made_to_take_long_takes_no_time(name: str) -> None:
    from time import process_time

    for head in (b"<title>404</title>", b"<title>Just a moment</title>", b""):
        before = process_time()
        substitute(Answer("", None, head + BOMBS[name]).glance())
        assert process_time() - before < 1
