"""What the words after `archive` mean: files, URLs, keys of known incidents."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.errors import RefusedUrl, UsageError
from archive.url import normalise

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_LARGEST_RECORD = 64 << 20  # the largest record seen is an overview page of 4.4 MB


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of a call by kind, in the order given."""

    files: tuple[Path, ...] = ()
    urls: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def sort_targets(texts: Sequence[str], is_known: Callable[[str], bool]) -> Targets:
    """Each text as a file, a URL or the key of a known incident; UsageError for what is none of them."""
    files, urls, keys = [], [], []
    for text in texts:
        if Path(text).is_file():
            files.append(Path(text))
        elif _SCHEME.match(text) and not Path(text).exists():
            urls.append(_url(text))
        elif is_known(text):
            keys.append(text)
        else:
            what = "is a folder" if Path(text).is_dir() else "is no file, no URL and no incident that is known"
            raise UsageError(f"{text} {what}", advice="`sourcekeep incidents` lists the known ones.")
    return Targets(tuple(dict.fromkeys(files)), tuple(dict.fromkeys(urls)), tuple(dict.fromkeys(keys)))


def _url(text: str) -> str:
    try:
        return normalise(text)
    except RefusedUrl as refused:
        raise UsageError(f"{text[:200]} is not fetched: {refused}", advice=refused.advice) from refused


def record_bytes(path: Path) -> bytes:
    """A record's bytes; UsageError when the file cannot be read, is empty or too large to be a record."""
    try:
        if path.stat().st_size > _LARGEST_RECORD:
            raise UsageError(f"{path} is larger than {_LARGEST_RECORD >> 20} MiB", advice="Is it an incident record?")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", advice="Check the path and its rights.") from error
    if not content.strip():
        raise UsageError(f"{path} is empty", advice="Give an incident page as text or HTML, or another known format.")
    return content
