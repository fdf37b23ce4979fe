"""Framing: the same reading however the bytes were cut on their way."""

import random
import time
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.capture import Fault, Framing
from crawler.framing import Framer, Phase
from crawler.limits import Limits
from tests.crawler.forms import OWN, Form, real_forms

REAL = real_forms()
FORMS = {**OWN, **{f"real {name}": form for name, form in REAL.items()}}


def frame(pieces: Iterable[bytes], method: str = "GET", limits: Limits | None = None) -> tuple[object, ...]:
    """Everything the framer says of an answer that came in these pieces."""
    framer = Framer(method, limits or Limits())
    buffer = bytearray()
    for piece in pieces:
        if framer.phase is Phase.HEAD:
            buffer += piece
            framer.read_head(buffer)
            with memoryview(buffer) as whole, whole[framer.body_at :] as rest:
                framer.read_body(rest)
        else:
            framer.read_body(memoryview(piece))
    return (
        framer.phase, framer.status, framer.reason, framer.headers, framer.framing, framer.head_at, framer.body_at,
        framer.end_at, framer.keeps, framer.fault, framer.doubt,
    )  # fmt: skip


def cut(content: bytes, places: Iterable[int]) -> list[bytes]:
    marks = [0, *sorted(places), len(content)]
    return [content[start:end] for start, end in pairwise(marks) if end > start]


@pytest.mark.skipif(not REAL, reason="the real forms (../shared/data) are not beside this checkout")
def test_the_real_forms_are_among_those_tried() -> None:
    assert len(REAL) == 58


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_one_byte_pieces_read_as_the_whole_does(form: Form) -> None:
    content = form.content
    assert frame(content[at : at + 1] for at in range(len(content))) == frame([content])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_hundred_random_splits_read_as_the_whole_does(form: Form) -> None:
    dice = random.Random(form.content)
    whole = frame([form.content])
    for _ in range(100):
        places = [dice.randrange(len(form.content) + 1) for _ in range(dice.randrange(1, 12))]
        assert frame(cut(form.content, places)) == whole


PARTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK", b"http/1.0 404", b"HTTP/1.1 100 Go on", b"HTTP/1.1 204 x", b"\r\n", b"\n", b"\r",
        b"\r\n\r\n", b"\n\n", b"Content-Length: 3", b"Content-Length: x", b"Transfer-Encoding: chunked",
        b"Connection: close", b": ",
        b" ", b"\t", b"\0", b"3\r\nabc\r\n", b"0\r\n\r\n", b"0\n\n", b"fff", b";e=1", b"abc", b"HTTP/", b"\xff",
    ]
)  # fmt: skip


