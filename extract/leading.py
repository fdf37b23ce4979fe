"""Whether a page of an unknown site can lead to a document at all, told by its bytes before anything parses it."""

import re

# What a page must hold for `landing.scholarly_metadata`, `embedded` or `download_block` to find a link in it: a name of
# the metadata, "download" in an address, an ending or a type of a document; or a letter that is written otherwise.
# Looked for in lower case one after the other: .2 ms for 13 KB, where one expression of all takes 1.2 ms and reading
# the page in a worker 2.2.
_NEEDED = (b"pdf", b"download", b"document_url", b"&#")
_ENDING = re.compile(rb"(?:\.|%2e|&period;)(?:doc|odt|rtf|xls|ods|csv|ppt)")


def may_lead(content: bytes) -> bool:
    """False only for a page in which none of those rules can find a link; True also for what cannot be told.

    `content` is decoded from its content coding. A page in UTF-16 or another encoding with NUL bytes may lead anywhere.
    """
    lowered = content.lower()
    return b"\0" in content[:1024] or any(needed in lowered for needed in _NEEDED) or bool(_ENDING.search(lowered))
