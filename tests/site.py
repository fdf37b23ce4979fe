"""A web on loopback for tests: raw sockets in threads, a path per misbehaviour, every request recorded.

    with Site() as site:
        site.add("www.example.org", "/report", page("<h1>Report</h1>"))
        ...fetch http://www.example.org/report with connect_to `*=` + site.origin...
        assert [request.path for request in site.asked("www.example.org")] == ["/robots.txt", "/report"]

Without `add`, each host answers what `tests.hostile` has for it, and 404 for the rest, robots.txt among them.
Run as `python -m tests.site [--port N]` it serves in a process of its own, for trials by hand.
"""

import argparse
import os
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.answers import Answer, answer, page, pdf, redirect

__all__ = ["Act", "Answer", "Request", "Response", "Served", "Site", "Talk", "answer", "page", "pdf", "redirect"]
TLS_HELLO = 0x16


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


@dataclass
class Served:
    """What was sent for a request, and when (monotonic seconds) it was all sent or nobody waited for more of it."""

    request: Request
    sent: bytearray = field(default_factory=bytearray)
    over_at: float | None = None


class Talk:
    """The server's side of one exchange, for behaviours that need more than an Answer."""

    def __init__(self, connection: socket.socket, served: Served) -> None:
        self._connection, self._served = connection, served
        self.is_over = False

    def send(self, data: bytes) -> None:
        """Send all, now."""
        self._served.sent += data
        self._connection.sendall(data)

    def wait(self, seconds: float) -> None:
        """Do nothing for so long; the conversation is over when the other side leaves meanwhile, or the site closes."""
        if select.select([self._connection], [], [], seconds)[0]:
            raise ConnectionAbortedError

    def pour(self, first: bytes, piece: bytes) -> None:
        """Send `first`, and then `piece` until the other side leaves."""
        self.send(first)
        while True:
            self.send(piece)

    def garble(self) -> None:
        """Send what is no TLS, below TLS."""
        os.write(self._connection.fileno(), b"\x17\x03\x03\x00\x20" + b"nothing that anybody encrypted\r\n")

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


@dataclass
class Site:
    """The web itself; a context manager. `context` makes it speak TLS. `log` gathers requests in their order."""

    context: ssl.SSLContext | None = None
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
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
        waiting, is_over = b"", False
        while not is_over and not self._ending.is_set():
            while b"\r\n\r\n" not in waiting:
                piece = connection.recv(65536)
                if not piece:
                    return
                waiting += piece
                if waiting[0] == TLS_HELLO:  # to a server that speaks none
                    self._answer(_parse_hello(waiting, number), connection)
                    return
            raw, _, waiting = waiting.partition(b"\r\n\r\n")
            request = _parse(raw + b"\r\n\r\n", number)
            self.requests.append(request)
            is_over = self._answer(request, connection)

    def _answer(self, request: Request, connection: socket.socket) -> bool:
        """Answers; True when the connection ends with that."""
        served = Served(request)
        self.served.append(served)
        talk = Talk(connection, served)
        response: Response | None = self._find(request)
        try:
            if callable(response):
                response = response(request, talk)
            if isinstance(response, str):
                response = page(response)
            if isinstance(response, Answer):
                talk.send(response.wire())
            elif response is not None:
                talk.send(response)
                talk.end()
        finally:
            served.over_at = time.monotonic()
        return talk.is_over

    def _find(self, request: Request) -> Response:
        from tests.hostile import behaviour

        bare = request.path.partition("?")[0]
        for key in ((request.host, request.path), (request.host, bare), ("*", request.path), ("*", bare)):
            if key in self._rules:
                return self._rules[key]
        return behaviour(request, secure=self.context is not None) or answer(404, b"nothing here")


def _parse(raw: bytes, connection: int) -> Request:
    first, *lines = raw.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Request(headers.get("host", ""), method, path, headers, raw, time.monotonic(), connection)


def _parse_hello(raw: bytes, connection: int) -> Request:
    """A TLS hello as a request of its own kind; whom it is for stands in it in plain text (RFC 6066 §3)."""
    from tests.hostile import HELLOS

    host = next((name for name in HELLOS if name.encode() in raw), "")
    return Request(host, "HELLO", "", {}, raw, time.monotonic(), connection)


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
