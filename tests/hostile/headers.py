"""Heads that are too long, endless, or hold what no head may hold."""

from archive.capture import Truncation
from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, at, does, raw
from tests.site import Request, Talk, page

HTML = b"200 OK\nContent-Type: text/html\n"

at("/header-line-60k", K.TOO_LARGE, raw(HTML + b"X-Long: " + b"z" * 60_000, BODY), "a header line of more than 16384")
at("/header-line-600k", K.TOO_LARGE, raw(b"200 OK\nX-Long: " + b"z" * 600_000, BODY), "a header line of more than")
at(
    "/header-line-10m", K.TOO_LARGE, raw(b"200 OK\nX-Long: " + b"z" * 10_000_000, BODY), "a header line of more than",
    Truncation.LENGTH,
)  # fmt: skip
at("/status-line-long", K.TOO_LARGE, raw(b"200 " + b"O" * 20_000 + b"K", BODY), "a header line of more than")
at(
    "/many-headers",
    K.TOO_LARGE,
    raw(HTML + b"\n".join(b"X-%d: y" % n for n in range(3000)), BODY),
    "3001 header fields",
)
at("/large-head", K.TOO_LARGE, raw(HTML + b"\n".join([b"X: " + b"y" * 10_000] * 30), BODY), "a head of more than")
at(
    "/100000-headers", K.TOO_LARGE, raw(HTML + b"\n".join(b"X-%d: y" % n for n in range(100_000)), BODY),
    "a head of more than", Truncation.LENGTH,
)  # fmt: skip
at(
    "/5000-cookies", K.TOO_LARGE, raw(HTML + b"\n".join(b"Set-Cookie: c%d=1" % n for n in range(5000)), BODY),
    "5001 header fields",
)  # fmt: skip
at("/header-nul", K.CAPTURED, raw(HTML + b"X-Nul: a\0b", BODY))
at("/header-bare-line-feeds", K.CAPTURED, raw(HTML + b"X: y", BODY).replace(b"\r\n", b"\n"))
at("/header-bare-returns", K.CAPTURED, raw(HTML + b"X: a\rY: b", BODY))
at("/header-fold", K.CAPTURED, raw(HTML + b"X: a\n  b\n\tc", BODY))
at("/header-blank-in-name", K.CAPTURED, raw(HTML + b"X Y: b", BODY))
at("/header-no-colon", K.CAPTURED, raw(b"200 OK\nnonsense\nContent-Type: text/html\n: nobody", BODY))
at("/header-latin", K.CAPTURED, page(BODY, X_Author="Ren\xe9"))
at("/header-bytes", K.CAPTURED, raw(HTML + b"X: " + bytes(range(128, 256)), BODY))
at("/header-cut", K.CONNECT_ERROR, b"HTTP/1.1 200 OK\r\nContent-Ty", "", Truncation.DISCONNECT)


@does("/headers-for-ever", K.TOO_LARGE, "a head of more than", Truncation.LENGTH)
def _headers_for_ever(_: Request, talk: Talk) -> None:
    talk.pour(b"HTTP/1.1 200 OK\r\n", b"X-A: yyyyyyyyyyyyyyyy\r\n" * 500)


@does("/header-line-for-ever", K.TOO_LARGE, "a header line of more than", Truncation.LENGTH)
def _header_line_for_ever(_: Request, talk: Talk) -> None:
    talk.pour(b"HTTP/1.1 200 OK\r\nX: ", b"z" * 20_000)
