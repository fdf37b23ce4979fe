"""The commands that read: files as the readers see them, archived documents again, a page of one as a picture."""

from pathlib import Path
from typing import Any

import click

from desk.cli.options import Call, common, pass_call
from desk.dossier import counted
from desk.output import as_json, safe


@click.command("read")
@click.argument("wanted", nargs=-1, metavar="[FILE|DIGEST|KEY]…")
@click.option("--again", is_flag=True, help="Read archived documents again, those of the incidents KEY or any.")
@click.option("--all", "everything", is_flag=True, help="With --again: also those that today's readers read.")
@click.option("--tables", is_flag=True, help="Also the ruled tables of PDFs, as rows of cells.")
@click.option("-o", "--output", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="With --tables: write each table into DIR as a CSV file.")  # fmt: skip
@common
@pass_call
def read_command(
    call: Call, wanted: tuple[str, ...], again: bool, everything: bool, tables: bool, folder: Path | None
) -> int:
    """Show what the readers make of files on disk, storing nothing; or read archived documents again.

    A payload digest (sha256:…) stands for the bytes in the archive that have it.

    --again takes the bytes from the archive and fetches nothing. It reads what another version of a reader read, what
    no reader could and what failed. A reading that is worse than the earlier one never takes its place. When it was
    stopped, the same call goes on.

    PDF, HTML, text, word processor files (DOCX, ODT, RTF), sheets (XLSX, ODS) and rows (CSV, TSV).

    \b
    Example:
      sourcekeep read report.pdf
      sourcekeep read --json *.pdf | jq '.[].document.state'
      sourcekeep read report.pdf --tables -o tables/
      sourcekeep read --again

    Exits 1 when a file could not be read as a document, or a document not read again as it should be.
    """
    if again and tables:
        raise click.UsageError("--tables goes with a FILE")
    if everything and not again:
        raise click.UsageError("--all goes with --again")
    if folder is not None and not tables:
        raise click.UsageError("-o goes with --tables")
    if again:
        return _read_again(call, wanted, everything)
    if not wanted:
        raise click.UsageError("give a FILE or DIGEST, or --again")
    return _read_files(call, wanted, tables, folder)


def _read_files(call: Call, files: tuple[str, ...], tables: bool, folder: Path | None) -> int:
    from desk.reading import read_files, write_tables

    answers = read_files(call.config, files, tables=tables)
    if folder is not None:
        write_tables(answers, folder)
    if call.json:
        as_json(answers)
    else:
        for answer in answers:
            if tables:
                _show_tables(answer)
            else:
                _show_reading(answer)
    return int(any(answer["document"]["state"] != "read" for answer in answers))


def _show_reading(answer: dict[str, Any]) -> None:
    document = answer["document"]
    print(f"{safe(answer['file'])}: {document['state']}, {document['type']}, {counted(len(answer['pages']), 'page')}"
          f"{', ' + safe(document['reason']) if document['reason'] else ''}")  # fmt: skip
    for page in answer["pages"]:
        print(f"--- page {page['number']}{' (' + safe(page['note']) + ')' if page['note'] else ''}")
        print(safe(page["text"]))


def _show_tables(answer: dict[str, Any]) -> None:
    from desk.giving import as_csv

    reason = f", {safe(answer['tables_reason'])}" if answer["tables_reason"] else ""
    print(f"{safe(answer['file'])}: {counted(len(answer['tables']), 'table')}{reason}")
    for number, table in enumerate(answer["tables"], 1):
        print(f"--- page {table['page']}, table {number}{': ' + safe(table['csv']) if 'csv' in table else ''}")
        if "csv" not in table:
            print(safe(as_csv(table["rows"]).replace("\r\n", "\n")), end="")


def _read_again(call: Call, keys: tuple[str, ...], everything: bool) -> int:
    from desk.renewing import is_to_tell, raise_if_stopped, read_again

    answer = read_again(call.config, keys, everything=everything)
    if call.json:
        as_json(answer)
    else:
        _show_again(answer)
    raise_if_stopped(answer)
    return int(is_to_tell(answer))


_FATES = {
    "gained": "read now",
    "kept": "stays as it was read before",
    "unread": "cannot be read",
    "lost": "cannot be had from the archive",
}


def _show_again(answer: dict[str, Any]) -> None:
    for one in answer["documents"]:
        reason = f": {one['reason']}" if one["reason"] else ""
        print(f"{_FATES[one['fate']]}: {safe(one['url'] or one['payload_digest'])}{safe(reason)}")
    if not answer["due"]:
        print("Nothing is to be read again: today's readers read it all. --again --all reads it all the same.")
        return
    rest = ", ".join(f"{answer[fate]} {words}" for fate, words in _FATES.items() if fate != "gained" and answer[fate])
    gained = f" ({answer['gained']} of them for the first time)" if answer["gained"] else ""
    print(f"{counted(answer['read'], 'document')} read again{gained}{'; ' + rest if rest else ''}")


@click.command("picture")
@click.argument("wanted", metavar="URL|DIGEST")
@click.argument("page", type=click.IntRange(1))
@click.option("-o", "--output", "out", required=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Where to write the picture (PNG).")  # fmt: skip
@click.option("--quote", metavar="TEXT", default="", help="Mark this on the page, wherever it stands.")
@click.option("--width", type=click.IntRange(50, 4000), default=1000, show_default=True, help="In pixels.")
@common
@pass_call
def picture_command(call: Call, wanted: str, page: int, out: Path, quote: str, width: int) -> int:
    """Show a page of an archived PDF as a picture, with a quotation marked.

    The PDF is named by its payload digest, or by its URL or that of a source that it serves: then the newest is taken.
    Blanks, line breaks and hyphens at line ends in the quotation need not be as they are on the page.

    \b
    Example:
      sourcekeep picture https://repository.essex.ac.uk/24946/ 3 --quote "eight of 42" -o page.png

    Exits 1 when the page cannot be shown, or does not have the quotation.
    """
    from desk.picturing import picture

    answer = picture(call.config, wanted, page, out, quote=quote, width=width)
    if call.json:
        as_json(answer)
    elif answer["file"] is None:
        print(f"page {page} cannot be shown: {safe(answer['reason'])}")
    else:
        marked = f", marked in {counted(len(answer['boxes']), 'place')}" if quote else ""
        print(f"{safe(answer['file'])}: page {page} of {answer['pages']}, "
              f"{answer['width']} x {answer['height']} pixels{marked}")  # fmt: skip
    return int(answer["file"] is None or bool(quote and not answer["boxes"]))
