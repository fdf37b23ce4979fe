"""Column kinds of the catalogue: moments, clean text, clean JSON."""

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from extract.tidy import clean_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, kept as whole microseconds since 1970: exact, sortable, the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds; a naive time raises TypeError, since nobody can say what it means."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The aware time."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text that every database takes: what is unfit (NUL, lone surrogates, controls) is cleaned on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The clean text; a member of a closed list goes in by its value."""
        if value is None:
            return None
        return clean_text(value.value if isinstance(value, Enum) else value)


class Plain(TypeDecorator[Any]):
    """JSON-ready values as text, cleaned like `Words`; keys keep their order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The JSON text."""
        return None if value is None else plain_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The values."""
        return None if value is None else json.loads(value)


def plain_text(value: Any) -> str:
    """JSON-ready values as one clean JSON text, the same for the same values."""
    return json.dumps(_cleaned(value), ensure_ascii=False, separators=(",", ":"))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value


def stamp(moment: datetime | None) -> str | None:
    """A time as the contract writes it: RFC 3339, UTC, microseconds."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
