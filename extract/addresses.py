"""What an address alone tells: that it is an error page's, that a redirect lost the document on the way."""

import re
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit

_MISSING = re.compile(
    r"(?:/[a-z]{2}(?:[-_][a-z]{2})?)?(?:/(?:errors?|err|sitecore/service|_layouts/15|pages|status|system|static|public))?/"
    r"(?:(?:error|erreur|fehler|http)?[-_]?404(?:[-_]?(?:error|page|not[-_]?found))?|(?:page|file|error)?[-_]?not[-_]?found"
    r"(?:[-_]?(?:page|error|404))?|pagenotfounderror|page-introuvable|seite-nicht-gefunden|pagina-no-encontrada)"
    r"(?:\.(?:html?|aspx?|php|jsp|cfm|shtml))?/?",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"(?:[a-z]{2}(?:[-_][a-z]{2})?(?:/|$))?(?:(?:index|default|home|homepage|main|start|startseite|welcome|accueil|inicio)"
    r"(?:\.\w{2,5})?)?",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"(?:^|/)(?:search|suche|recherche|buscar|busqueda|ricerca|zoeken|find|pesquisa|sok)\b", re.I)
_ASKED = frozenset({"q", "s", "query", "search", "keyword", "keywords", "searchterm", "text", "term", "k"})
_NO_WORD = re.compile(r"[\W_]+")


def is_error_page(url: str) -> bool:
    """True if the address is that of a site's page for what it does not find: `/404.html`, `/en/page-not-found`.

    Also when the query says so, as ASP.NET's does (`aspxerrorpath`). A path of its own, such as `/rooms/404`, is none.
    """
    parts = _split(url)
    return parts is not None and (_MISSING.fullmatch(parts.path) is not None or "aspxerrorpath=" in parts.query.lower())


def is_lost(cited: str, final: str) -> bool:
    """True if a redirect led from a document's address to the front page of its site, or of its site's domain.

    In any language: `/en/` and `/index.html` are front pages too.
    """
    after = _place(final)
    if after is None or not _FRONT.fullmatch(after[1]):
        return False
    before = _place(cited)
    if before is None or _FRONT.fullmatch(before[1]):
        return False
    if before[1].startswith("?") and not re.search(r"=\w*\d", before[1]):
        return False  # a language or a campaign, no document
    return before[0] == after[0] or before[0].endswith(f".{after[0]}")


def is_above(cited: str, final: str) -> bool:
    """True if a redirect led from a document's address to a folder above it."""
    before, after = _place(cited), _place(final)
    if before is None or after is None or not after[1] or _FRONT.fullmatch(before[1].rpartition("/")[2]):
        return False
    return before[0] == after[0] and before[1].startswith(f"{after[1]}/")


def is_search_for(cited: str, final: str) -> bool:
    """True if a redirect led from a document's address to a search of the same site for the words of that address.

    Content systems guess so where a document is gone. The search that an address stood for itself has other words.
    """
    parts = _split(final)
    if parts is None or not parts.query:
        return False
    if not _SEARCH.search(parts.path) and not (parts.path in ("", "/") and "s=" in parts.query):
        return False
    before, after = _place(cited), _place(final)
    if before is None or after is None or before[0] != after[0] or _SEARCH.search(before[1]):
        return False
    words = " ".join(value for name, value in parse_qsl(parts.query) if name.lower() in _ASKED)
    return len(words) > 3 and _plain(words) in _plain(before[1].rpartition("/")[2])


def names(url: str, phrase: str) -> bool:
    """True if the words of `phrase` stand in the path of the address in their order: then the page is about them."""
    parts = _split(url)
    return parts is not None and bool(_plain(phrase)) and f" {_plain(phrase)} " in f" {_plain(parts.path)} "


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", unquote_plus(text).casefold()).strip()


def _place(url: str) -> tuple[str, str] | None:
    """Host without `www.`, and path with its query but without slashes at its ends; None for what is no address."""
    parts = _split(url)
    if parts is None:
        return None
    host = (parts.hostname or "").lower().removeprefix("www.")
    return host, parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # no address, so nothing to tell
        return None
