"""A web on loopback for tests: raw sockets in threads, a path per misbehaviour, every request recorded.

    with Site() as site:
        site.add("www.example.org", "/report", page("<h1>Report</h1>"))
        ...fetch http://www.example.org/report with connect_to `*=` + site.origin...
        assert [request.path for request in site.asked("www.example.org")] == ["/robots.txt", "/report"]

Without `add`, each host answers `hostile.PATHS` and `hostile.HOSTS`, and 404 for the rest, robots.txt among them.
Run as `python -m tests.site [--port N]` it serves in a process of its own, for trials by hand.
"""

import argparse
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Request:
    """A request as it came. `path` has the query; header names are lower-case; `at` is monotonic seconds."""

    host: str
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    at: float
    connection: int


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


class Talk:
    """The server's side of one connection, for behaviours that need more than an Answer."""

    def __init__(self, connection: socket.socket, ending: threading.Event) -> None:
        self._connection, self._ending = connection, ending
        self.is_over = False

    def send(self, data: bytes) -> None:
        """Send all, now."""
        self._connection.sendall(data)

    def wait(self, seconds: float) -> None:
        """Do nothing for so long, or until the site closes."""
        if self._ending.wait(seconds):
            raise ConnectionAbortedError

    def drip(self, data: bytes, every_s: float) -> None:
        """Send a byte at a time."""
        for at in range(len(data)):
            self.send(data[at : at + 1])
            self.wait(every_s)

    def end(self) -> None:
        """Close the connection in order."""
        self.is_over = True

    def reset(self) -> None:
        """End the connection with a reset."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.is_over = True


Act = Callable[[Request, Talk], "Answer | bytes | None"]
Response = Answer | bytes | str | Act


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


@dataclass
class Site:
    """The web itself; a context manager. `context` makes it speak TLS. `log` gathers requests in their order."""

    context: ssl.SSLContext | None = None
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    _rules: dict[tuple[str, str], Response] = field(default_factory=dict)

    def add(self, host: str, path: str, response: Response) -> str:
        """Answer `path` of `host` ("*": every host) like this; gives the URL. Text is a page, bytes go out raw."""
        self._rules[host, path] = response
        return f"http://{host}{path}"

    def asked(self, host: str | None = None, path: str | None = None) -> list[Request]:
        """The requests so far, of this host and path if given."""
        return [one for one in self.requests if host in (None, one.host) and path in (None, one.path)]

    @property
    def origin(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http{'s' if self.context else ''}://127.0.0.1:{self.port}"

    @property
    def connect_to(self) -> str:
        """The rule that sends every host here."""
        return f"*={self.origin}"

    def __enter__(self) -> Self:
        self._ending = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(5)
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already gone
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number += 1
            thread = threading.Thread(target=self._serve, args=(connection, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        self._open.add(connection)
        try:
            if self.context is not None:
                plain, connection = connection, self.context.wrap_socket(connection, server_side=True)
                self._open.discard(plain)
                self._open.add(connection)
            self._converse(connection, number)
        except OSError:
            return  # the other side went, as it may
        finally:
            self._open.discard(connection)
            connection.close()

    def _converse(self, connection: socket.socket, number: int) -> None:
        talk = Talk(connection, self._ending)
        waiting = b""
        while not talk.is_over and not self._ending.is_set():
            while b"\r\n\r\n" not in waiting:
                piece = connection.recv(65536)
                if not piece:
                    return
                waiting += piece
                if waiting[0] == 0x16:  # a TLS hello, to a server that speaks none
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    return
            raw, _, waiting = waiting.partition(b"\r\n\r\n")
            request = _parse(raw + b"\r\n\r\n", number)
            self.requests.append(request)
            self._answer(request, talk)

    def _answer(self, request: Request, talk: Talk) -> None:
        response: Response | None = self._find(request)
        if callable(response):
            response = response(request, talk)
        if isinstance(response, str):
            response = page(response)
        if isinstance(response, Answer):
            talk.send(response.wire())
        elif response is not None:
            talk.send(response)
            talk.end()

    def _find(self, request: Request) -> Response:
        from tests import hostile

        bare = request.path.partition("?")[0]
        for key in ((request.host, request.path), (request.host, bare), ("*", request.path), ("*", bare)):
            if key in self._rules:
                return self._rules[key]
        if bare == "/robots.txt" and request.host in hostile.HOSTS:
            return hostile.HOSTS[request.host].act
        if bare in hostile.PATHS:
            return hostile.PATHS[bare].act
        return answer(404, b"nothing here")


def _parse(raw: bytes, connection: int) -> Request:
    first, *lines = raw.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Request(headers.get("host", ""), method, path, headers, raw, time.monotonic(), connection)


def main() -> None:
    """Serve until killed, for trials by hand."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=8123)
    with Site(port=options.parse_args().port) as served:
        print(served.connect_to, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    from tests import site

    site.main()  # not this module's own: `hostile` makes its answers with that one
