"""The custody log held against itself and against the WARC files: what was altered, cut or written anew is named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archive.custody import GENESIS, LOG, CustodyEvent, Entry, lines, parse_line
from archive.fields import parse_fields, sha256_of
from archive.files import OPEN, WARC_FOLDER
from archive.records import CUSTODY_HEAD
from archive.scanner import scan_warc
from archive.stretch import mapped


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One thing that is not as it must be, at this line of the log; `entry` is None for what no line shows."""

    entry: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the log says of a finished WARC file: the entry, the bytes, the digest of the whole file."""

    entry: int
    event: CustodyEvent
    bytes: int
    sha256: str


@dataclass
class Chain:
    """The log as it was read: how many lines, the digest of the last, what is wrong, what it claims of which file."""

    entries: int = 0
    head: str = GENESIS
    faults: list[ChainFault] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)


def read_chain(folder: Path) -> Chain:
    """The log of a data folder, each line held against the one before it; empty when there is none."""
    return _read(folder, set())


def hold_chain(folder: Path, files: Sequence[Path]) -> Chain:
    """The log of a data folder, also held against all of its WARC files, finished or open.

    Each file begun under a log names its head at that time, so the line with that digest must still be there: a log
    that was cut short or written anew has it no more. A finished file that names one must have its entry, and a file
    with an entry must be there.
    """
    anchors = {path.name: anchor for path in files if (anchor := anchor_of(path)) is not None}
    unseen = set(anchors.values())
    chain = _read(folder, unseen)
    if anchors and not chain.entries:
        what = f"{LOG} is missing or empty, and {len(anchors)} WARC files were begun under it"
        chain.faults.append(ChainFault(None, what))
        return chain
    for name, anchor in sorted(anchors.items()):
        claim = chain.claims.get(name)
        if anchor in unseen and (claim is None or claim.event is not CustodyEvent.IMPORTED):
            chain.faults.append(ChainFault(None, f"{name} was begun at {anchor}, which no line of the log has"))
        if claim is None and not name.endswith(OPEN):
            chain.faults.append(ChainFault(None, f"{name} has no entry; after a crash the next run adds it"))
    there = {path.name for path in files}
    lost = (ChainFault(one.entry, f"{name} is missing") for name, one in chain.claims.items() if name not in there)
    chain.faults.extend(lost)
    return chain


def anchor_of(path: Path) -> str | None:
    """The head of the log when this WARC file was begun, as its warcinfo tells; None where it tells none."""
    try:
        first = next(scan_warc(mapped(path)), None)
    except OSError:
        return None  # what cannot be read, `archive.fixity` names
    if first is None or first.faults or first.kind != "warcinfo" or first.measure is None:
        return None
    fields = parse_fields(first.measure.content)
    return fields.get(CUSTODY_HEAD) if fields else None


def _read(folder: Path, unseen: set[str]) -> Chain:
    """The chain; the digests of its lines are taken out of `unseen`."""
    chain = Chain()
    before = 0  # the number of the line before
    for line in lines(folder):
        chain.entries += 1
        entry = parse_line(line)
        if entry is None:
            chain.faults.append(ChainFault(chain.entries, _broken(line)))
        else:
            chain.faults += [ChainFault(chain.entries, what) for what in _misplaced(entry, chain.head, before)]
            _claim(chain, entry)
        before = entry.number if entry else before + 1
        chain.head = sha256_of(line)
        unseen.discard(chain.head)
    return chain


def _broken(line: bytes) -> str:
    return "the line is no entry as it was written" if line.endswith(b"\n") else "the last line is torn"


def _misplaced(entry: Entry, head: str, before: int) -> Iterator[str]:
    if entry.previous != head:
        yield "the entry does not follow the line before it"
    if entry.number != before + 1:
        yield f"entry {entry.number} stands where entry {before + 1} must"


def _claim(chain: Chain, entry: Entry) -> None:
    """The first entry on a finished file counts: nothing ever changes one, so a later one that differs is a fault."""
    kind, _, name = entry.subject.partition("/")
    size, digest = entry.facts.get("bytes"), entry.facts.get("sha256")
    if kind != WARC_FOLDER or not (isinstance(size, int) and isinstance(digest, str)):
        return
    first = chain.claims.setdefault(name, Claim(chain.entries, entry.event, size, digest))
    if (first.bytes, first.sha256) != (size, digest):
        chain.faults.append(ChainFault(chain.entries, f"{name} is another file than in entry {first.entry}"))
