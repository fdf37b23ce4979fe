"""Whatever is handed in: an answer, never a surprise."""

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.incident.formats import FORMATS, incidents_of, read_material
from extract.incident.keys import slug
from extract.incident.plain import as_plain, from_plain
from extract.incident.reference import read_reference
from extract.incident.values import Citation, Event, Incident, Precision, StatedDate
from tests.extract.incident import pages

SEEDS = [
    pages.as_text(),
    pages.as_html(),
    '@report{k, title = {A {B} \\\'e}, url = {http://a.example}}\n@string{x = "y"}',
    "TY  - RPRT\nTI  - A\nUR  - http://a.example\nER  - ",
    '[{"type": "book", "title": "A", "issued": {"date-parts": [[2020]]}}]',
    '{"key": "a", "citations": [{"text": "x", "same_as": 9}]}',
    "AIAAIC ID#,Headline,Occurred,Description/links\nAIAAIC1,A,2019,https://www.aiaaic.org/aiaaic-repository/x/a",
    "incident_id,title,reports,date\n1,A,[2],2020",
    "https://a.example/\nhttp://b.example\n# no",
]
text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
dates = st.builds(StatedDate, text, st.sampled_from(["", "2019", "2019-07", "2019/.."]), st.sampled_from(Precision))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good record with some pieces taken out, doubled or replaced by noise."""
    content = draw(st.sampled_from(SEEDS)).encode()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        end = draw(st.integers(at, min(len(content), at + 60)))
        new = draw(
            st.sampled_from([b"", content[at:end] * 2, b"<a href=", b"{", b"(2019). ", b"http://", b"\xff", b'"', b"["])
        )
        content = content[:at] + new + content[end:]
    return content


names = st.sampled_from(
    ["a.txt", "b.html", "c.csv", "d.json", "e.bib", "", "https://[x", "http://a.example/b?c", "..", "/"]
)
formats = st.none() | st.sampled_from([one.name for one in FORMATS])
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUIET
@given(
    mutated() | st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
    names,
    formats,
)
def test_any_bytes_in_any_format_are_read_or_refused_in_a_sentence(content: bytes, name: str, form: str | None) -> None:
    answer = json.loads(json.dumps(read_material(content, name=name, url=None, format=form)))
    if "error" in answer:
        assert len(answer["nearest"]) == 3
        return
    for incident in incidents_of(answer):
        assert incident.key == slug(incident.key)
        assert [citation.position for citation in incident.citations] == sorted(
            citation.position for citation in incident.citations
        )
        works = {citation.position for citation in incident.citations if citation.same_as is None}
        assert all(citation.same_as is None or citation.same_as in works for citation in incident.citations)
        for warning in incident.warnings:
            assert warning.endswith((".", "forgotten"))
        json.dumps(as_plain(incident), ensure_ascii=False).encode()


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Any incident that a reader could give."""
    count = draw(st.integers(0, 4))
    cited = [
        draw(st.builds(
            Citation, st.just(at), text, text, text, st.lists(text, max_size=2).map(tuple),
            st.none() | st.integers(1800, 2100), text, st.sampled_from(["", "pdf"]), st.none() | text.filter(bool),
        ))
        for at in range(1, count + 1)
    ]  # fmt: skip
    pairs = st.dictionaries(text, text, max_size=3).map(lambda pairs: tuple(pairs.items()))
    return Incident(
        key=slug(draw(st.text(alphabet=string.ascii_letters + " ", min_size=1, max_size=20))),
        title=draw(text), type=draw(text), occurred=draw(st.none() | dates), published=draw(st.none() | dates),
        updated=draw(st.none() | dates), page_url=draw(st.none() | text.filter(bool)), summary=draw(text),
        aliases=tuple((name, draw(text)) for name in draw(st.sampled_from([(), ("aiaaic",), ("aiaaic", "aiid")]))),
        fields=draw(pairs), sections=tuple(draw(st.lists(st.tuples(text, text), max_size=3))),
        events=tuple(draw(st.lists(st.builds(Event, dates, text, text), max_size=2))),
        citations=tuple(cited), warnings=tuple(draw(st.lists(text, max_size=2))),
    )  # fmt: skip


@QUIET
@given(incidents())
def test_an_incident_comes_back_from_our_own_json(incident: Incident) -> None:
    written = json.dumps({"incidents": [as_plain(incident)]})
    assert from_plain(json.loads(written)["incidents"][0]) == incident
    assert incidents_of(read_material(written.encode(), name="own.json")) == [incident]


@QUIET
@given(st.text(max_size=300))
def test_any_line_is_a_citation_of_some_kind(line: str) -> None:
    said = read_reference(line)
    assert Citation.of(line, 1).title == said.title


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 60_000 + "Documents",
        "<p " + "a='1' " * 60_000 + ">Documents</p><p>Related</p>",
        "Title\nDocuments\nRelated\n" + "(pdf) " * 60_000,
        "Title\nDocuments\nRelated\n" + "A (2020). B" * 30_000,
        "Title\nDocuments\nRelated\n" + "System" * 60_000,
        "Title\nDocuments\nRelated\n" + "https://a.example/1" * 20_000,
        "https://a.example/" + ")" * 300_000,
        "@a{b, c = " + "{" * 300_000,
        "[" * 300_000,
        '{"citations":' * 50_000,
        "Title\nDocuments\nRelated\n" + "Aa Bb " * 60_000 + "(2020). x",
        "AIAAIC ID#,Headline,Occurred\n" + '"' * 300_001,
    ],
)
def test_a_hostile_record_is_answered_in_bounded_time(content: str) -> None:
    assert read_material(content.encode(), name="hostile.txt")
