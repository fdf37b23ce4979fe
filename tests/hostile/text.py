"""Labels that are wrong: charsets that are none, types that the bytes belie."""

from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, at
from tests.site import Answer, answer, page, pdf

# Python knows codecs of most of these names, which raise, take quadratic time or give no text.
CHARSETS = ("foo", "rot13", "zlib", "hex", "idna", "undefined", "punycode", "unicode_escape", "utf-7")
LOGIN = b"<html><title>Sign in</title><form action=/in><input name=who><input type=password name=word></form></html>"

for charset in CHARSETS:
    at(f"/charset-{charset}", K.CAPTURED, answer(200, BODY, f"text/html; charset={charset}"))

at("/charset-control", K.CAPTURED, answer(200, BODY, "text/html; charset=\x01"))
at("/charset-long", K.CAPTURED, answer(200, BODY, "text/html; charset=" + "x" * 10_000))
at("/utf16-not-told", K.CAPTURED, answer(200, BODY.decode().encode("utf-16-le"), "text/html"))
at("/nul-in-text", K.CAPTURED, answer(200, BODY.replace(b"report", b"re\0port"), "text/html"))
at("/type-garbage", K.CAPTURED, answer(200, BODY, ";;;///"))
at("/type-twice", K.CAPTURED, Answer(200, BODY, (("Content-Type", "image/png"), ("Content-Type", "text/html"))))
at("/html-as-pdf", K.HTTP_ERROR, answer(200, BODY, "application/pdf"))
at("/article-as-pdf", K.CAPTURED, answer(200, b"<h1>Report</h1><p>" + b"A sentence. " * 80, "application/pdf"))
at("/login-as-pdf", K.HTTP_ERROR, answer(200, LOGIN, "application/pdf"), "called a PDF")
at("/pdf-as-html", K.CAPTURED, answer(200, pdf(), "text/html"))
at("/pdf-as-text", K.CAPTURED, answer(200, pdf(), "text/plain"))
at("/referrer-policy", K.CAPTURED, page(BODY, Referrer_Policy="os.system"))
