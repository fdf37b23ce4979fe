"""Answers with labels: what sites, walls and error pages send, made for these tests after known layouts, in our words.

Names that machines look for (identifiers, addresses of scripts, header names) are as the vendors have them; all texts
are ours. `Answer.label` is what a person says the answer is: None for the document itself.
"""

import gzip
from dataclasses import dataclass, field

from archive.seed import Substitute
from extract.glance import Glance

URL = "https://www.example.org/reports/2019/police-cameras-study"


@dataclass(frozen=True)
class Answer:
    """One answer and its label."""

    name: str
    label: Substitute | None
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    url: str = URL
    redirected: bool = False

    @property
    def fields(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers as they are on the wire."""
        named = {"Content-Type": "text/html; charset=utf-8", **self.headers}
        return tuple((name.encode(), value.encode("latin-1")) for name, value in named.items() if value)

    def glance(self) -> Glance:
        """The answer as far as the tables look at it."""
        return Glance(
            self.status, self.url, self.fields, len(self.body), lambda most: self.body[:most], self.redirected
        )


def gzipped(body: str | bytes) -> bytes:
    return gzip.compress(body.encode() if isinstance(body, str) else body)


_WORDS = (
    "The trial began in spring and ended a year later. Officers stood beside the van and looked at both pictures before they"
    " stopped anybody. Of the people who were stopped a few were those that the list named; the others went on after a talk."
    " What the figures mean is disputed: the force counts all faces that passed, the university only those that were compared."
    " Both agree that light, distance and the make of the camera matter more than the number of pictures on the list."
)  # fmt: skip


def words(size: int, text: str = _WORDS) -> str:
    """Running text of about so many bytes, in paragraphs of a few sentences."""
    sentences = [sentence.strip() + "." for sentence in text.split(".") if sentence.strip()]
    out, at, paragraphs = 0, 0, []
    while out < size:
        paragraph = " ".join(sentences[(at + step) % len(sentences)] for step in range(3))
        paragraphs.append(f"<p>{paragraph}</p>")
        out, at = out + len(paragraph.encode()), at + 3
    return "\n".join(paragraphs)


def scrap(title: str, body: str = "", head: str = "") -> bytes:
    """A small page with nothing of a site about it: how walls and bare servers answer."""
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


_NAVIGATION = "".join(f'<li><a href="/section/{at}">{name}</a></li>' for at, name in enumerate(
    ["About us", "Research", "People", "News and events", "Publications", "Projects", "Library", "Contact", "Jobs", "Press office"]
))  # fmt: skip
_FOOTER = (
    '<footer><p>Example Institute, 1 Example Street, Exampleton.</p><ul><li><a href="/privacy">Privacy</a></li>'
    '<li><a href="/access">Accessibility</a></li></ul></footer>'
)  # fmt: skip


def site(
    title: str,
    main: str,
    heading: str | None = None,
    *,
    lang: str = "en",
    card: bool = True,
    head: str = "",
    body_class: str = "page",
    weight: int = 20,
) -> bytes:
    """A page of a site with its head, menu and footer. `weight`: how many scripts and styles its head loads."""
    loads = "".join(f'<link rel="stylesheet" href="/assets/{at}.css"><script src="/assets/{at}.js" defer></script>\n'
                    for at in range(weight))  # fmt: skip
    described = (
        f'<meta name="description" content="{title}"><meta property="og:title" content="{title}">' if card else ""
    )  # fmt: skip
    h1 = title.split(" | ")[0] if heading is None else heading
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{described}{head}\n{loads}</head>'
        f'<body class="{body_class}"><header><a href="/">Example Institute</a><nav><ul>{_NAVIGATION}</ul></nav></header>'
        f"<main><h1>{h1}</h1>{main}</main>{_FOOTER}</body></html>"
    ).encode()  # fmt: skip
