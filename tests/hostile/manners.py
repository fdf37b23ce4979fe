"""Plain manners: what a server may do without misbehaving, and what is done with it."""

import gzip
import zlib

from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, raw, well
from tests.site import Answer, Request, Talk, answer, page, pdf, redirect

ETAG, MODIFIED = '"v1"', "Wed, 30 Oct 2019 12:00:00 GMT"

well("/page", K.CAPTURED, page(BODY))
well("/report.pdf", K.CAPTURED, answer(200, pdf(), "application/pdf"))
well("/gzip", K.CAPTURED, answer(200, gzip.compress(BODY), "text/html", Content_Encoding="gzip"))
well("/deflate", K.CAPTURED, answer(200, zlib.compress(BODY), "text/html", Content_Encoding="deflate"))
well(
    "/chunked", K.CAPTURED, Answer(200, b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", (("Transfer-Encoding", "chunked"),))
)
well("/until-close", K.CAPTURED, raw(b"200 OK\nContent-Type: text/html", BODY))
well("/interim", K.CAPTURED, b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + page(BODY).wire())
well("/cookies", K.CAPTURED, page(BODY, Set_Cookie="id=1; Path=/; Domain=example.org"))
well("/no-type", K.CAPTURED, Answer(200, BODY))
well("/redirect", K.CAPTURED, redirect("/page"), "redirects to")
well("/redirect-permanent", K.CAPTURED, redirect("/page", 301), "redirects to")
well("/redirect-elsewhere", K.CAPTURED, redirect("http://other.example/page"), "redirects to http://other.example/page")
well("/missing", K.NOT_FOUND, answer(404, b"no such page"), "404")
well("/gone", K.GONE, answer(410, b"gone for good"), "410")
well("/broken", K.HTTP_ERROR, answer(500, b"it broke"), "500")
well("/login", K.HTTP_ERROR, page("<title>Sign in</title>" + "Please sign in. " * 100, 401), "401")
well("/forbidden-reasoned", K.HTTP_ERROR, page("<title>Members</title>" + "This is for members. " * 60, 403), "403")


def _conditional(request: Request, _: Talk) -> Answer:
    if request.headers.get("if-none-match") == ETAG or request.headers.get("if-modified-since") == MODIFIED:
        return Answer(304, b"", (("ETag", ETAG),))
    return page(BODY, ETag=ETAG, Last_Modified=MODIFIED)


well("/conditional", None, _conditional)
