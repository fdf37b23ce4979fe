"""The tables of the catalogue, and the constraints that keep them true."""

from store.schema.captures import capture, conversion, document, page, warc_file
from store.schema.frontier import host, outcome, robots, run, schedule, url
from store.schema.records import (
    citation,
    event,
    incident,
    incident_alias,
    incident_capture,
    incident_version,
    resolution,
)
from store.schema.shared import APPLICATION_ID, HEAD, metadata
from store.schema.sources import link_check, listed_work, source, trail

__all__ = [
    "APPLICATION_ID", "HEAD", "capture", "citation", "conversion", "document", "event", "host", "incident",
    "incident_alias", "incident_capture", "incident_version", "link_check", "listed_work", "metadata", "outcome",
    "page", "resolution", "robots", "run", "schedule", "source", "trail", "url", "warc_file",
]  # fmt: skip
