"""The metadata of a PDF as people can use it: strings clamped and cleaned, dates in ISO form, names apart."""

import re
from datetime import datetime

DATE = re.compile(
    r"(?:D:)?\s*(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)(?:(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?)?)?)?"
    r"\s*(?P<zone>Z|[+-](?P<zone_h>\d\d)'?(?P<zone_m>\d\d)?'?)?"
)
EARLIEST, LATEST = 1900, 2100
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}\Z")
NAME_CAP, NAMES_CAP = 200, 50


def iso_date(text: str) -> str | None:
    """A PDF date (ISO 32000-1 §7.9.4: D:YYYYMMDDHHmmSSOHH'mm') in ISO 8601, as exact as it is; None for nonsense.

    Years outside 1900…2100 are nonsense. Zones of no meaning are dropped, the rest stays.
    """
    match = DATE.match(text.strip()[:40])
    if match is None or not EARLIEST <= int(match["year"]) <= LATEST:
        return None
    if not _in_range(match):
        return match["year"]
    day = "-".join(part for part in (match["year"], match["month"], match["day"]) if part)
    if not match["minute"]:
        return day
    return f"{day}T{match['hour']}:{match['minute']}:{match['second'] or '00'}{_zone(match)}"


def moment_of(text: str) -> str | None:
    """A time in ISO 8601 as `datetime` writes it; None for nonsense, as years outside 1900…2100 are."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.isoformat() if EARLIEST <= moment.year <= LATEST else None


def _in_range(match: re.Match[str]) -> bool:
    bounds = {"month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
    return all(match[part] is None or low <= int(match[part]) <= high for part, (low, high) in bounds.items())


def _zone(match: re.Match[str]) -> str:
    zone = match["zone"]
    if zone == "Z":
        return "+00:00"
    if not zone or int(match["zone_h"]) > 14 or int(match["zone_m"] or 0) > 59:
        return ""
    return f"{zone[0]}{match['zone_h']}:{match['zone_m'] or '00'}"


def names_of(text: str) -> tuple[str, ...]:
    """The names in an author field, split at semicolons and bars (a comma may stand inside "Fussey, Peter")."""
    names = (" ".join(part.split())[:NAME_CAP] for part in re.split(r"[;|]", text))
    return tuple(dict.fromkeys(name for name in names if name))[:NAMES_CAP]


def language_of(text: str) -> str | None:
    """A language tag (BCP 47) as stated, `en_gb` made `en-GB`; None when it is none."""
    tag = text.strip().replace("_", "-")
    if not LANGUAGE.match(tag):
        return None
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part.title() for part in rest)])
