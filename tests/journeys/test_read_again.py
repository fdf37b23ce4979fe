"""A user reads the archive again with today's readers: offline, stopped half-way, told what is to tell."""

import signal
import sqlite3
import time
from pathlib import Path

from desk.sample import PAGE_TEXT, SampleWeb
from tests.journeys.program import Program
from tests.journeys.test_conversions import converted, documents

KEY = "met-police-live-facial-recognition"


def change(program: Program, *statements: str) -> None:
    """Makes the catalogue be as another version of the program had left it."""
    catalogue = sqlite3.connect(program.data / "catalog.sqlite")
    for statement in statements:
        catalogue.execute(statement)
    catalogue.commit()
    catalogue.close()


def test_an_archive_is_read_again_offline_and_a_killed_call_goes_on(tmp_path: Path) -> None:
    with SampleWeb() as web:
        archiving = Program(tmp_path / "data", web.origin, delay_s=0)
        archiving("archive", PAGE_TEXT)
        first, texts = documents(archiving), converted(archiving)
    program = Program(tmp_path / "data")  # the web is closed and no host is answered for
    change(program, "UPDATE document SET reader = 'pypdfium2 4.0.0' WHERE reader LIKE 'pypdfium2%'")
    one = program("read", "--again", KEY, "--json").json
    assert one["due"] == one["read"] > 3
    assert (one["state"], one["documents"]) == ("done", [])
    assert documents(program) == first
    assert converted(program) == texts, "what reads as before is in the archive once"

    change(program, "UPDATE document SET reader = 'old 1.0'")
    total = len(first)
    killed = program.start("read", "--again")
    time.sleep(1.0)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    rest = program("read", "--again", "--json").json
    assert 0 < rest["due"] == rest["read"]
    assert len(documents(program)) == total
    assert "[eight of 42]" in program("search", '"eight of 42"').out

    change(program, "UPDATE document SET state = 'time_limit' WHERE payload_digest = "
           "(SELECT payload_digest FROM document WHERE state = 'read' ORDER BY id LIMIT 1)")  # fmt: skip
    said = program("read", "--again")
    assert "read now: " in said.out
    assert "1 document read again (1 of them for the first time)" in said.out
    assert "Nothing is to be read again" in program("read", "--again").out
    wrong = program("read", "--again", "no-such-incident", code=2)
    assert "no incident no-such-incident" in wrong.err
