"""First lines that are odd, or no HTTP at all."""

from archive.capture import Truncation
from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, at, does, raw
from tests.site import Answer, Request, Talk, answer

NO_HTTP = {
    "/status-minus": b"HTTP/1.1 -1 No\r\nContent-Type: text/html\r\n\r\n" + BODY,
    "/status-text": b"HTTP/1.1 fine OK\r\nContent-Type: text/html\r\n\r\n" + BODY,
    "/status-four-digits": b"HTTP/1.1 2000 OK\r\n\r\n" + BODY,
    "/http-0.9": BODY,
    "/icy": b"ICY 200 OK\r\nicy-name: radio\r\n\r\n" + BODY,
    "/ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "/zeros": bytes(5000),
}
for path, sent in NO_HTTP.items():
    at(path, K.NOT_HTTP, sent, "does not begin with an HTTP status line")

at("/status-0", K.HTTP_ERROR, raw(b"000 Zero\nContent-Length: 2", b"hi"), "0 Zero")
at("/http-2", K.CAPTURED, b"HTTP/2 200\r\nContent-Type: text/html\r\n\r\n" + BODY)
at("/switching", K.HTTP_ERROR, raw(b"101 Switching Protocols\nUpgrade: x\nConnection: Upgrade", BODY), "101")
at("/no-content", K.HTTP_ERROR, Answer(204), "204")
at("/no-content-with-body", K.HTTP_ERROR, raw(b"204 No Content\nContent-Length: 95", BODY), "95 bytes after the end")
at("/unasked-304", K.HTTP_ERROR, Answer(304), "no earlier copy was named")
at("/unasked-304-with-body", K.HTTP_ERROR, raw(b"304 Not Modified\nContent-Length: 95", BODY), "95 bytes after the end")
at("/partial", K.TRUNCATED, answer(206, BODY[:20], Content_Range="bytes 0-19/95"), "206")
at("/empty", K.HTTP_ERROR, answer(200, b"", "text/html"), "empty body")
at("/interims", K.TOO_LARGE, b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + raw(b"200 OK", BODY), "interim")


@does("/interims-for-ever", K.TOO_LARGE, "interim", Truncation.LENGTH)
def _interims_for_ever(_: Request, talk: Talk) -> None:
    talk.pour(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 500)
