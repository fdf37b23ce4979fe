"""Sign: one row of the tables by which answers that stand in a document's place are known."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.seed import Substitute
from extract.addresses import names
from extract.glance import Glance

SUCCESS = frozenset({200, 201, 202, 203})
# How walls answer, beside success: refusals, and codes of their own (428 Akamai, 430 Shopify, 456 and 493 of Asian
# firewalls, 999 LinkedIn). 404, 410 and 5xx but 503 are the site's own business.
REFUSALS = frozenset({401, 402, 403, 405, 406, 409, 412, 418, 420, 428, 429, 430, 456, 493, 498, 503, 999})
BARE = 1_500  # bytes of running text: a page that has fewer has nothing to say for itself


@dataclass(frozen=True, slots=True)
class Sign:
    """What all must be seen for an answer to be `kind`, and `who` sends such answers. `source` is where that is told.

    `header` is a name and what its value contains ("" for any), `cookie` what the name of a cookie begins with.
    Of `body`, marks in lower case, one must be in the first bytes. `words` must be a whole part of the title or of
    the first heading, in lower case; never when the address has the same words, for then the page is about them.
    `short`: the entity has fewer bytes. `also` is what no table can say. On an answer of success the page must have
    less running text than `bare` bytes, None: whatever it has; refusals have no document to lose.
    """

    kind: Substitute
    who: str
    source: str
    statuses: frozenset[int] = SUCCESS | REFUSALS
    header: tuple[bytes, str] | None = None
    cookie: bytes = b""
    body: tuple[bytes, ...] = ()
    words: re.Pattern[str] | None = None
    short: int | None = None
    also: Callable[[Glance], str] | None = None
    bare: int | None = BARE

    def seen_in(self, glance: Glance) -> str | None:
        """What was seen, in words ("" when the status says it all); None when the sign is not there."""
        if glance.status not in self.statuses or (self.short is not None and glance.size >= self.short):
            return None
        found: list[str] = []
        for wanted, look in (
            (self.header, self._header),
            (self.cookie, self._cookie),
            (self.body, self._body),
            (self.words, self._words),
            (self.also, self.also),
        ):
            if wanted and look is not None:
                seen = look(glance)
                if not seen:
                    return None
                found.append(seen)
        return ", ".join(found) if self._is_bare(glance) else None

    def _header(self, glance: Glance) -> str:
        assert self.header is not None
        name, wanted = self.header
        value = glance.header(name)
        return f"{name.decode()}: {value[:60]}" if name in glance.named and wanted in value else ""

    def _cookie(self, glance: Glance) -> str:
        set_here = (value for name, value in glance.headers if name.lower() == b"set-cookie")
        return f"the cookie {self.cookie.decode()}…" if any(one.startswith(self.cookie) for one in set_here) else ""

    def _body(self, glance: Glance) -> str:
        found = next((mark for mark in self.body if mark in glance.opening), None)
        return f"“{found.decode()}” in the page" if found else ""

    def _words(self, glance: Glance) -> str:
        assert self.words is not None
        for said in glance.said:
            if self.words.fullmatch(said.part) and (glance.redirected or not names(glance.url, said.part)):
                return f"its {said.where} says “{said.line[:80]}”"
        return ""

    def _is_bare(self, glance: Glance) -> bool:
        return self.bare is None or glance.status not in SUCCESS or glance.prose.running < self.bare


def phrases(*forms: str) -> re.Pattern[str]:
    """A pattern that is any of these forms as a whole."""
    return re.compile("|".join(f"(?:{form})" for form in forms))
