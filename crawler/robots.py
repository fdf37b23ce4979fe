"""What a robots.txt allows, by RFC 9309 and by the accepted habits of those who write such files."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

# RFC 9309 §2.5: at least 500 KiB must be parsed; what lies behind is not looked at.
MOST_BYTES = 512 * 1024
# Longest line that is looked at: eight times the longest URL of browsers, as in Google's reference parser.
MOST_LINE = 2083 * 8
# A longer Crawl-delay is not believed within a run (it would stop the run for hours).
MOST_DELAY_S = 30.0
# Spellings that the reference parser accepts too, since so many files have them.
_DISALLOW = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
_AGENT = ("user-agent", "useragent", "user agent")
_ESCAPE = re.compile(rb"%[0-9a-fA-F]{2}|[\x80-\xff]")
_HEX = re.compile(rb"%[0-9a-fA-F]{2}")
_TOKEN = re.compile(r"[A-Za-z_-]*")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"), (b"\xef\xbf\xbd", "utf-8"))


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line; `pattern` is percent-normalised."""

    allow: bool
    pattern: bytes

    def weight(self, path: bytes) -> int:
        """How specific the rule is for `path`: the pattern's length, or -1 when it does not match."""
        return len(self.pattern) if matches(self.pattern, path) else -1


@dataclass(frozen=True)
class Group:
    """The rules that stand under one run of User-agent lines. `agents` are lower-case tokens, "*" for anybody."""

    agents: frozenset[str]
    rules: tuple[Rule, ...]
    delay_s: float | None = None


@dataclass(frozen=True)
class RobotsRules:
    """A robots.txt file, read: its groups in the order of the file."""

    groups: tuple[Group, ...] = ()

    def allows(self, agent: str, url: str) -> bool:
        """True if `agent` (a product token, any case) may fetch `url`: longest rule wins, Allow wins ties.

        `url` is as it goes over the wire: octets beyond ASCII are escaped in it. (RFC 9309 §2.2.2 always allows
        /robots.txt itself; nobody asks that here.)
        """
        path = _path_of(url)
        best = {True: -1, False: -1}
        for group in self.of(agent):
            for rule in group.rules:
                best[rule.allow] = max(best[rule.allow], rule.weight(path))
        return best[True] >= best[False]

    def of(self, agent: str) -> tuple[Group, ...]:
        """The groups that hold for `agent`: all that name it, or if none does, those for anybody (§2.2.1)."""
        token = agent.partition("/")[0].strip().lower()
        named = tuple(group for group in self.groups if token and token in group.agents)
        return named or tuple(group for group in self.groups if "*" in group.agents)

    def delay_s(self, agent: str) -> float | None:
        """The Crawl-delay for `agent` in seconds, or None. It may be longer than `MOST_DELAY_S`."""
        asked = [group.delay_s for group in self.of(agent) if group.delay_s is not None]
        return max(asked, default=None)


def verdict(body: bytes, agent: str, url: str) -> bool:
    """True if a robots.txt of these bytes lets `agent` fetch `url`. An HTML answer is no rules: True."""
    return parse(body).allows(agent, url)


def product_token(agent: str) -> str:
    """The lower-case product token at the start of a User-agent line: `SourceKeep/1.0 (+…)` → `sourcekeep` (§2.2.1)."""
    found = _TOKEN.match(agent.strip())
    return found.group().lower() if found else ""


def parse(body: bytes) -> RobotsRules:
    """The rules in these bytes; never fails. HTML gives no rules (3 % of real robots.txt answers are pages)."""
    text = _plain(body[:MOST_BYTES])
    if text.lstrip()[:1] == b"<":
        return RobotsRules()
    return RobotsRules(tuple(_groups(text)))


def _plain(body: bytes) -> bytes:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            body = body[len(mark) :]
            if encoding != "utf-8":
                body = body.decode(encoding, "replace").encode()
            break
    return body.replace(b"\0", b"")


def _groups(text: bytes) -> list[Group]:
    groups: list[Group] = []
    agents: set[str] = set()
    rules: list[Rule] = []
    delay: float | None = None
    for line in re.split(rb"\r\n|\r|\n", text):
        key, value = _key_and_value(line[:MOST_LINE])
        if key.startswith(_AGENT):
            if rules:  # only Allow and Disallow end a run of User-agent lines (§2.2.1)
                groups.append(Group(frozenset(agents), tuple(rules), delay))
                agents, rules, delay = set(), [], None
            agents.add(_agent_of(value))
        elif not agents:
            continue  # rules before the first User-agent line hold for nobody
        elif key.startswith("allow"):
            rules.extend(_allowed(value))
        elif key.startswith(_DISALLOW):
            rules.append(Rule(False, _normalise(value)))
        elif key.startswith("crawl-delay"):
            delay = _seconds(value)
    groups.append(Group(frozenset(agents), tuple(rules), delay))
    return groups


def _key_and_value(line: bytes) -> tuple[str, bytes]:
    line = line.partition(b"#")[0].strip()
    line = line.removesuffix(rb"\n")  # written out by a shell's echo; no URL path has a backslash
    key, colon, value = line.partition(b":")
    if not colon:  # "Disallow /x": the colon forgotten, which the reference parser forgives
        words = line.split()
        key, value = (words[0], words[1]) if len(words) == 2 else (b"", b"")
    return key.strip().lower().decode("latin-1"), value.strip()


def _agent_of(value: bytes) -> str:
    text = value.decode("latin-1")
    if text == "*" or (text[:1] == "*" and text[1:2].isspace()):
        return "*"
    return product_token(text)


def _allowed(value: bytes) -> list[Rule]:
    """An Allow line. `Allow: /x/index.html` also allows `/x/`, as the reference parser has it."""
    pattern = _normalise(value)
    folder, slash, page = pattern.rpartition(b"/")
    if page.startswith((b"index.htm",)) and slash:
        return [Rule(True, pattern), Rule(True, folder + b"/$")]
    return [Rule(True, pattern)]


def _seconds(value: bytes) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def _normalise(text: bytes) -> bytes:
    """Percent-normalised (RFC 9309 §2.2.2): octets beyond ASCII escaped, hex digits in upper case."""

    def escape(found: re.Match[bytes]) -> bytes:
        octets = found.group()
        return octets.upper() if octets[:1] == b"%" else b"%%%02X" % octets[0]

    return _ESCAPE.sub(escape, text)


def _path_of(url: str) -> bytes:
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


def origin_of(url: str) -> str:
    """The scheme, host and port that one robots.txt holds for: `https://example.org` (§2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
