"""Options that every command takes, before or after its name, and the Call that they make."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from desk.config import Config


@dataclass
class Call:
    """One call of the program: the options given so far, and the settings they lead to."""

    flags: dict[str, Any] = field(default_factory=dict)
    config_file: Path | None = None
    json: bool = False
    debug: bool = False

    @property
    def config(self) -> "Config":
        """The settings of this call; UsageError names what is wrong with them."""
        from desk.config import load  # here: what reads settings takes .2 s to import, and `--help` needs none

        return load(self.flags, self.config_file)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, _: click.Parameter, value: Any) -> None:
        call = context.ensure_object(Call)
        if value in (None, False, ()):
            return
        if name == "connect_to":
            call.flags.setdefault("connect_to", {}).update(_rules(value))
        elif name in ("data", "database"):
            call.flags[name] = value
        else:
            setattr(call, name, value)

    return keep


def _rules(texts: tuple[str, ...]) -> dict[str, str]:
    from crawler.connect_to import parse

    for text in texts:
        parse(text)
    return {pattern.strip(): origin.strip() for pattern, _, origin in (text.partition("=") for text in texts)}


_COMMON = (
    click.option("--data", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), expose_value=False,
                 callback=_keep("data"), is_eager=True, envvar="SOURCEKEEP_DATA",
                 help="The folder in which everything is kept (default ./data)."),
    click.option("--database", metavar="URL", expose_value=False, callback=_keep("database"), is_eager=True,
                 envvar="SOURCEKEEP_DATABASE", help="The catalogue's SQLAlchemy URL (default: in the data folder)."),
    click.option("--config", "config_file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
                 expose_value=False, callback=_keep("config_file"), is_eager=True, envvar="SOURCEKEEP_CONFIG",
                 help="A TOML file of settings; sourcekeep.example.toml has every key."),
    click.option("--connect-to", metavar="GLOB=ORIGIN", multiple=True, expose_value=False, callback=_keep("connect_to"),
                 is_eager=True, help="Send requests for hosts that match GLOB to ORIGIN; repeatable."),
    click.option("--json", "json", is_flag=True, expose_value=False, callback=_keep("json"), is_eager=True,
                 help="Answer one JSON document on standard output."),
    click.option("--debug", is_flag=True, expose_value=False, callback=_keep("debug"), is_eager=True,
                 help="Show the traceback of an error."),
)  # fmt: skip


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options that stand everywhere."""
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_COMMON), command)


pass_call = click.make_pass_decorator(Call, ensure=True)
