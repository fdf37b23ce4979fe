"""Misbehaviours of the loopback web: a path each, a host each for robots.txt, with the outcome each must end in."""

import gzip
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate

from archive.seed import OutcomeKind as K
from tests.site import Act, Answer, Request, Response, Talk, answer, page, pdf, redirect

BODY = b"<!doctype html><title>Report</title><p>The report in question, with enough words to be one.</p>"
ETAG, MODIFIED = '"v1"', "Wed, 30 Oct 2019 12:00:00 GMT"
CLOUDFLARE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>/cdn-cgi/challenge-platform</body>"
)


@dataclass(frozen=True)
class Misbehaviour:
    """What is done, and the outcome of the one who meets it (None: it depends on the request)."""

    act: Response
    outcome: K | None


PATHS: dict[str, Misbehaviour] = {}
HOSTS: dict[str, Misbehaviour] = {}


def _at(path: str, outcome: K | None, act: Response) -> None:
    PATHS[path] = Misbehaviour(act, outcome)


def _does(path: str, outcome: K | None) -> Callable[[Act], Act]:
    def note(act: Act) -> Act:
        _at(path, outcome, act)
        return act

    return note


def _robots(host: str, outcome: K | None, act: Response) -> None:
    HOSTS[host] = Misbehaviour(act, outcome)


