"""Bodies whose end is told wrongly, twice, or not at all."""

import gzip

from archive.capture import Truncation
from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, MOST_BODY_MIB, at, does, raw
from tests.site import Request, Talk, answer, pdf

HTML = b"200 OK\nContent-Type: text/html\n"
CHUNKED = HTML + b"Transfer-Encoding: chunked"
CLOSED = "closed before the answer was whole"
PDF = answer(200, pdf()[:300], "application/pdf", Content_Length="5000").wire()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST = b"0\r\n\r\n"

at("/cut", K.TRUNCATED, raw(HTML + b"Content-Length: 5000", BODY), CLOSED, Truncation.DISCONNECT)
at("/length-huge", K.TRUNCATED, raw(HTML + b"Content-Length: 100000000000000", BODY), CLOSED, Truncation.DISCONNECT)
at("/length-less", K.CAPTURED, raw(HTML + b"Content-Length: 5", BODY), "90 bytes after the end of its answer")
at("/length-negative", K.CAPTURED, raw(HTML + b"Content-Length: -5", BODY), "stated as '-5'")
at("/length-no-number", K.CAPTURED, raw(HTML + b"Content-Length: NaN", BODY), "stated as 'nan'")
at("/length-twice", K.CAPTURED, raw(HTML + b"Content-Length: 5\nContent-Length: 7", BODY), "stated as '5 and 7'")
at("/length-1e99", K.CAPTURED, raw(HTML + b"Content-Length: " + b"9" * 99, BODY), "stated as '999")
at(
    "/length-and-chunks",
    K.CAPTURED,
    raw(CHUNKED + b"\nContent-Length: 3", chunk(BODY) + LAST),
    "both Transfer-Encoding",
)
at("/chunk-cut", K.TRUNCATED, raw(CHUNKED, b"400\r\nonly this"), CLOSED, Truncation.DISCONNECT)
at("/chunk-last-missing", K.TRUNCATED, raw(CHUNKED, chunk(BODY)), CLOSED, Truncation.DISCONNECT)
at("/chunk-size-bad", K.TRUNCATED, raw(CHUNKED, b"zz\r\n" + BODY), "no chunk size", Truncation.UNSPECIFIED)
at("/chunk-size-long", K.TRUNCATED, raw(CHUNKED, b"F" * 17 + b"\r\n" + BODY), "no chunk size", Truncation.UNSPECIFIED)
at("/chunk-size-huge", K.TRUNCATED, raw(CHUNKED, b"F" * 16 + b"\r\n" + BODY), CLOSED, Truncation.DISCONNECT)
at("/chunk-no-end", K.TRUNCATED, raw(CHUNKED, b"5\r\nhello!\r\n" + LAST), "not followed by", Truncation.UNSPECIFIED)
at(
    "/chunk-line-long",
    K.TRUNCATED,
    raw(CHUNKED, b"5;" + b"x" * 20_000),
    "a chunk line is longer",
    Truncation.UNSPECIFIED,
)
at("/chunk-trailers", K.CAPTURED, raw(CHUNKED, chunk(BODY) + b"0\r\nX-Sum: 1\r\n\r\n"))
at(
    "/chunk-trailers-long", K.TRUNCATED, raw(CHUNKED, chunk(BODY) + b"0\r\n" + b"X: y\r\n" * 20_000), "trailers",
    Truncation.UNSPECIFIED,
)  # fmt: skip
WORDS = b"A sentence of the report. " * 4_000
at("/chunks-of-one-byte", K.CAPTURED, raw(CHUNKED, b"".join(b"1\r\n%c\r\n" % byte for byte in WORDS) + LAST))
at(
    "/chunks-of-gzip", K.CAPTURED,
    raw(HTML + b"Transfer-Encoding: gzip, chunked", chunk(gzip.compress(BODY)) + LAST),
)  # fmt: skip
at("/huge", K.TOO_LARGE, raw(HTML, b"x" * ((MOST_BODY_MIB << 20) + 1)), "cut after", Truncation.LENGTH)
at(
    "/huge-stated",
    K.TOO_LARGE,
    answer(200, b"x" * (MOST_BODY_MIB + 1 << 20), "text/plain"),
    "cut after",
    Truncation.LENGTH,
)
at("/pdf-cut", K.TRUNCATED, PDF, CLOSED, Truncation.DISCONNECT)


@does("/plain-for-ever", K.TOO_LARGE, "cut after", Truncation.LENGTH)
def _plain_for_ever(_: Request, talk: Talk) -> None:
    talk.pour(raw(HTML), b"x" * 65536)


@does("/chunks-for-ever", K.TOO_LARGE, "cut after", Truncation.LENGTH)
def _chunks_for_ever(_: Request, talk: Talk) -> None:
    talk.pour(raw(CHUNKED), chunk(b"x" * 65536))


@does("/trailers-for-ever", K.TOO_LARGE, "trailers of more", Truncation.LENGTH)
def _trailers_for_ever(_: Request, talk: Talk) -> None:
    talk.pour(raw(CHUNKED, chunk(BODY) + b"0\r\n"), b"X: y\r\n" * 5000)
