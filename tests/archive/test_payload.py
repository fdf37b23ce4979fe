"""The payload: chunk framing off, whatever its state, in pieces of any size."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import Framing
from archive.fields import (
    date_text,
    header_value,
    is_malformed_digest,
    parse_date,
    parse_digest,
    parse_fields,
    uri_value,
)
from archive.head import read_head
from archive.payload import Dechunker, digests_of, entity_body, entity_parts, known_sha1
from tests.archive.exchanges import NOW

HELLO_SHA1 = "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"


def dechunked(body: bytes) -> bytes:
    return bytes(entity_body(memoryview(body), 0, len(body), Framing.CHUNKED))


@pytest.mark.parametrize(
    ("body", "entity"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"5;x=1\r\nhello\r\n3 \r\n yo\r\n0\r\nTrailer: x\r\n\r\n", b"hello yo"),
        (b"5\nhello\n0\n\n", b"hello"),
        (b"5\r\nhello\r\nZZ\r\nxx\r\n0\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n64\r\nonly", b"helloonly"),
        (b"5\r\nhello\r\n", b"hello"),
        (b"5\r\nhe", b"he"),
        (b"0\r\n\r\n", b""),
        (b"", b""),
        (b"never chunked", b"never chunked"),
        (b"<html>", b"<html>"),
        (b"ab", b"ab"),
        (b"0\r\n\r\nleft over", b""),
        (b"FFFFFFFFFFFFFFF\r\nx", b"x"),
        (b"FFFFFFFFFFFFFFFFF\r\nx", b"FFFFFFFFFFFFFFFFF\r\nx"),
        (b"-1\r\nx", b"-1\r\nx"),
    ],
)
def test_chunk_framing_is_taken_off_as_far_as_it_is_sound(body: bytes, entity: bytes) -> None:
    assert dechunked(body) == entity
    for size in (1, 2, 3):
        dechunker = Dechunker()
        pieces = [memoryview(body)[at : at + size] for at in range(0, len(body), size)]
        parts = [bytes(part) for piece in pieces for part in dechunker.feed(piece)]
        assert b"".join([*parts, *map(bytes, dechunker.finish())]) == entity


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(0, 2**32), st.integers(0, 60))
def test_any_split_of_any_body_gives_the_same_entity(chunks: list[bytes], seed: int, cut: int) -> None:
    dice = random.Random(seed)
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert dechunked(body) == b"".join(chunks)
    body = body[: len(body) - cut] + dice.randbytes(cut // 4)
    whole = dechunked(body)
    dechunker, got, at = Dechunker(), b"", 0
    while at < len(body):
        step = dice.randint(1, 9)
        got += b"".join(dechunker.feed(memoryview(body)[at : at + step]))
        at += step
    assert got + b"".join(dechunker.finish()) == whole


def test_a_body_in_one_piece_is_not_copied() -> None:
    message = memoryview(b"HTTP/1.1 200 OK\r\n\r\nhello world")
    body = entity_body(message, 19, 24, Framing.LENGTH)
    assert isinstance(body, memoryview)
    assert body.obj is message.obj
    assert bytes(body) == b"hello"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_head_or_none(block: bytes) -> None:
    head = read_head(b"HTTP/1.1 200 OK\r\n" + block)
    assert head is not None
    assert head.status == 200
    assert read_head(block) is None or block.lstrip(b"\r\n")[:5].upper() == b"HTTP/"


@given(st.text(st.characters(codec=None)))
def test_a_header_value_is_one_printable_ascii_line(text: str) -> None:
    for value in (header_value(text), uri_value(text)):
        assert value.isascii()
        assert value.isprintable() or not value
        assert value == value.strip()
    assert " " not in uri_value(text)
    fields = parse_fields(f"X: {header_value(text)}\r\n".encode())
    assert fields is not None
    assert fields.pairs == [("X", header_value(text))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-04T05:06:07.890123Z", NOW),
        ("2026-03-04T05:06:07.890123999Z", NOW),
        ("2026-03-04T05:06:07Z", NOW.replace(microsecond=0)),
        ("2026-02-30T05:06:07Z", None),
        ("2026-03-04 05:06:07", None),
        ("2026-03-04T05:06:07+00:00", None),
        ("", None),
    ],
)
def test_dates_are_read_as_the_standard_writes_them(text: str, meant: object) -> None:
    assert parse_date(text) == meant
    assert parse_date(date_text(NOW)) == NOW


@pytest.mark.parametrize(
    "text",
    [
        "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        "SHA-1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj",
        "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "sha1:2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "sha1:2jmj7l5rSw0yVb_vlWAYkK_YBwk",
    ],
)
def test_a_digest_is_read_in_every_form_that_writers_use(text: str) -> None:
    assert parse_digest(text) == ("sha1", bytes.fromhex("da39a3ee5e6b4b0d3255bfef95601890afd80709"))


def test_a_digest_that_can_be_none_is_told_from_an_unknown_algorithm() -> None:
    assert is_malformed_digest("sha1:1112H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")
    assert is_malformed_digest("sha256:00")
    assert not is_malformed_digest("blake3:00")
    assert parse_digest("blake3:00") is None


def test_a_payload_has_both_digests_and_its_length_however_many_parts_it_comes_in() -> None:
    whole = digests_of((b"hello",))
    assert whole.sha256 == "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert (whole.sha1, whole.length) == (HELLO_SHA1, 5)
    chunked = b"2\r\nhe\r\n3;x\r\nllo\r\n0\r\n\r\n"
    assert digests_of(entity_parts(memoryview(chunked), Framing.CHUNKED)) == whole


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (HELLO_SHA1, HELLO_SHA1),
        ("SHA-1:vl2mmho4yxukfwv63yhtwsbm3gxksq2n", HELLO_SHA1),
        ("sha1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", HELLO_SHA1),
        ("sha1:tooshort", None),
        ("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", None),
        ("VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", None),
        ("", None),
        (None, None),
    ],
)
def test_a_sha1_is_told_in_one_form_whoever_wrote_it(text: str | None, known: str | None) -> None:
    assert known_sha1(text) == known
