"""The table of misbehaviours: a path each, a host each for robots.txt and for handshakes, with how each must end."""

from collections.abc import Callable
from dataclasses import dataclass

from archive.capture import Truncation
from archive.seed import OutcomeKind
from tests.site import Act, Response

BODY = b"<!doctype html><title>Report</title><p>The report in question, with enough words to be one.</p>"
# What whoever meets them must have set, so that the long ones are cut and the silent ones end soon.
MOST_BODY_MIB = 2


@dataclass(frozen=True)
class Misbehaviour:
    """What is sent, and how whoever meets it must end.

    outcome: None when it depends on the request. reason: words of the outcome's reason. cut: why the record is not
    whole (`WARC-Truncated`), None when it holds every byte that was sent. manners: True for what is no misbehaviour.
    """

    act: Response
    outcome: OutcomeKind | None
    reason: str = ""
    cut: Truncation | None = None
    manners: bool = False


# By path, on whatever host: an answer to a page.
PATHS: dict[str, Misbehaviour] = {}
# By host: the answer to its robots.txt, with the outcome of http://HOST/page.
HOSTS: dict[str, Misbehaviour] = {}
# By host: what meets a TLS hello where no TLS is spoken, with the outcome of https://HOST/page.
HELLOS: dict[str, Misbehaviour] = {}
# By host: what https://HOST/page answers where it is.
SECURE: dict[str, Misbehaviour] = {}


def at(path: str, outcome: OutcomeKind | None, act: Response, reason: str = "", cut: Truncation | None = None) -> None:
    """A misbehaviour at this path."""
    PATHS[path] = Misbehaviour(act, outcome, reason, cut)


def well(path: str, outcome: OutcomeKind | None, act: Response, reason: str = "") -> None:
    """Plain manners at this path."""
    PATHS[path] = Misbehaviour(act, outcome, reason, manners=True)


def does(
    path: str, outcome: OutcomeKind | None, reason: str = "", cut: Truncation | None = None
) -> Callable[[Act], Act]:
    """The function below is what happens at this path."""

    def note(act: Act) -> Act:
        at(path, outcome, act, reason, cut)
        return act

    return note


def robots(host: str, outcome: OutcomeKind, act: Response, reason: str = "", manners: bool = False) -> None:
    """The robots.txt of this host."""
    HOSTS[host] = Misbehaviour(act, outcome, reason, manners=manners)


def raw(head: bytes, body: bytes = b"") -> bytes:
    """An answer of HTTP/1.1 as it is written here; `head` from the status on, its lines ended as they should be."""
    return b"HTTP/1.1 " + head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body
