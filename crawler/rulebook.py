"""Rulebook: what one robots.txt says to one agent, laid out so that no file can make a verdict slow."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.leisure import Sliced

_HEX = re.compile(rb"%[0-9a-fA-F]{2}")
# More patterns than this are not looked through at one go (measured: up to 4 µs each, whoever wrote them).
MANY = 500
RULE_BYTES = 120  # what a rule takes in memory beside its pattern


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The Allow and Disallow lines that hold for an agent, and its Crawl-delay in seconds (None: none is asked).

    `plain` are the rules without `*` and closing `$`: they are looked up by each of `lengths` (longest first), so
    that their number does not matter. `patterns` are the others, the longest first and Allow before Disallow. All
    are percent-normalised and say whether they allow. `size` is about what they take in memory, in bytes.
    """

    plain: Mapping[bytes, bool]
    lengths: tuple[int, ...]
    patterns: tuple[tuple[bytes, bool], ...]
    delay_s: float | None
    size: int

    @classmethod
    def of(cls, plain: Mapping[bytes, bool], patterns: Mapping[bytes, bool], delay_s: float | None) -> "Rulebook":
        """The rulebook of these rules, each pattern with whether it allows."""
        lengths = sorted({len(start) for start in plain}, reverse=True)
        longest_first = sorted(patterns.items(), key=lambda rule: (-len(rule[0]), not rule[1]))
        size = sum(map(len, plain)) + sum(map(len, patterns)) + RULE_BYTES * (len(plain) + len(patterns))
        return cls(plain, tuple(lengths), tuple(longest_first), delay_s, size)

    @property
    def is_long(self) -> bool:
        """True if a verdict may take long enough to be done at leisure."""
        return len(self.patterns) > MANY

    def verdict(self, url: str) -> Sliced[bool]:
        """True if `url` may be fetched: the longest rule that matches wins, Allow wins ties (RFC 9309 §2.2.2).

        `url` is as it goes over the wire: octets beyond ASCII are escaped in it. (/robots.txt itself is always
        allowed; nobody asks that here.)
        """
        path = path_of(url)
        length, allowed = self._longest_plain(path)
        for pattern, allows in self.patterns:
            if len(pattern) < length or (len(pattern) == length and allowed):
                break
            yield
            if matches(pattern, path):
                return allows
        return allowed

    def _longest_plain(self, path: bytes) -> tuple[int, bool]:
        for length in self.lengths:
            allows = self.plain.get(path[:length]) if length <= len(path) else None
            if allows is not None:
                return length, allows
        return 0, True


NO_RULES = Rulebook.of({}, {}, None)


def is_plain(pattern: bytes) -> bool:
    """True if the pattern has nothing special in it and matches whatever begins with it."""
    return b"*" not in pattern and not pattern.endswith(b"$")


def path_of(url: str) -> bytes:
    """What rules are held against: path and query of `url`, the hex digits of escapes in upper case."""
    rest = url.partition("#")[0]
    if "://" in rest:
        rest = rest.partition("://")[2]
    elif rest.startswith("//"):
        rest = rest[2:]
    starts = [at for at in (rest.find(mark) for mark in "/?;") if at >= 0]
    path = rest[min(starts) :] if starts else "/"
    if path[0] != "/":
        path = "/" + path
    return _HEX.sub(lambda found: found.group().upper(), path.encode("utf-8", "surrogateescape"))


def matches(pattern: bytes, path: bytes) -> bool:
    """True if `pattern` (with `*`, and `$` at its end) matches the beginning of `path`.

    Pieces between stars are looked for from left to right, so that no pattern, however many stars it has, takes
    more than a search a piece: a robots.txt is written by strangers.
    """
    if not pattern:
        return False  # an empty rule says nothing
    anchored = pattern.endswith(b"$")
    first, *pieces = (pattern[:-1] if anchored else pattern).split(b"*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not pieces:
        return not anchored or at == len(path)
    last = pieces.pop()
    for piece in filter(None, pieces):
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if anchored:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0
