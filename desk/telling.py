"""What a run decided, told to the archive: no fetched byte says it, and the catalogue must be rebuildable."""

import json
from datetime import UTC, datetime

from archive.capture import Origin
from archive.seed import Why
from desk.place import Place
from store.decided import decided, last_told

RUN = "urn:x-sourcekeep:run:"
FORMAT = "sourcekeep-run-1"
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def tell(place: Place) -> None:
    """Keeps what was decided since it was last told as one JSON `resource` record; nothing when nothing was.

    What a killed run decided is told by the next one that ends.
    """
    told = decided(place.database, last_told(place.database) or _FIRST)
    if told:
        content = json.dumps({"format": FORMAT, **told}, ensure_ascii=False, separators=(",", ":")).encode()
        origin = Origin(Why.RUN.value)
        place.writer.keep_resource(f"{RUN}{place.seams.new_id()}", "application/json", content, origin).result()
