"""What a URL is, what makes two URLs the same, and the SURT key under which the index keeps them."""

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, unquote_to_bytes, urljoin, urlsplit

import can_ada

from archive.errors import RefusedUrl

LONGEST = 2_000  # characters; longer ones are traps, and no citation seen in the repositories comes near
_EDGES = "".join(map(chr, range(0x21)))  # WHATWG URL §4.4: C0 controls and blanks at the ends do not count
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_AUTHORITY = re.compile(r"https?:[/\\]{0,2}([^/?#]*)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_WWW = re.compile(r"^www\d*\.")

# Parameters that name the reader or the campaign, never the page.
TRACKING = frozenset(
    [
        "_ga", "_gl", "_hsenc", "_hsmi", "dclid", "fbclid", "gbraid", "gclid", "guccounter", "guce_referrer",
        "guce_referrer_sig", "igsh", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "oly_anon_id",
        "oly_enc_id", "ttclid", "twclid", "vero_id", "wbraid", "wickedid", "yclid",
    ]
)  # fmt: skip


def normalise(text: str, base: str | None = None) -> str:
    """The URL that `text` means (against `base` when it is relative), as a browser would ask for it.

    Parsed after the WHATWG URL standard: host in IDNA form, default port and fragment dropped, path percent-encoded.
    RefusedUrl says in a sentence why a text is no URL that is ever asked for.
    """
    wanted = text.strip(_EDGES)
    if not wanted:
        raise RefusedUrl("an empty text is no URL")
    shown = _shown(wanted)
    if base is not None and not _has_scheme(wanted):
        try:
            wanted = urljoin(base, wanted)
        except ValueError as error:
            raise RefusedUrl(f"{shown} cannot be read as a link of {_shown(base)}") from error
    _refuse_at_sight(wanted, shown)
    try:
        parsed = can_ada.parse(wanted.split("#", 1)[0])
    except (ValueError, TypeError) as error:
        raise RefusedUrl(f"{shown} has a host or port that no browser accepts") from error
    if parsed.username or parsed.password or "@" in _authority(wanted):
        raise RefusedUrl(f"{shown} carries a user name or password")
    if not parsed.hostname or parsed.port == "0":
        raise RefusedUrl(f"{shown} names no host and port that can be dialled")
    href = str(parsed.href)
    if len(href) > LONGEST:
        raise RefusedUrl(f"{shown} is longer than {LONGEST} characters")
    return href


def _has_scheme(text: str) -> bool:
    """True for `mailto:x` and `http://x`, not for `page.html` or `host.example:8080/x`-like paths without a name."""
    return _SCHEME.match(text) is not None


def _refuse_at_sight(text: str, shown: str) -> None:
    """Refuse what a browser would quietly bend into another URL: other schemes, tricks in the host."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise RefusedUrl(f"{shown} has no scheme; http or https is needed")
    if scheme[1].lower() not in ("http", "https"):
        raise RefusedUrl(f"{shown} is a {scheme[1].lower()} link; only http and https are fetched")
    if len(text) > 4 * LONGEST:
        raise RefusedUrl(f"{shown} is longer than {LONGEST} characters")
    if _CONTROL.search(_authority(text)):
        raise RefusedUrl(f"{shown} has a blank, control character or backslash in its host")


def _authority(text: str) -> str:
    """What stands between `http://` and the first slash, question mark or hash."""
    found = _AUTHORITY.match(text)
    return found[1] if found else ""


def _shown(text: str) -> str:
    """`text` as one short printable line for a message."""
    line = text if len(text) <= 120 else text[:119] + "…"
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line)


def unwrap(url: str) -> str:
    """The cited URL inside a Google redirect or AMP cache wrapper, as cited; any other URL comes back unchanged.

    The wrappers are those found in the repositories' pages (records of AIAAIC, Google Sites): `google.*/url?q=…`,
    `google.*/amp/s/…`, `*.cdn.ampproject.org/c/s/…`. Wrappers in wrappers are opened up to four deep.
    """
    for _ in range(4):
        inner = _unwrapped(url)
        if inner is None:
            return url
        url = inner
    return url


def _unwrapped(url: str) -> str | None:
    """The URL one wrapper holds, or None when `url` is no wrapper."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https"):
        return None
    if re.fullmatch(r"(www\.)?google\.[a-z.]{2,6}", host):
        if parts.path == "/url":
            given = dict(parse_qsl(parts.query))
            target = given.get("q") or given.get("url") or ""
            return target if target.lower().startswith(("http://", "https://")) else None
        return _amp_target(parts.path, parts.query, r"/amp/(s/)?(.+)")
    if host == "cdn.ampproject.org" or host.endswith(".cdn.ampproject.org"):
        return _amp_target(parts.path, parts.query, r"/[civ]/(s/)?(.+)")
    return None


