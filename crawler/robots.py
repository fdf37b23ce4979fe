"""Reading a robots.txt, by RFC 9309 and by the accepted habits of those who write such files."""

import re
from urllib.parse import quote_from_bytes, urlsplit

from crawler.leisure import Sliced, at_once
from crawler.rulebook import NO_RULES, Rulebook, is_plain

# RFC 9309 §2.5: at least 500 KiB must be parsed; what lies behind is not looked at.
MOST_BYTES = 512 * 1024
# Longest line that is looked at: eight times the longest URL of browsers, as in Google's reference parser.
MOST_LINE = 2083 * 8
# A longer Crawl-delay is not believed within a run (it would stop the run for hours).
MOST_DELAY_S = 30.0
# The lines that say something, wherever lines end. Misspellings are those that the reference parser accepts too.
_SAYING = re.compile(
    rb"(?<![^\r\n])[ \t\v\f]*+(?:(?P<disallow>disallow|dissallow|dissalow|disalow|diasllow|disallaw)|(?P<allow>allow)"
    rb"|(?P<agent>user[- ]?agent)|(?P<delay>crawl-delay))[^\r\n]*+",
    re.IGNORECASE,
)
_HEX = re.compile(rb"%[0-9a-fA-F]{2}")
_ASCII = bytes(range(128))
_TOKEN = re.compile(r"[A-Za-z_-]*")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"), (b"\xef\xbf\xbd", "utf-8"))


def verdict(body: bytes, agent: str, url: str) -> bool:
    """True if a robots.txt of these bytes lets `agent` fetch `url`. An HTML answer is no rules: True."""
    return at_once(at_once(read(body, agent)).verdict(url))


def product_token(agent: str) -> str:
    """The lower-case product token at the start of a User-agent line: `SourceKeep/1.0 (+…)` → `sourcekeep` (§2.2.1)."""
    found = _TOKEN.match(agent.strip())
    return found.group().lower() if found else ""


def read(body: bytes, agent: str) -> Sliced[Rulebook]:
    """What these bytes say to `agent` (a product token, any case); never fails.

    All groups that name it hold together, or if none does, those for anybody (§2.2.1). HTML gives no rules: 3 % of
    real robots.txt answers are pages.
    """
    text = _plain(body[:MOST_BYTES])
    if text.lstrip()[:1] == b"<":
        return NO_RULES
    listening = _Listening(agent.partition("/")[0].strip().lower())
    for found in _SAYING.finditer(text):
        yield
        key, key_end = str(found.lastgroup), found.end(found.lastindex or 0)
        value = _value(text[key_end : min(found.end(), found.start() + MOST_LINE)])
        if value is not None:
            listening.hear(key, value)
    return listening.rulebook()


class _Listening:
    """One agent, listening to the lines of a file for what is said to it."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._is_named = False  # from then on, what is said to anybody is not for this agent
        self._plain: dict[bytes, bool] = {}
        self._patterns: dict[bytes, bool] = {}
        self._delays: list[float] = []
        self._begin_group()

    def _begin_group(self) -> None:
        self._names_us = self._names_anybody = self._is_for_us = self._has_agent = self._has_rules = False
        self._delay_s: float | None = None

    def _end_group(self) -> None:
        if self._is_for_us and self._delay_s is not None:
            self._delays.append(self._delay_s)
        self._begin_group()

    def hear(self, key: str, value: bytes) -> None:
        """Takes in the next line that says something; `key` is the group of `_SAYING` that it matched."""
        if key == "agent":
            if self._has_rules:  # only Allow and Disallow end a run of User-agent lines (§2.2.1)
                self._end_group()
            self._name(_agent_of(value))
        elif not self._has_agent:
            return  # rules before the first User-agent line hold for nobody
        elif key == "delay":
            self._delay_s = _seconds(value)
        else:
            self._has_rules = True
            if self._is_for_us and value:  # an empty rule says nothing
                self._add(_normalise(value), key == "allow")

    def _name(self, agent: str) -> None:
        self._has_agent = True
        self._names_anybody |= agent == "*"
        if agent == self._token != "":
            self._names_us = True
            if not self._is_named:
                self._is_named = True
                self._plain, self._patterns, self._delays = {}, {}, []
        self._is_for_us = self._names_us or (self._names_anybody and not self._is_named)

    def _add(self, pattern: bytes, allows: bool) -> None:
        rules = self._plain if is_plain(pattern) else self._patterns
        if not allows:
            rules.setdefault(pattern, False)
            return
        rules[pattern] = True
        folder, slash, page = pattern.rpartition(b"/")
        if slash and page.startswith(b"index.htm"):  # allows the folder too, as the reference parser has it
            self._patterns[folder + b"/$"] = True

    def rulebook(self) -> Rulebook:
        """What was said to the agent; the longest of several delays holds."""
        self._end_group()
        return Rulebook.of(self._plain, self._patterns, max(self._delays, default=None))


def _plain(body: bytes) -> bytes:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            body = body[len(mark) :]
            if encoding != "utf-8":
                body = body.decode(encoding, "replace").encode()
            break
    return body.replace(b"\0", b"")


def _value(rest: bytes) -> bytes | None:
    """The value in the `rest` of a line behind its key, or None when the line says nothing after all."""
    rest = rest.partition(b"#")[0].rstrip()
    rest = rest.removesuffix(rb"\n")  # written out by a shell's echo; no URL path has a backslash
    _, colon, value = rest.partition(b":")
    if colon:
        return value.lstrip()
    words = rest.split()  # "Disallow /x": the colon forgotten, which the reference parser forgives
    return words[-1] if len(words) == (1 if rest[:1].isspace() else 2) else None


def _agent_of(value: bytes) -> str:
    text = value.decode("latin-1")
    if text == "*" or (text[:1] == "*" and text[1:2].isspace()):
        return "*"
    return product_token(text)


def _seconds(value: bytes) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None


def _normalise(text: bytes) -> bytes:
    """Percent-normalised (RFC 9309 §2.2.2): octets beyond ASCII escaped, hex digits in upper case."""
    if not text.isascii():
        text = quote_from_bytes(text, _ASCII).encode()
    return _HEX.sub(lambda found: found.group().upper(), text) if b"%" in text else text


def origin_of(url: str) -> str:
    """The scheme, host and port that one robots.txt holds for: `https://example.org` (§2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
