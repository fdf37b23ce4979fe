"""The sample web's server: answers on loopback for the real host names, as the Host header asks."""

import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self, cast
from urllib.parse import urlsplit

from desk.sample.answers import Answer, not_found, sample_answers

IDLE_S = 30.0


class Request(NamedTuple):
    """One request as it came in: `target` is host and path, the headers' names are lower case."""

    method: str
    host: str
    path: str
    headers: dict[str, str]


class SampleWeb:
    """A context manager that serves the sample web; `origin` is what `--connect-to '*=ORIGIN'` wants.

    `requests` are those answered so far, in order. It listens on 127.0.0.1 only.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self._server = _Server(port, self.requests)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sample-web", daemon=True)

    @property
    def origin(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.close_all()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    """Threads that end with the server, also those that wait on a kept connection."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, port: int, requests: list[Request]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.seen = requests
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """Ends the connections that clients keep open, so that their threads end as well."""
        with self._lock:
            waiting = list(self._open)
        for connection in waiting:
            # A client that has just gone took its connection with it.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tells of a fault of ours; a client that breaks off is no news for the person who looks at the demo."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    # An answer of two writes must not wait for the acknowledgement of the first.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        host, path = self._asked()
        headers = {name.lower(): value for name, value in self.headers.items()}
        cast(_Server, self.server).seen.append(Request(self.command, host, path, headers))
        answer = sample_answers().get((host, path)) or not_found()
        fresh = answer.status == 200 and _is_same(answer, headers)
        self.send_response_only(304 if fresh else answer.status)
        self.send_header("Date", self.date_time_string())
        for name, value in answer.headers.items():
            if not fresh or name in ("ETag", "Last-Modified"):
                self.send_header(name, value)
        if not fresh:
            self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        if body and not fresh:
            self.wfile.write(answer.content)

    def _asked(self) -> tuple[str, str]:
        """Host and path of the request, which may also be in absolute form (RFC 9112 §3.2.2)."""
        parts = urlsplit(self.path)
        host = parts.netloc or self.headers.get("Host", "")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return host.lower().removesuffix(":80").removesuffix(":443"), path

    def log_message(self, *args: object) -> None:
        """Nothing: the run that asks prints what it got."""


def _is_same(answer: Answer, headers: dict[str, str]) -> bool:
    """True when the client has this copy (RFC 9110 §13.2.2: a given ETag decides, the date only without one)."""
    if "if-none-match" in headers:
        return headers["if-none-match"].strip() in (answer.headers["ETag"], "*")
    return headers.get("if-modified-since") == answer.headers["Last-Modified"]
