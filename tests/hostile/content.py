"""Pages that are made to hold a parser for minutes, or to have it fetch what nobody asked for."""

from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, at
from tests.site import answer, page

BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY a%d "%b">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)
)
XXE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
DOWNLOADS = b'<a download href="/report.pdf">'  # a rule looks for this, so the page goes to a reader

at("/nested", K.CAPTURED, page(DOWNLOADS + b"<div>" * 200_000))
at("/attributes", K.CAPTURED, page(DOWNLOADS + b"<a " + b" ".join(b"a%d=b" % n for n in range(200_000)) + b">x</a>"))
at("/links", K.CAPTURED, page(DOWNLOADS + b"".join(b"<a href=%d.pdf>" % n for n in range(100_000))))
at("/long-token", K.CAPTURED, page(DOWNLOADS + b"x" * 1_500_000))
at("/entities", K.CAPTURED, answer(200, BILLION + b"]><l>&a11;</l>", "application/xml"))
at("/entities-in-svg", K.CAPTURED, answer(200, BILLION + b"]><svg>&a11;</svg>", "image/svg+xml"))
at("/external-entity", K.CAPTURED, answer(200, XXE, "application/xml"))
at("/external-entity-in-feed", K.CAPTURED, answer(200, XXE.replace(b"<l>", b"<rss>"), "application/rss+xml"))
INSIDE = (b"10.0.0.1", b"127.1", b"[::1]", b"169.254.169.254")
at("/links-inside", K.CAPTURED, page(BODY + b"".join(b'<a download href="http://%b/a.pdf">' % host for host in INSIDE)))
