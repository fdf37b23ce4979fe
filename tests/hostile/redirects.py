"""Redirects that lead in circles, nowhere, or where nobody should go."""

from archive.seed import OutcomeKind as K
from tests.hostile.table import BODY, at, does
from tests.site import Answer, Request, Talk, page, redirect

NOT_FOLLOWED = {
    "file": "file:///etc/passwd",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,<p>hello",
    "ftp": "ftp://other.example/report.pdf",
    "s3": "s3://bucket/report.pdf",
    "credentials": "http://user:secret@other.example/",
    "broken-ipv6": "http://[::1/",
    "port": "http://other.example:99999/",
    "backslash-at": "http://ok.example\\@127.0.0.1/",
}
for name, target in NOT_FOLLOWED.items():
    at(f"/redirect-{name}", K.CAPTURED, redirect(target), "which is not followed")

at("/redirect-loop", K.CAPTURED, redirect("/redirect-loop"), "redirects to")
at(
    "/redirect-metadata",
    K.CAPTURED,
    redirect("http://169.254.169.254/latest/meta-data/"),
    "redirects to http://169.254",
)
at("/redirect-utf8", K.CAPTURED, redirect("/caf\xc3\xa9"), "/caf%C3%A9")
at("/redirect-latin1", K.CAPTURED, redirect("/caf\xe9"), "redirects to")
at("/redirect-blank", K.HTTP_ERROR, redirect("   "), "without a target")
at("/redirect-empty", K.HTTP_ERROR, Answer(302, b"", (("Location", ""),)), "without a target")
at("/redirect-nowhere", K.HTTP_ERROR, Answer(302, b"moved"), "without a target")
at("/redirect-two", K.CAPTURED, Answer(302, b"", (("Location", "/page?a"), ("Location", "/page?b"))), "/page?a")
at("/choices", K.HTTP_ERROR, Answer(300, BODY, (("Location", "/page"),)), "300")
at("/refresh-file", K.CAPTURED, page('<meta http-equiv="refresh" content="0; url=file:///etc/passwd"><p>Wait.</p>'))
at("/refresh-inside", K.CAPTURED, page('<meta http-equiv="refresh" content="0; url=http://10.0.0.1/"><p>Wait.</p>'))


@does("/redirect-ever-new", K.CAPTURED, "redirects to")
def _ever_new(request: Request, _: Talk) -> Answer:
    hop = int(request.path.partition("?")[2] or 0)
    return redirect(f"/redirect-ever-new?{hop + 1}")
