"""What crossed the wire is read back from the records as it was, or not at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture, Exchange, Fault, Truncation
from archive.errors import ArchiveError
from archive.files import warc_path
from archive.recollection import recollect
from archive.writer import ArchiveWriter
from tests.archive.exchanges import AGENT, CITED, PAGE, answer, exchange, forms, keep_all, only_file

FACTS = ("method", "seconds", "peer", "port", "tls", "truncated", "fault", "fault_detail", "reused")
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


def hold(folder: Path, capture: Capture, exchanged: Exchange) -> None:
    told = recollect(folder, capture)
    assert b"".join(told.received) == bytes(exchanged.received), capture.url
    assert {name: getattr(told, name) for name in FACTS} == {name: getattr(exchanged, name) for name in FACTS}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"received": INTERIM + PAGE},
        {"received": answer(body=bytes(3 << 20))},
        {"received": b"220 mail.example ESMTP\r\n", "tls": None},
        {"truncated": Truncation.TIME, "fault": Fault.TIMEOUT, "fault_detail": "silent for 20 s", "reused": True},
        {"peer": "2001:db8::7", "port": 8443, "seconds": 12.345},
        {"peer": None, "port": None, "method": "HEAD"},
        {"sent": b""},
    ],
)
def test_an_exchange_is_read_back_as_it_was(tmp_path: Path, given: dict[str, Any]) -> None:
    several = [exchange(url="https://a.example/before"), exchange(**given), exchange(url="https://a.example/after")]
    for capture, exchanged in zip(keep_all(tmp_path, several), several, strict=True):
        hold(tmp_path, capture, exchanged)


def test_every_odd_answer_is_read_back_to_the_byte(tmp_path: Path, real_samples: Path) -> None:
    several = [exchange(received, f"https://a.example/{name}") for name, received in forms(real_samples).items()]
    for capture, exchanged in zip(keep_all(tmp_path, several), several, strict=True):
        hold(tmp_path, capture, exchanged)


def test_of_a_revisit_with_an_equal_payload_the_head_is_told(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        first = writer.keep(exchange(), CITED).result(5)
        again = writer.keep(exchange(), CITED, previous=first).result(5)
    assert b"".join(recollect(tmp_path, again).received) == PAGE[: -len(b"hello")]


def test_it_is_read_while_the_file_is_still_written_to(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, run="r", agent=AGENT) as writer:
        capture = writer.keep(exchange(), CITED).result(5)
        assert warc_path(tmp_path, capture.warc).name.endswith(".open")
        hold(tmp_path, capture, exchange())


def test_any_byte_that_changed_is_noticed(tmp_path: Path) -> None:
    capture, _ = keep_all(tmp_path, [exchange(), exchange()])
    path = only_file(tmp_path)
    sound = path.read_bytes()
    noticed = 0
    for at in range(capture.offset, capture.offset + capture.length):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :])
        try:
            kept = b"".join(recollect(tmp_path, capture).received)
        except ArchiveError:
            noticed += 1
        else:
            assert kept == PAGE, at  # bytes of the gzip header that mean nothing
    assert noticed >= capture.length - 6


@pytest.mark.parametrize("change", ["gone", "no file", "elsewhere", "another record", "cut"])
def test_what_is_not_there_is_an_error_and_never_another_answer(tmp_path: Path, change: str) -> None:
    first, second = keep_all(tmp_path, [exchange(), exchange(answer(body=b"another"), "https://b.example/")])
    path = only_file(tmp_path)
    if change == "gone":
        path.unlink()
    elif change == "cut":
        path.write_bytes(path.read_bytes()[: first.offset + 9])
    asked = {
        "no file": replace(first, warc="../index.cdxj"),
        "elsewhere": replace(first, offset=first.offset + 1),
        "another record": replace(first, offset=second.offset),
    }.get(change, first)
    with pytest.raises(ArchiveError):
        b"".join(recollect(tmp_path, asked).received)


def test_what_others_wrote_is_not_guessed_at(tmp_path: Path) -> None:
    """Their metadata stands elsewhere or says nothing of the exchange."""
    (capture,) = keep_all(tmp_path, [exchange()])
    path = only_file(tmp_path)
    alone = path.read_bytes()[capture.offset :]
    path.write_bytes(alone)
    with pytest.raises(ArchiveError, match="no record tells"):
        recollect(tmp_path, replace(capture, offset=0))
