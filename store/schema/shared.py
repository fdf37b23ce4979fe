"""What all tables share: the metadata, how keys are named, which step is the newest."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData

# Held against the newest step of store/migrations by a test.
HEAD = "0008"
# "SKEP": marks a SQLite file as a catalogue of ours (PRAGMA application_id), so that no foreign file is ever changed.
APPLICATION_ID = 0x534B4550

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def number() -> Column[int]:
    """The row's own number."""
    return Column("id", Integer, primary_key=True)


def of(target: str, *, nullable: bool = False, **rest: Any) -> Column[int]:
    """A reference to a row of another table, named after that table."""
    return Column(f"{target}_id", Integer, ForeignKey(f"{target}.id"), nullable=nullable, **rest)
