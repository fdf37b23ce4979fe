"""Snippets made by us, where the database has none that knows our words: what matched, with some words around."""

from collections.abc import Sequence

from store.grammar import Term
from store.matches import CLOSE, OPEN, SNIPPET_WORDS
from store.tsquery import tokens

_BEFORE = 8  # words before the first match


def snippet(text: str, wanted: Sequence[Term]) -> str:
    """Some words from shortly before the first match on, each match between `OPEN` and `CLOSE`; else the beginning."""
    found = list(tokens(text))
    forms = [form for form, _, _ in found]
    matched = [False] * len(found)
    for term in wanted:
        words = [form for form, _, _ in tokens(term.text)]
        for at in _places(forms, words):
            matched[at : at + len(words)] = [True] * len(words)
    first = max(matched.index(True) - _BEFORE, 0) if True in matched else 0
    shown = found[first : first + SNIPPET_WORDS]
    if not shown:
        return text
    parts, at = ["…"] if first else [], shown[0][1]
    for place, (_, start, end) in enumerate(shown, first):
        begins = matched[place] and not (place > first and matched[place - 1])
        ends = matched[place] and not (place + 1 < first + len(shown) and matched[place + 1])
        parts += [text[at:start], OPEN if begins else "", text[start:end], CLOSE if ends else ""]
        at = end
    return "".join(parts) + (text[at:] if first + len(shown) == len(found) else "…")


def _places(forms: Sequence[str], words: Sequence[str]) -> list[int]:
    """Where the words stand one after the other."""
    if not words:
        return []
    return [at for at, form in enumerate(forms) if form == words[0] and forms[at : at + len(words)] == words]
