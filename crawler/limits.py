"""Limits: how much of an answer is waited for and kept."""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one exchange; times in seconds, sizes in bytes.

    `total_s` counts from the dial (or from the request, on a kept connection) and never from a queue; `idle_s`
    from the last byte that came; `connect_s` bounds name look-up, connecting and handshake together.
    `body_bytes` is where a body is cut, counted as sent (still coded and chunked). A head past `head_bytes`
    (interim answers included), with a line longer than `head_line`, more than `head_fields` fields, or after more than
    `interim` 1xx answers is no longer framed: what the server sends is then kept as it comes, up to
    `kept_unframed_bytes`.
    Answers past `spool_at` go to disk.
    """

    total_s: float = 60.0
    idle_s: float = 20.0
    connect_s: float = 15.0
    body_bytes: int = 100 * MIB
    head_bytes: int = 256 * KIB
    head_line: int = 16 * KIB
    head_fields: int = 1000
    interim: int = 20
    kept_unframed_bytes: int = MIB
    spool_at: int = MIB
