r"""The text of a file in Rich Text Format (RTF 1.9.1): words, line ends and cells; fonts and pictures left out."""

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)"
)
_CHARACTERS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": " | ", "nestcell": " | ", "tab": "\t",
    "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_SIGNS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
_UNSEEN = frozenset((
    "fonttbl", "colortbl", "stylesheet", "pict", "object", "header", "footer", "headerl", "headerr", "headerf",
    "footerl", "footerr", "footerf", "listtable", "revtbl", "themedata", "datastore", "latentstyles", "generator",
    "xmlnstbl", "fldinst", "bkmkstart", "bkmkend", "nonshppict", "deleted",
))  # fmt: skip
_CODEPAGES = {
    437: "cp437", 850: "cp850", 874: "cp874", 932: "cp932", 936: "gbk", 949: "cp949", 950: "cp950", 10000: "mac_roman",
    65001: "utf-8", **{number: f"cp{number}" for number in range(1250, 1259)},
}  # fmt: skip
_FACTS = ("title", "author")


@dataclass(slots=True)
class _Group:
    """What a brace opens: where its words go ("" the text, None nowhere), and how many bytes stand in for a \\u."""

    to: str | None = ""
    stand_in: int = 1


@dataclass(slots=True)
class _Reading:
    words: dict[str, list[str]] = field(default_factory=lambda: {to: [] for to in ("", *_FACTS)})
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    codec: str = "cp1252"
    coded: bytearray = field(default_factory=bytearray)
    skip: int = 0  # bytes that stand in for a character given by \u

    def add(self, text: str) -> None:
        if self.coded:
            coded, self.coded = bytes(self.coded), bytearray()
            self.add(coded.decode(self.codec, "replace"))
        to = self.groups[-1].to
        if to is not None and text:
            self.words[to].append(text)

    def add_coded(self, coded: bytes) -> None:
        skipped = min(self.skip, len(coded))
        self.skip -= skipped
        self.coded += coded[skipped:]

    def brace(self, sign: bytes) -> None:
        self.add("")
        self.skip = 0
        if sign == b"{":
            self.groups.append(_Group(self.groups[-1].to, self.groups[-1].stand_in))
        elif len(self.groups) > 1:
            self.groups.pop()

    def word(self, name: str, number: int | None) -> None:
        group = self.groups[-1]
        if name == "u" and number is not None:
            self.add(chr(number % 0x10000))
            self.skip = group.stand_in
            return
        self.add(_CHARACTERS.get(name, ""))
        if name == "uc":
            group.stand_in = max(number or 0, 0)
        elif name == "ansicpg":
            self.codec = _CODEPAGES.get(number or 0, self.codec)
        elif (name in _UNSEEN and number != 0) or (name == "info" and group.to == ""):
            group.to = None
        elif name in _FACTS and group.to is None:
            group.to = name


def rich_text(content: bytes) -> tuple[str, dict[str, str]]:
    r"""The text and what it states (title, author); a page, section or paragraph ends a line, a cell is ended by " | ".

    Bytes are in the code page that the file names for all of it (`\ansicpg`); those of single fonts are not heeded.
    """
    reading = _Reading()
    at = 0
    while match := _TOKEN.search(content, at):
        at = match.end()
        if match["text"]:
            reading.add_coded(match["text"])
        elif match["hex"]:
            reading.add_coded(bytes.fromhex(match["hex"].decode()))
        elif match["brace"]:
            reading.brace(match["brace"])
        elif match["sign"] == b"*":  # a destination that may be left out
            reading.add("")
            reading.groups[-1].to = None
        elif match["sign"]:
            reading.add(_SIGNS.get(match["sign"], ""))
        else:
            name, number = match["word"].decode().lower(), int(match["number"]) if match["number"] else None
            at += max(number or 0, 0) if name == "bin" else 0
            reading.word(name, number)
    reading.add("")
    # \u gives UTF-16: pairs become one character, and what is half of one a replacement.
    whole = {
        to: "".join(words).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for to, words in reading.words.items()
    }
    return whole.pop(""), whole
