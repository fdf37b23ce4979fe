"""Our reading of web pages beside trafilatura's: the same pages in one process, page by page in turns; ratios first."""

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import machine, median, rounds, table
from benchmarks.site import sentence, vocabulary

PLAIN = "trafilatura"
READERS = {
    PLAIN: "trafilatura.extract, main text alone",
    "fast": "trafilatura, fast, with metadata",
    "ours": "our reading: main text in sections, title, authors, dates, quality",
}
SHINGLE = 4  # words, as in the article extraction benchmark of 2020


@dataclass(frozen=True, slots=True)
class Sample:
    """A page and the main text that is to be found in it."""

    content: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Round:
    """One reader over all pages: processor seconds; precision and recall of the main text, means over the pages."""

    name: str
    number: int
    cpu_s: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)


def made(count: int, seed: int) -> list[Sample]:
    """Seeded pages as newspapers and offices lay them out: menus, teasers, byline, scripts and footer round a text."""
    dice = random.Random(seed)
    words = vocabulary(dice)
    return [_page(dice, words) for _ in range(count)]


def _page(dice: random.Random, words: list[str]) -> Sample:
    def line(least: int, most: int) -> str:
        return " ".join(dice.choices(words[:800], k=dice.randint(least, most)))

    def links(count: int) -> str:
        return "".join(f"<li class='menu-item'><a href='/{at}'>{line(1, 4)}</a></li>" for at in range(count))

    title = line(5, 10)
    paragraphs = [
        " ".join(sentence(dice, words) for _ in range(dice.randint(2, 6))) for _ in range(dice.randint(4, 30))
    ]
    teasers = "".join(
        f"<div class='teaser'><h3><a href='/t'>{line(4, 9)}</a></h3><p>{line(8, 14)}</p></div>" for _ in range(12)
    )
    said = {"@type": "NewsArticle", "headline": title, "author": {"@type": "Person", "name": "Ada Byron"}}
    style, script = ".x{color:red}" * dice.randint(20, 900), "var a=1;" * dice.randint(50, 3000)
    content = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Example</title>
<meta property="article:published_time" content="2019-07-{dice.randint(1, 28):02}T10:00:00Z">
<script type="application/ld+json">{json.dumps(said)}</script><style>{style}</style></head><body>
<header><nav><ul>{links(dice.randint(10, 60))}</ul></nav></header><div class="wrapper"><main><article><h1>{title}</h1>
<div class="byline">By <a rel="author" href="/a">Ada Byron</a></div>
{"".join(f"<p>{text}</p>" for text in paragraphs)}</article></main>
<aside class="sidebar">{teasers}</aside></div><script>{script}</script>
<footer><ul>{links(dice.randint(5, 30))}</ul><p>Copyright {line(3, 6)}</p></footer></body></html>"""
    return Sample(content.encode(), "\n".join(paragraphs))


def kept(folder: Path) -> list[Sample]:
    """The pages of a set laid out as the article extraction benchmark: ground-truth.json and html/KEY.html.gz."""
    truth = json.loads((folder / "ground-truth.json").read_text())
    return [
        Sample(gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()), page["articleBody"])
        for key, page in truth.items()
    ]


def reader(name: str) -> Callable[[bytes], str]:
    """The function of a reader, from bytes to main text."""
    import trafilatura

    from extract.html import decode_html, read_html

    if name == "ours":
        return lambda content: "\n".join(page.text for page in read_html(content).pages)
    fast = name == "fast"
    return lambda content: (
        trafilatura.extract(decode_html(content), include_comments=False, fast=fast, with_metadata=fast) or ""
    )


def measure(names: list[str], count: int, samples: list[Sample]) -> list[Round]:
    """`count` rounds; in each every page is read by every reader in turn, so that a busy machine is busy for all."""
    readers = {name: reader(name) for name in names}
    for read in readers.values():
        read(samples[0].content)
    return [one for number in range(count) for one in _round(readers, number, samples)]


def _round(readers: dict[str, Callable[[bytes], str]], number: int, samples: list[Sample]) -> list[Round]:
    cpu_s = dict.fromkeys(readers, 0.0)
    scores: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}

    def once(name: str, at: int) -> None:
        began = time.process_time()
        text = readers[name](samples[at].content)
        cpu_s[name] += time.process_time() - began
        scores[name].append(score(samples[at].text, _bare(text)))

    rounds(list(readers), len(samples), once)
    told = ", ".join(f"{name} {spent:.2f}" for name, spent in cpu_s.items())
    print(f"round {number + 1}, CPU s: {told}", file=sys.stderr, flush=True)
    means = {name: [sum(one[at] for one in all_) / len(all_) for at in (0, 1)] for name, all_ in scores.items()}
    return [Round(name, number, cpu_s[name], *means[name]) for name in readers]


def _bare(text: str) -> str:
    """The text without the lines of metadata that trafilatura writes before it when asked for them."""
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)


def score(true: str, found: str) -> tuple[float, float]:
    """Precision and recall of the found text in runs of SHINGLE words, each as often as it stands there."""
    wanted, got = _shingles(true), _shingles(found)
    right = (wanted & got).total()
    return (right / got.total() if got else float(not wanted), right / wanted.total() if wanted else 1.0)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)) if words)


def report(done: list[Round], pages: int) -> str:
    """The table: medians, and ratios to plain trafilatura."""

    def middle(name: str) -> float:
        return median([one.cpu_s for one in done if one.name == name])

    rows = [
        [
            told,
            middle(PLAIN) / middle(name),
            f"{pages / middle(name):.0f}",
            *(f"{value:.3f}" for value in (last.f1, last.precision, last.recall)),
        ]
        for name, told in READERS.items()
        for last in [one for one in done if one.name == name][-1:]
    ]
    return table(["reader", "× trafilatura", "pages per CPU s", "F1", "precision", "recall"], rows)


def main() -> None:
    """Measures, prints the table, and with --json writes every round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", nargs="?", type=Path, help="a folder with ground-truth.json and html/*.html.gz")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--json", type=Path, help="where to write every round")
    given = parser.parse_args()
    samples = kept(given.set) if given.set else made(given.pages, given.seed)
    done = measure(list(READERS), given.rounds, samples)
    print(f"{len(samples)} pages, {given.rounds} rounds; {machine()}\n")
    print(report(done, len(samples)))
    if given.json:
        told = {"pages": len(samples), "machine": machine(), "rounds": [asdict(one) for one in done]}
        given.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
