"""Whom a citation names: the owner of a name that is nearest to what is written."""

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from extract.folding import folded

# Word by word: "Commisissoner's" has 89 of 100 to the right word, "center" 83 to "centre", "Sussex" 73 to "Essex".
NEAR = 82
SHORT = 5  # letters; below, one letter is too much of a word to be wrong

_FILLING = frozenset({
    "the", "of", "and", "for", "at", "s",
})  # fmt: skip


def best_named(text: str, owners: Mapping[str, Sequence[str]]) -> str | None:
    """The owner one of whose names `text` is, holds, or nearly is; None when nobody's.

    The same name wins over one that stands in `text` among other words, that over a misspelt one; among those that
    stand in `text` the longer name wins. Short names (ICO) have to stand there as a word, letter by letter.
    """
    said = _words(text)
    best: tuple[float, int, str] | None = None
    for owner, names in owners.items():
        for name in names:
            score = _nearness(said, _words(name))
            rank = (score, len(name), owner)
            if score and (best is None or rank[:2] > best[:2]):
                best = rank
    return best[2] if best else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in folded(text) if word not in _FILLING)


def _nearness(said: tuple[str, ...], name: tuple[str, ...]) -> float:
    if not name or not said:
        return 0
    if said == name:
        return 3
    size = len(name)
    runs = [said[at : at + size] for at in range(len(said) - size + 1)]
    if name in runs:
        return 2
    return max((_alike(run, name) for run in runs), default=0)


def _alike(run: tuple[str, ...], name: tuple[str, ...]) -> float:
    """How near a run of words is to a name of as many words, 0…1; 0 when one word of it is another word."""
    ratios = [
        100 if said == wanted else fuzz.ratio(said, wanted) if min(len(said), len(wanted)) >= SHORT else 0
        for said, wanted in zip(run, name, strict=True)
    ]
    return min(ratios) / 100 if min(ratios) >= NEAR else 0
