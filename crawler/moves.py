"""Where a document may lie after its publisher moved it: rules that name candidates, never answers."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

SITE_DOTS = 2  # "ico.org.uk": a name with more dots is a part of a site, which no www. stands before

Move = Callable[[str], Iterator[str]]


def rewritten(pattern: str, *replacements: str) -> Move:
    r"""A rule: an address that matches `pattern` as a whole may now be each of `replacements` (as for `re.sub`)."""
    form = re.compile(pattern)

    def addresses(url: str) -> Iterator[str]:
        found = form.fullmatch(url)
        if found:
            yield from (found.expand(replacement) for replacement in replacements)

    return addresses


def folder_family(host: str, *folders: str) -> Move:
    """A rule: a file in one of these folders of a host may lie under the same name in any of the others."""

    def addresses(url: str) -> Iterator[str]:
        parts = urlsplit(url)
        folder, _, name = parts.path.rpartition("/")
        if parts.hostname == host and folder + "/" in folders and name:
            yield from (urlunsplit(parts._replace(path=other + name)) for other in folders if other != folder + "/")

    return addresses


def twins(url: str) -> Iterator[str]:
    """The same address over https, and with or without `www.` (links to both forms are common, and one often dies)."""
    parts = urlsplit(url)
    host = parts.netloc
    hosts = [host]
    if host.startswith("www."):
        hosts.append(host.removeprefix("www."))
    elif host.count(".") <= SITE_DOTS:
        hosts.append(f"www.{host}")
    for netloc in hosts:
        yield urlunsplit(parts._replace(scheme="https", netloc=netloc))
