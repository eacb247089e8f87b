"""Finds words in a text, in every spelling that folding makes one (Arabic and Persian letters, accents, case). Pure.

A word is met as it stands, behind an Arabic clitic (`وقيس`, `بالعراق`), or, with a star at its end, as a beginning. Several
words in one term are a phrase. All terms must be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from scraper.text import Folded, fold, spell_name, spell_rule

CLITICS = frozenset(("و", "ف", "ب", "ل", "ك", "ال", "وال", "فال", "بال", "كال", "لل", "ولل", "وب", "ول", "وبال"))
"""What may stand joined before a word of Arabic without making it another one: and, so, in, for, as, the."""

MOST_WORDS = 50
NON_JOINER = "\u200c"


@lru_cache(65_536)
def _spelled(written: str) -> frozenset[str]:
    """A folded word as rules and as names read it. Few words make up most of any store."""
    return frozenset((spell_rule(written), spell_name(written)))


@dataclass(frozen=True, slots=True)
class _Word:
    spellings: frozenset[str]
    prefix: bool

    def meets(self, written: str) -> bool:
        for spelled in _spelled(written):
            for mine in self.spellings:
                if spelled == mine or (self.prefix and spelled.startswith(mine)):
                    return True
                if spelled.endswith(mine) and spelled[: -len(mine)] in CLITICS:
                    return True
        return False


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: terms, each a word or a phrase."""

    terms: tuple[tuple[_Word, ...], ...]


def read_query(terms: Sequence[str]) -> Query:
    """A query of these terms. Raises ValueError, with words for a person, where one has nothing to look for."""
    read = []
    for term in terms:
        words = [part for word in fold(term.removesuffix("*")).words for part in word.split(NON_JOINER)]
        if not words:
            raise ValueError(f"{term!r} has no letter or digit to look for")
        last = len(words) - 1
        read.append(
            tuple(_Word(_spelled(word), term.endswith("*") and number == last) for number, word in enumerate(words))
        )
    if not read or sum(map(len, read)) > MOST_WORDS:
        raise ValueError(f"between 1 and {MOST_WORDS} words can be looked for")
    return Query(tuple(read))


def find(query: Query, texts: Sequence[str]) -> tuple[tuple[int, int, int], ...]:
    """Where the first meeting of each term stands: (number of the text, start, end) in code points of the original.

    Empty where a term is met in none of the texts.
    """
    folded = [fold(text) for text in texts]
    found = []
    for term in query.terms:
        hit = next(((number, *span) for number, text in enumerate(folded) if (span := _meeting(term, text))), None)
        if hit is None:
            return ()
        found.append(hit)
    return tuple(found)


def _meeting(term: tuple[_Word, ...], text: Folded) -> tuple[int, int] | None:
    # A non-joiner parts words of Persian that others write apart: خامنه‌ای and خامنه ای.
    parts = [(part, number) for number, word in enumerate(text.words) for part in word.split(NON_JOINER)]
    for first in range(len(parts) - len(term) + 1):
        if all(word.meets(parts[first + step][0]) for step, word in enumerate(term)):
            return text.span(parts[first][1], parts[first + len(term) - 1][1] + 1)
    return None
