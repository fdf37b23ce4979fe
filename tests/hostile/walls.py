"""Walls and refusals: pages that only say that robots are unwelcome, and hosts that say "later"."""

import time
from email.utils import formatdate

from archive.seed import OutcomeKind as K
from tests.hostile.table import at
from tests.site import answer, page

CLOUDFLARE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>/cdn-cgi/challenge-platform</body>"
)

at("/wall-cloudflare", K.BLOCKED, page(CLOUDFLARE, 403, Server="cloudflare", cf_mitigated="challenge"), "Cloudflare")
at("/wall-body", K.BLOCKED, page(CLOUDFLARE, 503), "a wall answered")
at("/wall-200", K.BLOCKED, page("<title>Access Denied</title>You shall not pass"), "a wall answered")
at("/wall-aws", K.BLOCKED, answer(202, b"", x_amzn_waf_action="challenge"), "AWS WAF")
at("/wall-akamai", K.BLOCKED, page("<h1>Access Denied</h1>", 403, Server="AkamaiGHost"), "Akamai")
at("/forbidden-short", K.BLOCKED, answer(403, b"no"), "a refusal")
at("/status-999", K.BLOCKED, answer(999, b"no robots"), "999")
at("/later-hour", K.SKIPPED, answer(429, b"slow down", Retry_After="3600"), "429")
at("/later-for-ever", K.SKIPPED, answer(503, b"later", Retry_After="1000000000"), "503")
at("/later-garbage", K.BLOCKED, answer(429, b"slow down", Retry_After="soon"), "a rate limit")
at("/later-past", K.BLOCKED, answer(429, b"slow down", Retry_After="Wed, 30 Oct 2019 12:00:00 GMT"), "a rate limit")
at(
    "/later-date",
    K.SKIPPED,
    lambda _, __: answer(503, b"later", Retry_After=formatdate(time.time() + 7200, usegmt=True)),
    "503",
)
