"""The command `export`: an incident with its sources, for others to keep."""

from pathlib import Path

import click

from desk.cli.options import Call, common, pass_call
from desk.output import as_json


@click.command("export")
@click.argument("key")
@click.option("-o", "--output", "out", required=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["wacz", "json", "csv", "bib", "csl.json", "html"]),
              help="Instead of the file's ending.")  # fmt: skip
@common
@pass_call
def export_command(call: Call, key: str, out: Path, form: str | None) -> None:
    """Export an incident with its sources.

    By the ending of FILE: .wacz (opens in ReplayWeb.page), .json, .csv (a row a citation), .bib, .csl.json,
    .html (robust links). A package is signed with a key of the data folder (signing-key.pem, made on first use): keep
    it to yourself, and give others its public half to know your packages by. `verify FILE` checks signatures.

    \b
    Example:
      sourcekeep export met-police-live-facial-recognition -o met.wacz
    """
    from desk.export import export

    answer = export(call.config, key, out, form)
    if call.json:
        as_json(answer)
    else:
        print(f"{answer['file']}: {answer['bytes']:,} bytes, sha256 {answer['sha256']}")
