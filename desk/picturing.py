"""A page of an archived PDF as a picture, with a quotation marked."""

import base64
from pathlib import Path
from typing import Any

from desk.config import Config
from desk.giving import write_whole
from desk.place import reading_pool
from desk.taking import taken
from extract.coding import decode
from store.columns import stamp

PICTURE = "extract.picture:picture"


def picture(config: Config, wanted: str, page: int, out: Path, *, quote: str = "", width: int = 1000) -> dict[str, Any]:
    """Writes a page of a PDF as PNG and answers {file, width, height, page, pages, boxes, capture, reason}.

    `wanted` is a payload digest, or the URL of the PDF or of a source that it serves: then the newest. `boxes` (left,
    top, right, bottom in pixels) are where the quotation stands. A page that cannot be shown leaves `file` None and
    has a `reason`. UsageError when there is no such PDF; ArchiveError when it is damaged; WriteFailed.
    """
    capture, payload = taken(config, wanted)
    content = decode(payload.content, payload.content_encoding).content
    with reading_pool(config) as pool:
        answer = pool.submit(PICTURE, content, page=page, width=width, quote=quote).result()
    shown: dict[str, Any] = answer.value or {"reason": f"{answer.failure}: {answer.reason}"}
    if "png" in shown:
        write_whole(out, base64.b64decode(shown["png"]))
    return {
        "file": str(out) if "png" in shown else None,
        "page": page,
        **{name: shown.get(name) for name in ("width", "height", "pages", "boxes")},
        "capture": {
            "url": capture.url,
            "timestamp": stamp(capture.timestamp),
            "payload_digest": capture.payload_digest,
        },
        "reason": shown.get("reason", ""),
    }
