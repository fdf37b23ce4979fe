"""ConnectTo: which hosts are answered by a stand-in, as `GLOB=ORIGIN` on the command line says."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from archive.errors import RefusedUrl, UsageError
from crawler.target import Target, parse_target

ADVICE = "Write --connect-to 'GLOB=ORIGIN', for example '*.example.org=http://127.0.0.1:8123'."


@dataclass(frozen=True, slots=True)
class Rule:
    """Requests to hosts that match `glob` (lower case) are sent to `origin`, over TLS only if the origin says so."""

    glob: str
    origin: Target


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """The rules of one run; the first that matches wins. Without rules every host is dialled itself."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> "ConnectTo":
        """The rules written as `GLOB=ORIGIN`; UsageError names the one that is none."""
        return cls(tuple(parse(text) for text in texts))

    def find(self, host: str) -> Rule | None:
        """The rule for `host`, any letter case, or None."""
        if not self.rules:
            return None
        host = host.lower().rstrip(".")
        return next((rule for rule in self.rules if fnmatchcase(host, rule.glob)), None)


def parse(text: str) -> Rule:
    """One rule from `GLOB=ORIGIN`. UsageError when it is none."""
    glob, equals, origin = (part.strip() for part in text.partition("="))
    if not equals or not glob or not origin:
        raise UsageError(f"{text!r} is no rule of the form GLOB=ORIGIN", advice=ADVICE)
    if set(glob) & set("/@:= \\"):
        raise UsageError(f"{glob!r} is no pattern for a host name", advice=ADVICE)
    try:
        target = parse_target(origin)
    except RefusedUrl as refused:
        raise UsageError(f"{origin!r} is no origin: {refused}", advice=ADVICE) from refused
    if target.path != b"/" or urlsplit(origin).fragment:
        raise UsageError(f"{origin!r} is no origin: it has a path", advice=ADVICE)
    return Rule(glob.lower(), target)
