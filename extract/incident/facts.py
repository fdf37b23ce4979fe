"""Labelled facts of a page: `Type: System`, `Operator: … Developer: … Country: …` on one line."""

import re
from collections.abc import Iterable

from extract.incident.headings import LABELS

_NAMES = "|".join(sorted(LABELS, key=len, reverse=True))
_LABEL = re.compile(
    rf"(?:^|(?<=[\s.;,|)])|(?<=[a-z0-9)]))(?P<label>(?:{_NAMES})(?:s|\(s\)|ies)?)\s?:",
)
# These stand alone on a line wherever they stand; others ("Transparency: …") may open a sentence of prose.
_ALONE = ("AIAAIC Repository ID", "Occurred", "Page published", "Published", "Last updated", "Type")


def read_facts(text: str, *, expected: bool) -> list[tuple[str, str]]:
    """The labels and values of a line that begins with a known label; empty when it is no such line.

    Where facts are not `expected`, one label alone must be of those that open no sentence.
    """
    found = list(_LABEL.finditer(text))
    if not found or found[0].start() > 0:
        return []
    if not expected and len(found) < 2 and found[0]["label"] not in _ALONE:
        return []
    ends = [*(label.start() for label in found[1:]), len(text)]
    return [(label["label"], text[label.end() : end].strip(" |")) for label, end in zip(found, ends, strict=True)]


def named(facts: Iterable[tuple[str, str]], *labels: str) -> str:
    """The first value that stands under one of `labels`, or empty."""
    return next((value for label, value in facts if label in labels and value), "")


def once_each(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The facts with every name once: a repeated name is numbered, a repeated fact is dropped."""
    answer: dict[str, str] = {}
    for label, value in facts:
        name, count = label, 1
        while name in answer and answer[name] != value:
            count += 1
            name = f"{label} ({count})"
        answer[name] = value
    return tuple(answer.items())
