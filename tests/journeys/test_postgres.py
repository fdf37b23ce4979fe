"""The main job with its catalogue on a PostgreSQL server: the same command, one URL more."""

from pathlib import Path

import pytest

from desk.sample import PAGE_TEXT, SampleWeb
from tests import postgres
from tests.journeys.program import Program

KEY = "met-police-live-facial-recognition"


@pytest.mark.skipif(bool(postgres.missing()), reason=postgres.missing() or "it can be started")
def test_a_catalogue_on_a_server_of_its_own_is_filed_and_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SampleWeb() as web, postgres.serving() as url:
        monkeypatch.setenv("SOURCEKEEP_DATABASE", url.render_as_string())
        program = Program(tmp_path / "data", web.origin, delay_s=0)
        run = program("archive", PAGE_TEXT, "--json").json
        assert {row["outcome"] for row in run["outcomes"]} == {"captured"}, run["outcomes"]
        (hit,) = program("search", '"eight of 42"', "--incident", KEY, "--json").json["hits"]
        assert (hit["page"], hit["incidents"]) == (3, [KEY])
        assert "only [eight of 42] were verified" in hit["snippet"]
        again = program("archive", PAGE_TEXT, "--json").json
        assert again["requested"] == 0
    assert not (tmp_path / "data" / "catalog.sqlite").exists()
