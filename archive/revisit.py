"""When an answer is a revisit of an earlier response, and what its record then says."""

import re
from enum import StrEnum

from archive.capture import Capture, Exchange, RecordType
from archive.fields import Field, date_text, uri_value

_VALIDATOR = re.compile(rb"^(?:if-none-match|if-modified-since)[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Profile(StrEnum):
    """The two kinds of revisit (WARC/1.1 §6.7.2, §6.7.3)."""

    IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def profile_of(
    exchange: Exchange, digest: str | None, location: str | None, previous: Capture | None
) -> Profile | None:
    """The kind of revisit that `exchange` is of `previous`, or None when it must be kept whole.

    Only a whole response is ever referred to, never another revisit or a truncated one (ukwa-heritrix#11); a 304
    counts only when the request carried a validator; an equal payload only with equal status and Location
    (warcprox#99), and never when it is empty.
    """
    if previous is None or previous.record_type is not RecordType.RESPONSE or previous.truncated is not None:
        return None
    if exchange.status == 304:
        return Profile.NOT_MODIFIED if _VALIDATOR.search(exchange.sent) else None
    whole = exchange.truncated is None and exchange.fault is None and exchange.status is not None
    same = (digest, exchange.status, location) == (previous.payload_digest, previous.http_status, previous.location)
    return Profile.IDENTICAL if whole and same and previous.payload_length > 0 else None


def revisit_fields(profile: Profile, previous: Capture) -> list[Field]:
    """The fields that lead from a revisit to the response it repeats.

    `WARC-Truncated: length` says that the payload was left out (§6.7.2); a 304 has none to leave out.
    """
    fields = [
        ("WARC-Profile", profile.value),
        ("WARC-Refers-To", f"<{previous.record_id}>"),
        ("WARC-Refers-To-Target-URI", uri_value(previous.url)),
        ("WARC-Refers-To-Date", date_text(previous.timestamp)),
    ]
    return [*fields, ("WARC-Truncated", "length")] if profile is Profile.IDENTICAL else fields
