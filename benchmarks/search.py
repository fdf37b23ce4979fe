"""The search over many pages: what twenty queries of every kind cost, how large the index is, how fast it is built."""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from benchmarks.measuring import machine, median, table
from extract.document import Document, DocumentState, Page
from store.database import Database, open_database
from store.intake import file_documents
from store.search import SearchIndex

NOW = datetime(2024, 5, 17, 9, tzinfo=UTC)
BATCH = 64  # documents a transaction, as a run files them
VOCABULARY = 60_000
COMMON = "the of and to in that was for is on police facial recognition trial accuracy report data system use were"
SYLLABLES = "ba be bi bo bu da de di do du fa fe ga go ka ke ki la le li lo ma me mi mo na ne ni no pa pe po ra re ri"
OURS, TANTIVY = "ours, SQLite FTS5", "tantivy"


@dataclass(frozen=True, slots=True)
class Kind:
    """Queries of one kind, as we write them and as tantivy's parser takes them."""

    name: str
    ours: tuple[str, ...]
    tantivy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One engine: CPU milliseconds of each query by kind, index bytes for a byte of text, pages a CPU second."""

    name: str
    took: dict[str, list[float]]
    index: float
    rate: float

    def percentile(self, share: float) -> float:
        """The milliseconds that this share of the queries stays under."""
        every = sorted(itertools.chain.from_iterable(self.took.values()))
        return every[min(int(len(every) * share), len(every) - 1)]


class Pages:
    """Seeded documents of 1 to 60 pages with 200 to 450 words each, drawn as Zipf found them in prose: the commonest
    words are on nearly every page."""

    def __init__(self, count: int, seed: int) -> None:
        self.count, self._dice = count, random.Random(seed)
        common, syllables = COMMON.split(), SYLLABLES.split()
        made = ["".join(self._dice.choices(syllables, k=self._dice.randint(2, 5))) for _ in range(VOCABULARY)]
        self.words = [*common, *made[len(common) :]]
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))

    def __iter__(self) -> Iterator[Document]:
        left = self.count
        while left > 0:
            length = min(left, 60, max(1, int(self._dice.lognormvariate(2.2, 0.9))))
            left -= length
            pages = tuple(Page(number, self._text(), reader="bench") for number in range(1, length + 1))
            title = " ".join(self._drawn(8))
            yield Document("pdf", DocumentState.READ, reader="bench", title=title, page_count=length, pages=pages)

    def kinds(self) -> list[Kind]:
        """Twenty queries: from words on every page to words on a few."""
        middle, rare = self.words[1_500:1_510], self.words[40_000:40_010]
        return [
            _same("a common word", "the", "police", self.words[30]),
            _same("common words together", "of and", "facial recognition", "trial accuracy"),
            _same("a phrase of common words", '"facial recognition"', '"of the"'),
            _same("a word in titles", "title:police", f"title:{middle[5]}"),
            _same("common words, one left out", "the -police", f"{middle[0]} -the"),
            _same("a rarer word", middle[1], middle[2], f"{middle[3]} {middle[4]}"),
            _same("a rare word", rare[0], rare[1]),
            _same("a rare and a common one", f"{rare[2]} the", f'"the {middle[6]}"'),
            Kind("words near each other", (f"NEAR(facial {middle[7]}, 5)",), (f'"facial {middle[7]}"~5',)),
        ]  # fmt: skip

    def _text(self) -> str:
        drawn = self._drawn(self._dice.randint(200, 450))
        return "\n".join(" ".join(drawn[at : at + 12]) for at in range(0, len(drawn), 12))

    def _drawn(self, count: int) -> list[str]:
        return self._dice.choices(self.words, cum_weights=self._weights, k=count)


def _same(name: str, *queries: str) -> Kind:
    return Kind(name, queries, queries)


def measure_ours(pages: Pages, place: Path, rounds: int) -> Measured:
    """Files every page as a run does, then searches."""
    with open_database(f"sqlite:///{place / 'catalog.sqlite'}") as database:
        took = 0.0
        for number, batch in enumerate(_batches(pages)):
            found = [(f"sha256:{number}-{at}", one) for at, one in enumerate(batch)]
            began = time.process_time()
            file_documents(database, found, now=NOW)
            took += time.process_time() - began
        index = SearchIndex(database)
        asked = {kind.name: _timed(index.search, kind.ours, rounds) for kind in pages.kinds()}
        return Measured(OURS, asked, _share(database), pages.count / took)


def _share(database: Database) -> float:
    with database.reading() as connection:
        held = sum(
            connection.execute(text(f"SELECT sum(length(block)) FROM {name}_data")).scalar_one()
            for name in ("page_index", "title_index")
        )
        return float(held / connection.execute(text("SELECT sum(length(text)) FROM page")).scalar_one())


def measure_tantivy(pages: Pages, place: Path, rounds: int) -> Measured:
    """The same pages in tantivy, one writing thread, ten hits with title and snippet like ours."""
    import tantivy

    schema = tantivy.SchemaBuilder()
    for name in ("title", "text"):
        schema.add_text_field(name, stored=True)
    index = tantivy.Index(schema.build(), path=str(place))
    took, size = 0.0, 0
    writer = index.writer(128 << 20, 1)
    for one in pages:
        began = time.process_time()
        for page in one.pages:
            writer.add_document(tantivy.Document(title=one.title, text=page.text))
        took += time.process_time() - began
        size += sum(len(page.text) for page in one.pages)
    began = time.process_time()
    writer.commit()
    writer.wait_merging_threads()
    took += time.process_time() - began
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> None:
        parsed = index.parse_query(query, ["title", "text"], conjunction_by_default=True)
        snippets = tantivy.SnippetGenerator.create(searcher, parsed, index.schema, "text")
        for _, address in searcher.search(parsed, 10).hits:
            snippets.snippet_from_doc(searcher.doc(address)).to_html()

    asked = {kind.name: _timed(search, kind.tantivy, rounds) for kind in pages.kinds()}
    held = sum(path.stat().st_size for path in place.iterdir() if path.suffix != ".store")  # the stored text apart
    return Measured(TANTIVY, asked, held / size, pages.count / took)


def _batches(pages: Pages) -> Iterator[list[Document]]:
    every = iter(pages)
    while batch := list(itertools.islice(every, BATCH)):
        yield batch


def _timed(search: Callable[[str], object], queries: Sequence[str], rounds: int) -> list[float]:
    """CPU milliseconds of each query, the median of some rounds after one that is not counted."""
    found = []
    for query in queries:
        took = []
        for _ in range(rounds + 1):
            began = time.process_time()
            search(query)
            took.append((time.process_time() - began) * 1000)
        found.append(median(took[1:]))
    return found


def report(done: Sequence[Measured]) -> str:
    """The table of the engines, then the one of the kinds of queries."""
    header = ["engine", "p50 ms", "p95 ms", "worst ms", "index / text", "pages per CPU s"]
    rows = [
        [one.name, one.percentile(0.5), one.percentile(0.95), one.percentile(1), one.index, f"{one.rate:,.0f}"]
        for one in done
    ]
    kinds = [[kind, *(max(one.took[kind]) for one in done)] for kind in done[0].took]
    return f"{table(header, rows)}\n\n{table(['slowest of its kind, ms', *(one.name for one in done)], kinds)}"


def main() -> None:
    """Measures each engine that is installed and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    done = []
    for measure in (measure_ours, measure_tantivy):
        try:
            with tempfile.TemporaryDirectory(prefix="search-bench-") as place:
                done.append(measure(Pages(given.pages, given.seed), Path(place), given.rounds))
        except ModuleNotFoundError as error:
            print(f"{error.name} is not installed (the extra `bench`): it is left out", file=sys.stderr)
    print(f"{given.pages:,} pages, 20 queries, CPU time, {given.rounds} rounds; {machine()}\n")
    print(report(done))


if __name__ == "__main__":
    main()
