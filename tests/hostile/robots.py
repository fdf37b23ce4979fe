"""robots.txt in every bad shape, by host; the outcome is that of http://HOST/page."""

import gzip

from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, raw, robots
from tests.hostile.timing import reset, silent
from tests.site import Act, Answer, Request, Talk, answer, page, redirect

RULES = b"User-agent: *\nDisallow: /page\n"
FORBIDS, UNREACHABLE = "robots.txt forbids it", "robots.txt unreachable"


def filled(line: bytes) -> bytes:
    """Nearly 512 KiB of rules that all say no to something else, and one that says no to the page."""
    return RULES + b"".join(line % number for number in range((500 << 10) // (len(line) + 3)))


def chain(hops: int) -> Act:
    """So many redirects, and rules behind the last."""

    def act(request: Request, _: Talk) -> Answer:
        hop = int(request.path.partition("?")[2] or 0)
        return answer(200, RULES) if hop == hops else redirect(f"/robots.txt?{hop + 1}", 301)

    return act


robots("robots-none.test", K.CAPTURED, answer(404, b"nothing"), manners=True)
robots("robots-empty.test", K.CAPTURED, answer(200), manners=True)
robots("robots-forbids.test", K.ROBOTS_DENIED, answer(200, RULES), FORBIDS, manners=True)
robots("robots-allows.test", K.CAPTURED, answer(200, RULES + b"Allow: /page\n"), manners=True)
robots("robots-delay.test", K.CAPTURED, answer(200, b"User-agent: *\nCrawl-delay: 1\n"), manners=True)
robots("robots-moved.test", K.ROBOTS_DENIED, redirect("http://robots-forbids.test/robots.txt"), FORBIDS, manners=True)

# How the file is written
robots("robots-bom.test", K.ROBOTS_DENIED, answer(200, b"\xef\xbb\xbf" + RULES), FORBIDS)
robots("robots-utf16.test", K.ROBOTS_DENIED, answer(200, RULES.decode().encode("utf-16")), FORBIDS)
robots("robots-cr.test", K.ROBOTS_DENIED, answer(200, RULES.replace(b"\n", b"\r")), FORBIDS)
robots("robots-nul.test", K.ROBOTS_DENIED, answer(200, RULES.replace(b"Dis", b"\0Dis")), FORBIDS)
robots("robots-html.test", K.CAPTURED, page("<html><body>\nUser-agent: *\nDisallow: /\n</body></html>"))
robots("robots-binary.test", K.CAPTURED, answer(200, bytes(range(256)) * 100, "image/png"))
robots("robots-gzip.test", K.ROBOTS_DENIED, answer(200, gzip.compress(RULES), Content_Encoding="gzip"), FORBIDS)
robots("robots-unknown-coding.test", K.ROBOTS_DENIED, answer(200, RULES, Content_Encoding="x-own"), UNREACHABLE)
robots("robots-patience.test", K.CAPTURED, answer(200, b"User-agent: *\nCrawl-delay: 3600\n"), "Crawl-delay of 3600 s")

# How long it is
robots("robots-long.test", K.ROBOTS_DENIED, answer(200, RULES + b"# more\n" * 90_000), FORBIDS)
robots("robots-late.test", K.CAPTURED, answer(200, b"# more\n" * 90_000 + RULES))  # behind what is looked at
robots(
    "robots-endless.test", K.ROBOTS_DENIED, raw(b"200 OK\nContent-Type: text/plain", RULES + b"#" * 2_000_000), FORBIDS
)
robots("robots-plain-rules.test", K.ROBOTS_DENIED, answer(200, filled(b"Disallow:/-%x\n")), FORBIDS)
robots("robots-stars.test", K.ROBOTS_DENIED, answer(200, filled(b"Disallow:/*a*a*a*b%x\n")), FORBIDS)
robots("robots-groups.test", K.ROBOTS_DENIED, answer(200, filled(b"User-agent: a%x\nDisallow: /x\n")), FORBIDS)
robots(
    "robots-chunks-of-one-byte.test", K.ROBOTS_DENIED,
    raw(b"200 OK\nTransfer-Encoding: chunked", b"1e\r\n%b\r\n" % RULES + b"1\r\n#\r\n" * 150_000 + b"0\r\n\r\n"),
    FORBIDS,
)  # fmt: skip

# That it cannot be had
robots("robots-401.test", K.CAPTURED, answer(401, b"who are you"))
robots("robots-403.test", K.CAPTURED, answer(403, b"no"))
robots("robots-410.test", K.CAPTURED, answer(410, b"gone"))
robots("robots-451.test", K.CAPTURED, answer(451, b"not in your country"))
robots("robots-204.test", K.CAPTURED, Answer(204))
robots("robots-304.test", K.CAPTURED, Answer(304))
robots("robots-429.test", K.ROBOTS_DENIED, answer(429, b"later", Retry_After="1"), UNREACHABLE)
robots("robots-500.test", K.ROBOTS_DENIED, answer(500, RULES.replace(b"Dis", b"")), f"{UNREACHABLE} (500)")
robots("robots-503.test", K.ROBOTS_DENIED, answer(503, b"later", Retry_After="1"), f"{UNREACHABLE} (503)")
robots("robots-502.test", K.ROBOTS_DENIED, page("<h1>Bad Gateway</h1>", 502), f"{UNREACHABLE} (502)")
robots("robots-999.test", K.ROBOTS_DENIED, answer(999, b"no robots"), f"{UNREACHABLE} (999)")
robots("robots-silent.test", K.ROBOTS_DENIED, silent, UNREACHABLE)
robots("robots-reset.test", K.ROBOTS_DENIED, reset, UNREACHABLE)
robots("robots-not-http.test", K.ROBOTS_DENIED, RULES, UNREACHABLE)
robots("robots-cut.test", K.ROBOTS_DENIED, raw(b"200 OK\nContent-Length: 5000", b"User-agent: *\n"), UNREACHABLE)
robots(
    "robots-gzip-cut.test", K.ROBOTS_DENIED,
    answer(200, gzip.compress(RULES)[:-10], Content_Encoding="gzip"), UNREACHABLE,
)  # fmt: skip
robots("robots-five-hops.test", K.ROBOTS_DENIED, chain(5), FORBIDS)
robots("robots-six-hops.test", K.CAPTURED, chain(6))
robots("robots-loop.test", K.CAPTURED, redirect("/robots.txt"))
robots("robots-moved-to-an-error.test", K.ROBOTS_DENIED, redirect("http://robots-500.test/robots.txt"), UNREACHABLE)
robots("robots-moved-to-nothing.test", K.CAPTURED, redirect("http://robots-none.test/robots.txt"))
robots("robots-moved-inside.test", K.REFUSED_ADDRESS, redirect("http://10.0.0.1/robots.txt"), "not a public address")
robots("robots-moved-to-file.test", K.CAPTURED, redirect("file:///etc/passwd"))
robots("robots-redirect-nowhere.test", K.CAPTURED, Answer(302, BODY))
