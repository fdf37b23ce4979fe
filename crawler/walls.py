"""Walls: answers that keep robots out, told by status, headers and the first bytes, never by parsing a page."""

import re

from archive.capture import Exchange
from crawler.body import is_shorter, opening

# A refusal shorter than this explains nothing to a reader: it is a wall's, not a site's own page.
SHORT = 1024
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})", re.IGNORECASE)
# Titles of challenge and refusal pages, as whole titles or their beginnings; they come with status 200 as well.
_WALL_TITLES = (
    b"just a moment", b"attention required! | cloudflare", b"access denied", b"access to this page has been denied",
    b"pardon our interruption", b"are you a robot", b"are you human", b"human verification", b"verify you are human",
    b"checking your browser", b"ddos-guard", b"please wait... | cloudflare", b"restricted access", b"unusual traffic",
    b"one moment, please", b"security check", b"bot verification", b"request rejected", b"robot check",
)  # fmt: skip
# Marks in the body that only a wall has; looked at on refusals (not on 200: whole sites carry some of them).
_WALL_MARKS = (
    (b"cdn-cgi/challenge-platform", "a Cloudflare challenge"),
    (b"just a moment", "a Cloudflare challenge"),
    (b"/_incapsula_resource", "an Imperva challenge"),
    (b"px-captcha", "a PerimeterX captcha"),
    (b"captcha-delivery.com", "a DataDome captcha"),
    (b"g-recaptcha", "a captcha"),
    (b"h-captcha", "a captcha"),
    (b"hcaptcha", "a captcha"),
    (b"awswafcookiedomainlist", "an AWS WAF challenge"),
    (b"unusual traffic", "a page about unusual traffic"),
    (b"you don't have permission to access", "an Akamai refusal"),
)
_REFUSALS = frozenset({401, 402, 403, 406, 429, 503, 999})


def wall(exchange: Exchange) -> str | None:
    """Why this answer is a wall's and not the site's (a phrase for the reason), or None.

    Rules: field evidence of Cloudflare, AWS WAF, Akamai, CloudFront, Imperva, DataDome and PerimeterX; 429 and 999
    at all; a 403 or 406 without a reasoned body.
    """
    status = exchange.status
    if status is None:
        return None
    return _by_header(exchange, status) or _by_page(exchange, status) or _by_status(exchange, status)


def _by_header(exchange: Exchange, status: int) -> str | None:
    if (exchange.header("cf-mitigated") or "").lower() == "challenge":
        return "a Cloudflare challenge (cf-mitigated)"
    action = (exchange.header("x-amzn-waf-action") or "").lower()
    if action in ("challenge", "captcha"):
        return f"an AWS WAF {action} (x-amzn-waf-action)"
    if "rwc_block" in (exchange.header("rimon") or "").lower():
        return "a filter's block (rimon)"
    if status not in _REFUSALS:
        return None
    server = (exchange.header("server") or "").lower()
    if server.startswith("awselb") and is_shorter(exchange, SHORT):
        return "a load balancer's short refusal (awselb)"
    if server.startswith("akamaighost"):
        return "an Akamai refusal"
    if status != 503 and (exchange.header("x-cache") or "").lower().startswith("error from cloudfront"):
        return "a CloudFront refusal (x-cache)"
    return None


def _by_page(exchange: Exchange, status: int) -> str | None:
    if status not in _REFUSALS and not 200 <= status < 300:
        return None
    beginning = opening(exchange)
    found = _TITLE.search(beginning)
    title = b" ".join(found.group(1).split()) if found else b""
    if title.lower().startswith(_WALL_TITLES):
        return f"a page titled “{title.decode('utf-8', 'replace')[:80]}”"
    if status in _REFUSALS:
        lower = beginning.lower()
        return next((said for mark, said in _WALL_MARKS if mark in lower), None)
    return None


def _by_status(exchange: Exchange, status: int) -> str | None:
    if status in (429, 999):
        return f"status {status}, which only says that robots are unwelcome"
    if status in (403, 406) and is_shorter(exchange, SHORT):
        return f"status {status} with no reasoned page"
    return None
