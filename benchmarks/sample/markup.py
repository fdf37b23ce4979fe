"""The small markup in which the sample documents are written: a head of fields, then pages of marked lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).with_name("texts")
MARKS = {"# ": "heading", "## ": "subheading", "- ": "point", "> ": "quote", "|! ": "caption", "| ": "row"}


@dataclass(frozen=True, slots=True)
class Part:
    """One marked line: `kind` is heading, point, row, title, paragraph …; `text` what follows the mark."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleText:
    """A sample document as written: the fields of its head and its pages, each a tuple of parts."""

    fields: dict[str, str]
    pages: tuple[tuple[Part, ...], ...]

    @property
    def file(self) -> str:
        """The file's place below the sample web's folder."""
        return self.fields["file"]


def sample_texts() -> Iterator[SampleText]:
    """Every sample document, by the name of its text."""
    for path in sorted(TEXTS.glob("*.txt")):
        yield parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> SampleText:
    """The document that `text` states; ValueError for a head line that is no `name: value`."""
    head, *pages = text.split("\n===\n")
    fields = {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in head.splitlines())}
    return SampleText(fields, tuple(tuple(_parts(page)) for page in pages))


def _parts(page: str) -> Iterator[Part]:
    in_contents = False
    for line in filter(None, page.splitlines()):
        part = _part(line)
        if part.kind == "contents":
            in_contents = True
        elif in_contents and part.kind == "paragraph" and " | " in line:
            yield Part("entry", line)
        else:
            in_contents = False
            yield part


def _part(line: str) -> Part:
    if line.startswith("!"):
        kind, _, rest = line[1:].partition(" ")
        return Part(kind, rest)
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Part(kind, line[len(mark) :])
    return Part("paragraph", line)
