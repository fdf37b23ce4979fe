"""The command `new-publisher`: what people add to the program."""

from pathlib import Path
from typing import Any

import click

from desk.cli.options import Call, common, pass_call
from desk.output import as_json, safe


@click.command("new-publisher")
@click.argument("name")
@click.argument("url")
@click.option("--page", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="A saved copy of the page; nothing is fetched then.")  # fmt: skip
@click.option("--into", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="The checkout to write into (default: the one you stand in or run from).")  # fmt: skip
@common
@pass_call
def new_publisher_command(call: Call, name: str, url: str, page: Path | None, into: Path | None) -> int:
    """Write a publisher from one of its landing pages.

    URL is a page about a document. It is fetched once, politely, and kept in the data folder like every answer; the
    layouts that many sites share are tried on it, and three files are written: crawler/spiders/NAME.py with what was
    found out, tests/pages/NAME/landing.html, the page cut to its layout (the words of its author are left out), and
    its golden reading. No file is ever overwritten; a name or host that a publisher has is refused.

    \b
    Example:
      sourcekeep new-publisher example_institute https://www.institute.example/reports/one
      sourcekeep new-publisher example_institute https://www.institute.example/reports/one --page one.html

    Exits 1 when no layout leads to a document on this page: the files are written all the same.
    """
    from desk.newpublisher import new_publisher

    answer = new_publisher(call.config, name, url, page=page, into=into)
    if call.json:
        as_json(answer)
    else:
        _show(answer)
    return int(not answer["documents"])


def _show(answer: dict[str, Any]) -> None:
    for file in answer["files"]:
        print(safe(file))
    for link in answer["documents"]:
        year = f" ({link['year']})" if link["year"] else ""
        print(f"{' and '.join(answer['rules'])} leads to {safe(link['url'])}: {safe(link['text'])}{year}")
    if not answer["documents"]:
        print("No shared layout leads to a document on this page: is the page itself the document? Else name a rule.")
    for feed in answer["feeds"]:
        print(f"It names a feed: add {safe(feed)} to listings, and save it as listing.xml beside the page.")
    print(f"Next: say in {safe(answer['files'][0])} who {safe(answer['called'][0])} is, read the golden beside the"
          " saved page, and run: pytest tests/test_pages.py")  # fmt: skip
