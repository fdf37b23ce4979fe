"""Answers in every odd form that servers send: our own few, and the real ones beside the checkout."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.capture import Fault, Framing, Truncation

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "wire" / "forms.json"
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Form:
    """The bytes of an answer, and how they are to be read."""

    content: bytes
    keeps: bool = False
    resets: bool = False
    status: int | None = 200
    framing: Framing = Framing.LENGTH
    body: bytes = b"ok"
    truncated: Truncation | None = None
    fault: Fault | None = None


LENGTH_2 = b"Content-Length: 2\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
CUT: dict[str, Any] = {"truncated": Truncation.DISCONNECT, "fault": Fault.CLOSED}
NO_HEAD: dict[str, Any] = {"status": None, "framing": Framing.NONE}

OWN = {
    "length": Form(OK + b"X-CamelCASE: one\r\n" + LENGTH_2 + b"ok", keeps=True),
    "chunks": Form(
        OK + CHUNKED + b"2;ext=1\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
        keeps=True,
        framing=Framing.CHUNKED,
        body=b"2;ext=1\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
    ),
    "until-close": Form(b"HTTP/1.0 200 OK\r\n\r\nok", framing=Framing.CLOSE),
    "hints": Form(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + LENGTH_2 + b"ok", keeps=True),
    "fold": Form(OK + b"X-Long: a\r\n\t b\r\n" + LENGTH_2 + b"ok", keeps=True),
    "bare-line-feeds": Form(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
    "blank-lines-first": Form(b"\r\n\r\n" + OK + LENGTH_2 + b"ok"),
    "no-content": Form(b"HTTP/1.1 204 No Content\r\n\r\n", keeps=True, status=204, framing=Framing.NONE, body=b""),
    "two-lengths": Form(OK + b"Content-Length: 1\r\n" + LENGTH_2 + b"ok", framing=Framing.CLOSE),
    "length-and-chunks": Form(
        OK + b"Content-Length: 99\r\n" + CHUNKED + b"2\nok\n0\n\n",
        keeps=True,
        framing=Framing.CHUNKED,
        body=b"2\nok\n0\n\n",
    ),
    "excess": Form(OK + LENGTH_2 + b"ok and more"),
    "cut-body": Form(OK + b"Content-Length: 9\r\n\r\nok", **CUT),
    "cut-chunk": Form(OK + CHUNKED + b"9\r\nok", framing=Framing.CHUNKED, body=b"9\r\nok", **CUT),
    "bad-chunk": Form(
        OK + CHUNKED + b"2\r\nok\r\nZZ\r\nok",
        framing=Framing.CHUNKED,
        body=b"2\r\nok\r\nZZ\r\nok",
        truncated=Truncation.UNSPECIFIED,
    ),
    "cut-head": Form(OK + b"X-Half: a", body=OK + b"X-Half: a", **NO_HEAD, **CUT),
    "old-html": Form(b"<html>old</html>", body=b"<html>old</html>", fault=Fault.NOT_HTTP, **NO_HEAD),
    "nothing": Form(b"", body=b"", fault=Fault.CLOSED, **NO_HEAD),
    "reset": Form(OK + b"Content-Length: 9\r\n\r\nok", resets=True, truncated=Truncation.DISCONNECT, fault=Fault.RESET),
    "many-fields": Form(
        OK + b"X-N: a\r\n" * 1500 + LENGTH_2 + b"ok",
        body=OK + b"X-N: a\r\n" * 1500 + LENGTH_2 + b"ok",
        fault=Fault.HEADERS_TOO_LARGE,
        **NO_HEAD,
    ),
}


def real_forms() -> dict[str, Form]:
    """The forms beside the checkout, by name; only bytes, `keeps` and `resets` are known of them."""
    if not REAL.is_file():
        return {}
    return {
        form["name"]: Form(_content(form), keeps=form["keeps_connection"], resets=form["reset_at_end"])
        for form in json.loads(REAL.read_text())
    }


def _content(form: dict[str, Any]) -> bytes:
    if "made_of" not in form:
        return base64.b64decode(form["bytes_base64"])
    return b"".join(_part(part) for part in form["made_of"])


def _part(part: dict[str, Any]) -> bytes:
    times: int = part.get("times", 1)
    if "text" in part:
        return bytes(part["text"].encode("latin-1")) * times
    return b"".join(part["numbered"].replace("{n}", str(n)).encode() for n in range(times))
