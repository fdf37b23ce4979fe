"""What answers in a document's place, from the wire to the screen: kept, named, never taken for the document."""

import pytest

from tests.journeys.program import Program
from tests.labelled import site, words
from tests.labelled.apologies import SORRY
from tests.site import Site, answer, page, pdf, redirect

STUDY = "http://www.institute.example/reports/cameras-study"
PAPER = "http://www.institute.example/reports/cameras.pdf"
WALL = page("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>")
MISSING = page(site("Seite nicht gefunden | Beispielamt", SORRY, lang="de"))


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Program]:
    folder = tmp_path_factory.mktemp("substitutes")
    (folder / "record.json").write_text(
        f'{{"key": "cameras", "title": "Cameras", "citations": [{{"text": "A study", "url": "{STUDY}"}},'
        f' {{"text": "A paper (pdf)", "url": "{PAPER}"}}]}}'
    )
    with Site() as web:
        web.add("*", "/robots.txt", answer(404))
        yield web, Program(folder / "data", web.origin, delay_s=0)  # type: ignore[misc]


def outcomes(program: Program, *words_: str, code: int = 1) -> dict[str, tuple[str, str]]:
    run = program("archive", program.data.parent / "record.json", "--json", *words_, code=code).json
    return {row["url"]: (row["outcome"], row["reason"]) for row in run["outcomes"]}


def test_a_wall_and_a_soft_404_leave_no_source_captured_and_show_says_why(place: tuple[Site, Program]) -> None:
    web, program = place
    web.add("*", "/reports/cameras-study", WALL)
    web.add("*", "/reports/cameras.pdf", MISSING)
    ended = outcomes(program)
    assert (ended[STUDY][0], ended[PAPER][0]) == ("blocked", "not_found")
    assert "Cloudflare" in ended[STUDY][1]
    assert "“Seite nicht gefunden | Beispielamt”" in ended[PAPER][1]

    (row,) = program("incidents", "--json").json["incidents"]
    assert row["captured"] == 0
    shown = program("show", "cameras").out
    assert "blocked: a wall answered: a Cloudflare" in shown
    assert "not_found: a soft 404" in shown
    assert program("verify", "--json").json["records"] > 4, "what was answered is kept"
    assert program("search", "gefunden", "--json").json["total"] == 0, "and not read as a source"


def test_a_source_that_was_captured_stays_it_when_a_wall_stands_before_it(place: tuple[Site, Program]) -> None:
    web, program = place
    study = page(site("A study of cameras", words(4000)), ETag='"one"')
    web.add("*", "/reports/cameras-study", study)
    web.add("*", "/reports/cameras.pdf", answer(200, pdf(), "application/pdf"))
    assert {kind for kind, _ in outcomes(program, code=0).values()} == {"captured"}

    web.add("*", "/reports/cameras-study", WALL)
    web.add("*", "/reports/cameras.pdf", redirect("/"))
    ended = outcomes(program, "--force")
    assert ended[STUDY][0] == "blocked"
    assert ended[PAPER] == (
        "not_found", "a soft 404: it redirects to the front page (http://www.institute.example/)",
    )  # fmt: skip
    assert "http://www.institute.example/" not in ended, "the front page is not fetched in the paper's place"
    for citation in program("show", "cameras", "--json").json["citations"]:
        assert [one["document"]["state"] for one in citation["captures"] if one["http_status"] == 200] == ["read"]

    web.add("*", "/reports/cameras-study", study)
    web.add("*", "/reports/cameras.pdf", answer(200, pdf(), "application/pdf"))
    ended = outcomes(program, "--force", code=0)
    assert {kind for kind, _ in ended.values()} == {"unchanged"}, "compared with the study, not with the wall"
    assert web.asked(path="/reports/cameras-study")[-1].headers["if-none-match"] == '"one"'


def test_a_viewers_shell_in_a_pdfs_place_is_named_and_leads_on_to_the_pdf(place: tuple[Site, Program]) -> None:
    web, program = place
    shell = b'<!doctype html><html><body><embed src="/files/real.pdf" type="application/pdf"></body></html>'
    web.add("*", "/reports/cameras.pdf", answer(200, shell, "application/pdf"))
    web.add("*", "/files/real.pdf", answer(200, pdf(), "application/pdf"))
    web.add("*", "/reports/cameras-study", page(site("A study of cameras", words(4000))))
    ended = outcomes(program)
    assert ended[PAPER][0] == "http_error"
    assert "called a PDF, but is a page" in ended[PAPER][1]
    assert ended["http://www.institute.example/files/real.pdf"][0] == "captured"
    paper = program("show", "cameras", "--json").json["citations"][1]
    assert [capture["url"] for capture in paper["captures"]] == ["http://www.institute.example/files/real.pdf"]


def test_a_link_check_calls_each_by_its_name_and_none_dead_for_a_wall(place: tuple[Site, Program]) -> None:
    web, program = place
    web.add("*", "/reports/cameras-study", page(site("A study of cameras", words(4000))))
    web.add("*", "/reports/cameras.pdf", answer(200, pdf(), "application/pdf"))
    outcomes(program, code=0)
    cases = [
        ("soft_404", MISSING),
        ("blocked", WALL),
        ("paywall_or_login", page('<title>Log in</title><form><input type="password"></form>')),
        ("server_error", page("<title>500 Internal Server Error</title><h1>Internal Server Error</h1>")),
        ("type_changed", answer(200, b'{"error": 1}', "application/pdf")),
        ("redirect_root", redirect("/")),
        ("unknown", page("   ")),
    ]
    web.add("*", "/", page(site("Example Institute", words(2000))))
    for status, response in cases:
        web.add("*", "/reports/cameras.pdf", response)
        links = {one["url"]: one for one in program("check", "--json", code=1).json["links"]}
        link = links[PAPER]
        assert (link["status"], link["confirmed"]) == (status, False), link
        assert link["reason"][0].isupper()
        assert links[STUDY]["status"] == "ok"


def test_a_wall_that_a_killed_run_left_without_a_row_is_adopted_as_a_wall(place: tuple[Site, Program]) -> None:
    web, program = place
    web.add("*", "/reports/cameras-study", WALL)
    web.add("*", "/reports/cameras.pdf", MISSING)
    outcomes(program)
    for row in program.data.glob("catalog.sqlite*"):
        row.unlink()
    again = outcomes(program)  # a fresh catalogue adopts the records of the archive, then asks as if for the first time
    assert (again[STUDY][0], again[PAPER][0]) == ("blocked", "not_found")
    for citation in program("show", "cameras", "--json").json["citations"]:
        assert citation["captures"] == []
