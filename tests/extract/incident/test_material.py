"""Material as a new format sees it: bytes to text, rows and names."""

from collections.abc import Iterator

import pytest

from archive.errors import UnreadableRecord
from extract.incident.material import DEEPEST_JSON, Material
from extract.incident.values import Citation, Incident

SHEET = (
    b'observatory_id,Title,sources\nO-1,A door,"Watch (2020). A brief (pdf); http://a.example/b"\n,,\nO-2,"A\nlock",\n'
)


def recognises(material: Material) -> bool:
    return "observatory_id" in material.columns


def read(material: Material) -> Iterator[Incident]:
    for row in material.rows():
        cited = tuple(Citation.of(text, place) for place, text in enumerate(row.list("sources"), 1))
        yield Incident(key=row.text("observatory_id"), title=row.text("title"), citations=cited)


def test_a_format_of_one_module_reads_rows_by_their_names() -> None:
    material = Material(SHEET, "observatory.csv")
    assert recognises(material)
    first, second = read(material)
    assert (first.key, first.title, second.title) == ("O-1", "A door", "A\nlock")
    assert [(citation.publisher, citation.format, citation.url) for citation in first.citations] == [
        ("Watch", "pdf", None), ("", "", "http://a.example/b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é".encode(), "é"),
        ("é".encode("utf-8-sig"), "é"),
        ("é".encode("utf-16"), "é"),
        (b"\xe9", "é"),
        (b'<meta charset="iso-8859-2">\xb1', '<meta charset="iso-8859-2">ą'),
        (b'<meta charset="nonsense">\xe9', '<meta charset="nonsense">é'),
        (b"a\x00b", "ab"),
    ],
)
def test_bytes_become_text_by_mark_declaration_or_guess(content: bytes, text: str) -> None:
    assert Material(content, "a").text == text


@pytest.mark.parametrize(
    ("name", "stem", "ending"),
    [
        ("a page.txt", "a page", ".txt"),
        ("folder/b.csl.json", "b.csl", ".json"),
        ("C:\\files\\c.bib", "c", ".bib"),
        ("https://host.example/x/d%20e?f=g.h", "d e", ""),
    ],
)
def test_a_name_gives_stem_and_ending(name: str, stem: str, ending: str) -> None:
    material = Material(b"", name)
    assert (material.stem, material.ending) == (stem, ending)


def test_json_past_all_depth_is_refused_by_name() -> None:
    with pytest.raises(UnreadableRecord, match="nested deeper"):
        _ = Material(b"[" * (DEEPEST_JSON + 5) + b"]" * (DEEPEST_JSON + 5), "deep.json").json
