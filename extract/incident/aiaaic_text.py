"""An AIAAIC page as text: title, perhaps its address, then a paragraph a line."""

import re
from collections.abc import Iterator

from extract.incident.aiaaic import is_furniture, read_page
from extract.incident.block import Block, make_block
from extract.incident.headings import heading_of
from extract.incident.keys import aiaaic_id
from extract.incident.material import Material
from extract.incident.values import Incident

_ADDRESS = re.compile(r"^https?://(?:www\.)?aiaaic\.org/\S+$", re.IGNORECASE)
_LINES_BEFORE_TEXT = 5


def recognises(material: Material) -> bool:
    """True if it names its page of the repository, carries the repository's id, or has two of its headings."""
    if "<html" in material.head[:2000].lower() or "</" in material.head[:4000]:
        return False
    lines = [line.strip() for line in material.head.splitlines()]
    opening = [line for line in lines if line][:_LINES_BEFORE_TEXT]
    if not opening:
        return False
    if any(_ADDRESS.match(line) for line in opening) or "aiaaic.org/" in (material.url or ""):
        return True
    if material.ending in (".txt", "") and aiaaic_id(material.stem):
        return True
    return len({name for line in lines if (name := heading_of(line))}) >= 2


def read(material: Material) -> Iterator[Incident]:
    """The page's Incident; UnreadableRecord when the page is gone or empty. No link has an address in this form."""
    blocks = [block for line in material.text.splitlines() if (block := make_block([(line, None)])).text]
    title, rest, url = _opening(blocks, material.url)
    yield read_page(title, rest, material, url)


def _opening(blocks: list[Block], url: str | None) -> tuple[str, list[Block], str | None]:
    """The title (the first line that is no furniture and no address), what follows, and the page's address."""
    title = ""
    rest: list[Block] = []
    for at, block in enumerate(blocks):
        if at < _LINES_BEFORE_TEXT and _ADDRESS.match(block.text):
            url = url or block.text
        elif title or heading_of(block.text):
            rest.append(block)
        elif not is_furniture(block.text) and not rest:
            title = block.text
        else:
            rest.append(block)
    return title, rest, url