@given(st.lists(PARTS | st.binary(max_size=4), max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_any_bytes_read_the_same_in_any_pieces(parts: list[bytes], dice: random.Random) -> None:
    content = b"".join(parts)
    tight, narrow = Limits(head_bytes=60, head_fields=3, interim=1), Limits(head_bytes=60, head_line=18)
    places = [dice.randrange(len(content) + 1) for _ in range(5)]
    for limits in (Limits(), tight, narrow):
        whole = frame([content], limits=limits)
        assert frame(cut(content, places), limits=limits) == whole
        assert frame(cut(content, range(len(content))), limits=limits) == whole


def headers_of(lines: bytes) -> dict[bytes, bytes]:
    return dict(frame([b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n"])[3])  # type: ignore[call-overload, no-any-return]


def test_names_keep_their_case_and_repeated_fields_their_order() -> None:
    fields = frame([b"HTTP/1.1 200 OK\r\nset-cookie: b\r\nX-aB: 1\r\nSet-Cookie: a\r\n\r\n"])[3]
    assert fields == ((b"set-cookie", b"b"), (b"X-aB", b"1"), (b"Set-Cookie", b"a"))


def test_folded_lines_are_joined_and_lines_without_a_name_left_out() -> None:
    assert headers_of(b"A: 1\r\n  2\r\n\t3\r\nnonsense\r\n: nobody\r\nB : 4\r\n") == {b"A": b"1 2 3", b"B": b"4"}


def test_a_fold_before_any_field_is_left_out() -> None:
    assert headers_of(b" folded\r\nA: 1\r\n") == {b"A": b"1"}


def test_the_reason_phrase_is_kept_as_sent() -> None:
    assert frame([b"HTTP/1.1 404 Gone  Fishing\r\n\r\n"])[2] == b"Gone  Fishing"


@pytest.mark.parametrize(
    "line",
    [b"HTTP/1.1 abc", b"HTTP/1.1200 OK", b"HTTP/1.1 99 x", b"HTTP/1.1 2000 x", b"HTTP/1.1 -1", b"ICY 200", b"SSH-2.0"],
)
def test_a_line_that_is_no_status_line_is_not_http(line: bytes) -> None:
    phase, status, *_, fault, _ = frame([line + b"\r\n\r\nbody"])
    assert (phase, status, fault) == (Phase.UNFRAMED, None, Fault.NOT_HTTP)


@pytest.mark.parametrize(
    "line", [b"http/1.1 200", b"HTTP/2 200", b"HTTP/1.2 200 OK", b"HTTP/1.1   200\tOK", b"HTTP/1.1 200 "]
)
def test_a_status_line_may_be_sloppy(line: bytes) -> None:
    assert frame([line + b"\r\nContent-Length: 0\r\n\r\n"])[1] == 200


@pytest.mark.parametrize(
    ("fields", "framing"),
    [
        (b"Content-Length: 3", Framing.LENGTH),
        (b"Content-Length: 3, 3", Framing.LENGTH),
        (b"Content-Length: 3\r\ncontent-length: 3", Framing.LENGTH),
        (b"Content-Length: 3\r\ncontent-length: 4", Framing.CLOSE),
        (b"Content-Length: -3", Framing.CLOSE),
        (b"Content-Length: +3", Framing.CLOSE),
        (b"Content-Length: 0x3", Framing.CLOSE),
        (b"Content-Length:", Framing.CLOSE),
        (b"Content-Length: 3\r\nTransfer-Encoding: chunked", Framing.CHUNKED),
        (b"Transfer-Encoding: gzip, CHUNKED", Framing.CHUNKED),
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", Framing.CHUNKED),
        (b"Transfer-Encoding: chunked, gzip", Framing.CLOSE),
        (b"Transfer-Encoding: identity\r\nContent-Length: 3", Framing.LENGTH),
        (b"X: y", Framing.CLOSE),
    ],
)
def test_the_framing_follows_the_fields(fields: bytes, framing: Framing) -> None:
    assert frame([b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n"])[4] is framing


@pytest.mark.parametrize(
    ("fields", "doubt"),
    [
        (b"Content-Length: 3\r\ncontent-length: 4", "Content-Length is stated as '3 and 4'"),
        (b"Content-Length: NaN", "Content-Length is stated as 'nan'"),
        (b"Content-Length: 3\r\nTransfer-Encoding: chunked", "both Transfer-Encoding and Content-Length are stated"),
        (b"Content-Length: 3, 3", ""),
        (b"Transfer-Encoding: chunked", ""),
        (b"X: y", ""),
    ],
)
def test_lengths_that_contradict_each_other_are_told(fields: bytes, doubt: str) -> None:
    assert frame([b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n"])[-1] == doubt


@pytest.mark.parametrize(
    ("method", "status", "ends"), [("HEAD", 200, True), ("GET", 204, True), ("GET", 304, True), ("GET", 200, False)]
)
def test_no_body_is_waited_for_where_none_can_be(method: str, status: int, ends: bool) -> None:
    head = b"HTTP/1.1 %d x\r\nContent-Length: 9\r\n\r\n" % status
    assert (frame([head], method=method)[0] is Phase.ENDED) is ends


@pytest.mark.parametrize(
    ("start", "field", "keeps"),
    [
        (b"HTTP/1.1", b"X: y", True),
        (b"HTTP/1.1", b"Connection: Close", False),
        (b"HTTP/1.0", b"X: y", False),
        (b"HTTP/1.0", b"Connection: Keep-Alive", True),
    ],
)
def test_a_connection_is_kept_when_the_answer_allows_it(start: bytes, field: bytes, keeps: bool) -> None:
    assert frame([start + b" 200 OK\r\n" + field + b"\r\nContent-Length: 0\r\n\r\n"])[8] is keeps


def test_a_status_line_of_blanks_is_read_in_linear_time() -> None:
    limits = Limits(head_line=1 << 20)
    assert frame([b"HTTP/1.1 200 " + b" \t" * 100_000 + b"x\r\n\r\n"], limits=limits)[1] == 200


LINE = Limits().head_line


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nA: 1\r\nX: %b\r\nB: 2\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: %b", b"HTTP/1.1 200 %b\r\n\r\n",
        b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\nX: %b\n\n", b"\r\n\r\nHTTP/1.1 200 OK\r\nX: 1\r\n %b\r\n\r\n",
    ],
)  # fmt: skip
def test_a_header_line_of_more_than_16_kib_is_not_framed(head: bytes) -> None:
    fits = frame([head % (b"z" * (LINE - 20))])
    assert fits[9] is None
    content = head % (b"z" * LINE)
    *_, fault, doubt = frame([content])
    assert (fault, doubt) == (Fault.HEADERS_TOO_LARGE, "a header line of more than 16384 bytes")
    for size in (1, 977, LINE):
        assert frame([content[at : at + size] for at in range(0, len(content), size)]) == frame([content])


def test_many_lines_that_are_nearly_too_long_are_read_in_linear_time() -> None:
    lines = b"".join(b"X-%d: %b\r\n" % (number, b"z" * (LINE - 20)) for number in range(15))
    content = b"HTTP/1.1 200 OK\r\n" + lines + b"Content-Length: 0\r\n\r\n"
    pieces = [content[at : at + 64] for at in range(0, len(content), 64)]
    began = time.process_time()
    assert frame(pieces)[0] is Phase.ENDED
    assert time.process_time() - began < 2


def test_a_chunk_line_without_end_is_doubted() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 20_000
    assert frame([answer])[0] is Phase.UNFRAMED
    assert frame([answer[:15_000], answer[15_000:]]) == frame([answer])


def test_a_huge_chunk_size_waits_for_its_bytes_and_a_longer_one_is_doubted() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert frame([head + b"FFFFFFFFFFFFFFFF\r\nabc"])[0] is Phase.BODY
    assert frame([head + b"FFFFFFFFFFFFFFFFF\r\nabc"])[0] is Phase.UNFRAMED