def _amp_target(path: str, query: str, pattern: str) -> str | None:
    """`/c/s/host/path` → `https://host/path`; without `s/` it was plain http."""
    found = re.fullmatch(pattern, path)
    if found is None or "." not in found[2].split("/", 1)[0]:
        return None
    return f"{'https' if found[1] else 'http'}://{found[2]}{'?' + query if query else ''}"


def host_key(url: str) -> str:
    """The politeness key of a URL: lower-case host with a leading `www.` folded; the port only when unusual."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".").removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def same_key(url: str) -> str:
    """A key that is equal for URLs that mean the same thing: http and https, `www.` or not, tracking or not.

    The case of the path, the other parameters and their order count.
    """
    parts = urlsplit(url)
    kept = [field for field in parts.query.split("&") if field and not _tracks(field)]
    return host_key(url) + (parts.path or "/") + ("?" + "&".join(kept) if kept else "")


def _tracks(field: str) -> bool:
    name = unquote(field.split("=", 1)[0]).lower()
    return name.startswith("utm_") or name in TRACKING


_SESSION_PATHS = (
    re.compile(rb"^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$", re.IGNORECASE | re.DOTALL),
    re.compile(rb"^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$", re.IGNORECASE | re.DOTALL),
)
_SESSION_FIELDS = tuple(
    re.compile(rb"^(.*)(?:" + field + rb")(?:&(.*))?$", re.IGNORECASE | re.DOTALL)
    for field in (
        rb"jsessionid=[0-9a-z]{32}", rb"phpsessid=[0-9a-z]{32}", rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}", rb"cfid=[^&]+&cftoken=[^&]+",
    )
)  # fmt: skip
_PLAIN = frozenset(range(0x21, 0x7F)) - set(b"#%")
_ALL_PLAIN = re.compile(rb'[!"$&-~]*+')


def surt(url: str) -> str:
    """The sortable key of an http(s) URL in the index: host reversed, `)`, path and sorted query, all lower case.

    Gives what Internet Archive's surt 0.3.1 gives, which pywb and cdxj-indexer use (tests hold it against them);
    other schemes, and what captures of others have for a URL and is none or a trap (a percent sign escaped a thousand
    times takes its square to open), come back as they are, in lower case.
    """
    try:
        parts = urlsplit(url if len(url) <= 4 * LONGEST else "")
        host = _surt_host(parts.scheme.lower(), parts.netloc)
    except ValueError:
        host = None
    if host is None:
        return _escaped(url.encode("utf-8", "surrogatepass")).decode("ascii").lower()
    path = _surt_path(parts.path.encode("utf-8", "surrogatepass"))
    query = _surt_query(parts.query.encode("utf-8", "surrogatepass"))
    return f"{host}){(path + query).decode('ascii')}"


@lru_cache(maxsize=4096)
def _surt_host(scheme: str, netloc: str) -> str | None:
    """The host of an http(s) URL reversed, with its port where that is unusual; None for any other URL."""
    parts = SplitResult(scheme, netloc, "", "", "")
    hostname, number = parts.hostname, parts.port
    if scheme not in ("http", "https") or not hostname:
        return None
    host = _WWW.sub("", hostname.lower().replace("..", ".").strip("."))
    usual = 80 if scheme == "http" else 443
    port = "" if number in (None, usual) else f":{number}"
    return f"{','.join(reversed(host.split('.')))}{port}"


def _surt_path(path: bytes) -> bytes:
    kept: list[bytes] = []
    for step in _opened(path).split(b"/")[1:]:
        if step == b".." and kept:
            kept.pop()
        elif step != b".":
            kept.append(step)
    whole = b"/" + b"/".join([*filter(None, kept[:-1]), *kept[-1:]])
    whole = _escaped(whole).lower()
    if b"/(" in whole:
        for pattern in _SESSION_PATHS:
            whole = pattern.sub(rb"\1\2", whole)
    return whole[:-1] if whole.endswith(b"/") and len(whole) > 1 else whole


def _surt_query(query: bytes) -> bytes:
    if not query:
        return b""
    kept = _escaped(_opened(query))
    for pattern in _SESSION_FIELDS:
        kept = pattern.sub(lambda found: found[1] + (found[2] or b""), kept)
    fields = sorted(tuple(field.split(b"=", 1)) for field in kept.lower().split(b"&"))
    whole = b"&".join(b"=".join(field) for field in fields) if len(kept) > 1 else kept.lower()
    return b"?" + whole if whole else b""


def _opened(text: bytes) -> bytes:
    """Percent-decoded until nothing changes."""
    if b"%" not in text:
        return text
    while (opened := unquote_to_bytes(text)) != text:
        text = opened
    return text


def _escaped(text: bytes) -> bytes:
    if _ALL_PLAIN.fullmatch(text):
        return text
    return b"".join(bytes((byte,)) if byte in _PLAIN else b"%%%02X" % byte for byte in text)