def _raw(head: bytes, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 " + head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


# Plain manners
_at("/page", K.CAPTURED, page(BODY))
_at("/report.pdf", K.CAPTURED, answer(200, pdf(), "application/pdf"))
_at("/gzip", K.CAPTURED, answer(200, gzip.compress(BODY), "text/html", Content_Encoding="gzip"))
_at("/deflate", K.CAPTURED, answer(200, zlib.compress(BODY), "text/html", Content_Encoding="deflate"))
_at("/chunked", K.CAPTURED, Answer(200, b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", (("Transfer-Encoding", "chunked"),)))
_at("/until-close", K.CAPTURED, _raw(b"200 OK\nContent-Type: text/html", BODY))
_at("/interim", K.CAPTURED, b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + page(BODY).wire())
_at("/cookies", K.CAPTURED, page(BODY, Set_Cookie="id=1; Path=/; Domain=example.org"))
_at("/latin-header", K.CAPTURED, page(BODY, X_Author="Ren\xe9"))

# Redirects
_at("/redirect", K.CAPTURED, redirect("/page"))
_at("/redirect-permanent", K.CAPTURED, redirect("/page", 301))
_at("/redirect-elsewhere", K.CAPTURED, redirect("http://other.example/page"))
_at("/redirect-loop", K.CAPTURED, redirect("/redirect-loop"))
_at("/redirect-file", K.CAPTURED, redirect("file:///etc/passwd"))
_at("/redirect-javascript", K.CAPTURED, redirect("javascript:alert(1)"))
_at("/redirect-credentials", K.CAPTURED, redirect("http://user:secret@other.example/"))
_at("/redirect-broken-ipv6", K.CAPTURED, redirect("http://[::1/"))
_at("/redirect-port", K.CAPTURED, redirect("http://other.example:99999/"))
_at("/redirect-empty", K.HTTP_ERROR, Answer(302, b"", (("Location", ""),)))
_at("/redirect-nowhere", K.HTTP_ERROR, Answer(302, b"moved"))
_at("/redirect-utf8", K.CAPTURED, redirect("/caf\xc3\xa9"))

# Refusals and errors
_at("/missing", K.NOT_FOUND, answer(404, b"no such page"))
_at("/gone", K.GONE, answer(410, b"gone for good"))
_at("/broken", K.HTTP_ERROR, answer(500, b"it broke"))
_at("/wall-cloudflare", K.BLOCKED, page(CLOUDFLARE, 403, Server="cloudflare", cf_mitigated="challenge"))
_at("/wall-body", K.BLOCKED, page(CLOUDFLARE, 503))
_at("/wall-200", K.BLOCKED, page("<title>Access Denied</title>You shall not pass"))
_at("/wall-aws", K.BLOCKED, answer(202, b"", x_amzn_waf_action="challenge"))
_at("/wall-akamai", K.BLOCKED, page("<h1>Access Denied</h1>", 403, Server="AkamaiGHost"))
_at("/forbidden-short", K.BLOCKED, answer(403, b"no"))
_at("/forbidden-reasoned", K.HTTP_ERROR, page("<title>Members only</title>" + "This part is for members. " * 60, 403))
_at("/login", K.HTTP_ERROR, page("<title>Sign in</title>" + "Please sign in. " * 100, 401))
_at("/later-hour", K.SKIPPED, answer(429, b"slow down", Retry_After="3600"))
_at("/later-garbage", K.BLOCKED, answer(429, b"slow down", Retry_After="soon"))
_at(
    "/later-date",
    K.SKIPPED,
    lambda _, __: answer(503, b"later", Retry_After=formatdate(time.time() + 7200, usegmt=True)),
)
_at("/unasked-304", K.HTTP_ERROR, Answer(304))
_at("/status-999", K.BLOCKED, answer(999, b"no robots"))
_at("/status-0", None, _raw(b"0 Zero\nContent-Length: 2", b"hi"))

# Bodies that are not what they seem
_at("/empty", K.HTTP_ERROR, answer(200, b"", "text/html"))
_at("/no-content", K.HTTP_ERROR, Answer(204))
_at("/html-as-pdf", K.CAPTURED, answer(200, BODY, "application/pdf"))
_at("/gzip-garbage", K.CAPTURED, answer(200, b"this is no gzip", "text/html", Content_Encoding="gzip"))
_at("/charset-rot13", K.CAPTURED, answer(200, BODY, "text/html; charset=rot13"))
_at("/partial", K.TRUNCATED, Answer(206, BODY[:20], (("Content-Range", "bytes 0-19/95"),)))
_at("/huge", K.TOO_LARGE, _raw(b"200 OK\nContent-Type: text/plain", b"x" * 3_000_000))

# Broken framing
_at("/cut", K.TRUNCATED, _raw(b"200 OK\nContent-Length: 5000", BODY))
_at("/chunk-cut", K.TRUNCATED, _raw(b"200 OK\nTransfer-Encoding: chunked", b"400\r\nonly this"))
_at("/not-http", K.NOT_HTTP, b"SSH-2.0-OpenSSH_9.2\r\n")
_at("/many-headers", K.TOO_LARGE, _raw(b"200 OK\n" + b"\n".join(b"X-%d: y" % n for n in range(3000)), BODY))
_at("/long-header", K.TOO_LARGE, _raw(b"200 OK\nX-Long: " + b"z" * 600_000, BODY))


@_does("/conditional", None)
def _conditional(request: Request, _: Talk) -> Answer:
    if request.headers.get("if-none-match") == ETAG or request.headers.get("if-modified-since") == MODIFIED:
        return Answer(304, b"", (("ETag", ETAG),))
    return page(BODY, ETag=ETAG, Last_Modified=MODIFIED)


@_does("/close-at-once", K.CONNECT_ERROR)
def _close_at_once(_: Request, talk: Talk) -> None:
    talk.end()


@_does("/reset", K.CONNECT_ERROR)
def _reset(_: Request, talk: Talk) -> None:
    talk.reset()


@_does("/reset-in-body", K.TRUNCATED)
def _reset_in_body(_: Request, talk: Talk) -> None:
    talk.send(_raw(b"200 OK\nContent-Length: 5000", BODY))
    talk.wait(0.2)  # else the bytes are lost with the connection
    talk.reset()


@_does("/silent", K.TIMEOUT)
def _silent(_: Request, talk: Talk) -> None:
    talk.wait(60)


@_does("/silent-in-body", K.TIMEOUT)
def _silent_in_body(_: Request, talk: Talk) -> None:
    talk.send(_raw(b"200 OK\nContent-Length: 5000", BODY))
    talk.wait(60)


@_does("/drip", K.TIMEOUT)
def _drip(_: Request, talk: Talk) -> None:
    talk.drip(_raw(b"200 OK\nContent-Length: 5000", BODY * 50), 0.2)


@_does("/drip-headers", K.TIMEOUT)
def _drip_headers(_: Request, talk: Talk) -> None:
    talk.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: y\r\n" * 100, 0.2)


# robots.txt by host; the outcome is that of http://HOST/page
_RULES = b"User-agent: *\nDisallow: /page\n"
_robots("robots-none.test", K.CAPTURED, answer(404, b"nothing"))
_robots("robots-empty.test", K.CAPTURED, answer(200))
_robots("robots-forbids.test", K.ROBOTS_DENIED, answer(200, _RULES))
_robots("robots-allows.test", K.CAPTURED, answer(200, _RULES + b"Allow: /page\n"))
_robots("robots-bom.test", K.ROBOTS_DENIED, answer(200, b"\xef\xbb\xbf" + _RULES))
_robots("robots-utf16.test", K.ROBOTS_DENIED, answer(200, _RULES.decode().encode("utf-16")))
_robots("robots-cr.test", K.ROBOTS_DENIED, answer(200, _RULES.replace(b"\n", b"\r")))
_robots("robots-nul.test", K.ROBOTS_DENIED, answer(200, _RULES.replace(b"Dis", b"\0Dis")))
_robots("robots-html.test", K.CAPTURED, page("<html><body>\nUser-agent: *\nDisallow: /\n</body></html>"))
_robots("robots-long.test", K.ROBOTS_DENIED, answer(200, _RULES + b"# more\n" * 90_000))
_robots("robots-endless.test", K.ROBOTS_DENIED, _raw(b"200 OK\nContent-Type: text/plain", _RULES + b"#" * 2_000_000))
_robots("robots-gzip.test", K.ROBOTS_DENIED, answer(200, gzip.compress(_RULES), Content_Encoding="gzip"))
_robots("robots-401.test", K.CAPTURED, answer(401, b"who are you"))
_robots("robots-403.test", K.CAPTURED, answer(403, b"no"))
_robots("robots-429.test", K.ROBOTS_DENIED, answer(429, b"later", Retry_After="1"))
_robots("robots-500.test", K.ROBOTS_DENIED, answer(500, _RULES.replace(b"Dis", b"")))
_robots("robots-503.test", K.ROBOTS_DENIED, answer(503, b"later", Retry_After="1"))
_robots("robots-silent.test", K.ROBOTS_DENIED, _silent)
_robots("robots-reset.test", K.ROBOTS_DENIED, _reset)
_robots("robots-cut.test", K.ROBOTS_DENIED, _raw(b"200 OK\nContent-Length: 5000", b"User-agent: *\n"))
_robots("robots-moved.test", K.ROBOTS_DENIED, redirect("http://robots-forbids.test/robots.txt"))
_robots("robots-loop.test", K.CAPTURED, redirect("/robots.txt"))
_robots("robots-delay.test", K.CAPTURED, answer(200, b"User-agent: *\nCrawl-delay: 1\n"))
_robots("robots-patience.test", K.CAPTURED, answer(200, b"User-agent: *\nCrawl-delay: 3600\n"))
