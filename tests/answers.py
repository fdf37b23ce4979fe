"""Answers of the loopback web, ready to be sent."""

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Answer:
    """A well-formed answer after which the connection stays open."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def wire(self) -> bytes:
        reason = HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else "Odd"
        names = {name.lower() for name, _ in self.headers}
        lines = [f"HTTP/1.1 {self.status} {reason}", *(f"{name}: {value}" for name, value in self.headers)]
        if "content-length" not in names and "transfer-encoding" not in names and self.status != 304:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


def page(html: str | bytes, status: int = 200, **headers: str) -> Answer:
    """An HTML answer; header names as keywords, `_` for `-`."""
    body = html.encode() if isinstance(html, str) else html
    return answer(status, body, "text/html; charset=utf-8", **headers)


def answer(status: int, body: bytes = b"", mime: str = "text/plain", **headers: str) -> Answer:
    """Any answer; header names as keywords, `_` for `-`."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, body, (("Content-Type", mime), *named))


def redirect(to: str, status: int = 302) -> Answer:
    """A redirect to `to`, as given."""
    return Answer(status, b"moved", (("Location", to), ("Content-Type", "text/plain")))


def pdf(text: str = "A report") -> bytes:
    """A small one-page PDF with this line of text."""
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, xref)
    return bytes(out)
