"""One frozen Config: defaults, then the settings file, then the environment, then the flags of the call."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, SettingsError

from archive.errors import UsageError
from crawler.contact import EXAMPLE

HostGlob = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*?\[\]!._-]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Crawl(_Part):
    """How requests are made: who we say we are, how long we wait, how much we take."""

    contact: str = Field(default=EXAMPLE, pattern=r"^[ -~]*$", description="where a site finds out who is asking")
    delay_s: float = Field(default=1.0, ge=0, description="least time between two requests to one host, seconds")
    workers: int = Field(default=1, ge=1, le=32, description="crawling processes, which share the hosts of a run")
    max_wait_s: float = Field(default=60.0, ge=0, description="longest wait a host may ask for within a run, seconds")
    total_s: float = Field(default=60.0, gt=0, description="longest time for one answer, seconds")
    idle_s: float = Field(default=20.0, gt=0, description="longest silence within an answer, seconds")
    max_body_mib: int = Field(default=100, gt=0, description="a longer body is cut there and kept as truncated, MiB")
    host_budget: int = Field(default=500, ge=0, description="most addresses a run asks of a host that only pages name")
    high_ports: bool = Field(default=False, description="addresses may name any port from 1024 on")
    recapture_days: float = Field(default=30.0, ge=0, description="a captured source is due again after so many days")
    listing_days: float = Field(default=7.0, ge=0, description="a listing is looked at again after so many days")
    browser_hosts: tuple[HostGlob, ...] = Field(default=(), description="hosts whose pages are shown in a browser")


class Reading(_Part):
    """Limits of the processes in which documents are read."""

    workers: int = Field(default=2, ge=1, le=64, description="reading processes")
    wall_s: float = Field(default=25.0, gt=0, description="longest time for one document, seconds")
    memory_mib: int = Field(default=1536, ge=128, description="most memory for one document, MiB")
    keep_text: bool = Field(default=True, description="the text of each document is kept in the WARC files too")


class Fixity(_Part):
    """When what is kept is read again by itself."""

    every_days: int = Field(default=90, ge=3, description="no record goes unread for longer, days")
    newest_days: int = Field(default=7, ge=0, description="captures of so many days are read again daily")


class Config(BaseSettings):
    """All settings of a call. A key that is not listed here is an error, not ignored."""

    model_config = SettingsConfigDict(
        env_prefix="SOURCEKEEP_", env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )
    data: Path = Field(default=Path("data"), description="the folder in which everything is kept")
    database: str = Field(default="", description="a SQLAlchemy URL; empty: catalog.sqlite in the data folder")
    least_free_mib: int = Field(default=64, ge=0, description="a run neither begins nor writes on with less free, MiB")
    connect_to: dict[str, str] = Field(default={}, description="host pattern -> origin that answers for it")
    crawl: Crawl = Crawl()
    reading: Reading = Reading()
    fixity: Fixity = Fixity()

    @property
    def database_url(self) -> str:
        """The catalogue's SQLAlchemy URL."""
        return self.database or f"sqlite:///{self.data.absolute() / 'catalog.sqlite'}"

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], **_: Any) -> tuple[Any, ...]:  # type: ignore[override]
        """Only what `load` hands in: it merges the sources itself, so that each error can name its source."""
        return (_["init_settings"],)


def load(flags: dict[str, Any], file: Path | None) -> Config:
    """The settings of this call: `flags` over the environment over `file` over defaults.

    Raises UsageError naming the key when a value is wrong or a key unknown, or the file cannot be read.
    """
    merged: dict[str, Any] = {}
    for layer in (_from_file(file), _from_environment(), flags):
        _merge(merged, layer)
    try:
        return Config(**merged)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"setting {key}: {first['msg']}", advice=_advice(file)) from error


def _advice(file: Path | None) -> str:
    place = f"{file}, " if file else ""
    return (
        f"Look at {place}the SOURCEKEEP_… variables and the options of the call; sourcekeep.example.toml has every key."
    )


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the settings file {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not TOML: {error}", advice="See sourcekeep.example.toml.") from error


def _from_environment() -> dict[str, Any]:
    try:
        return {key: value for key, value in EnvSettingsSource(Config)().items() if value is not None}
    except SettingsError as error:
        told = f"a SOURCEKEEP_… variable is not as it should be: {error}"
        raise UsageError(told, advice="Lists and tables are JSON there: '[\"*.example.org\"]'.") from error


def _merge(into: dict[str, Any], layer: dict[str, Any]) -> None:
    for key, value in layer.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict) and key != "connect_to":
            _merge(into[key], value)
        else:
            into[key] = value
