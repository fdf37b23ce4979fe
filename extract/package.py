"""A package of office software: XML parts in a ZIP file, opened with a bound on what comes out and without entities."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from lxml.etree import LxmlError, _Element, iterparse

from extract.coding import CAP

MEMBERS_CAP = 10_000
# What zipfile and lxml raise over bytes that are no package, or no longer one.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, LxmlError, EOFError, OSError, RuntimeError, ValueError)


class Refused(ValueError):
    """The package asks for more than is given, or holds what no package of this kind may hold."""


class Locked(ValueError):
    """The package opens with a password."""


class Package:
    """The parts of one file. No more than CAP bytes come out of all that is read of it."""

    def __init__(self, content: bytes) -> None:
        """Refused when it has too many parts or they say that they are too large; zipfile.BadZipFile as usual."""
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._left = CAP
        parts = self._zip.infolist()
        if len(parts) > MEMBERS_CAP:
            raise Refused(f"a package of {len(parts):,} parts")
        if sum(part.file_size for part in parts) > CAP:
            raise Refused(f"decoded size: more than {CAP:,} bytes come out of {len(content):,}")
        if any(part.flag_bits & 1 for part in parts):
            raise Locked("opens with a password")
        self.names = frozenset(part.filename for part in parts)

    def elements(self, name: str, *tags: str, events: tuple[str, ...] = ("end",)) -> Iterator[tuple[str, _Element]]:
        """The events of a part's elements (of these names, or all) by lxml.etree.iterparse; none without such a part.

        Refused for a document type definition: neither OPC (ECMA-376-2 §10.1.2) nor ODF has one, entity bombs do.
        """
        if name not in self.names:
            return
        with self._zip.open(name) as part:
            walk = iterparse(
                _Counted(part, self), events=events, tag=[f"{{*}}{tag}" for tag in tags] or None,
                resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True,
            )  # fmt: skip
            for at, (event, element) in enumerate(walk):
                if at == 0 and element.getroottree().docinfo.internalDTD is not None:
                    raise Refused("a document type definition where none may be")
                yield event, element

    def take(self, size: int) -> None:
        """Count bytes that came out; Refused beyond the bound, whatever the parts said of themselves."""
        self._left -= size
        if self._left < 0:
            raise Refused(f"decoded size: more than {CAP:,} bytes come out")


class _Counted:
    """A part as a file whose bytes are counted."""

    def __init__(self, part: IO[bytes], package: Package) -> None:
        self._part, self._package = part, package

    def read(self, size: int = -1) -> bytes:
        piece = self._part.read(size)
        self._package.take(len(piece))
        return piece


def bare(element: _Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: _Element, name: str) -> str:
    """The value of the attribute of this name in whatever namespace, or ""."""
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), "")


def whole_number(text: str | None, default: int = -1) -> int:
    """The number that an attribute or cell holds; `default` for what is none, or more than nine digits."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def forget(element: _Element) -> None:
    """Free what stands in and before an element that was read."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
