"""Finds words in a text, in every spelling that folding makes one (Arabic and Persian letters, accents, case). Pure.

A word is met as it stands, behind an Arabic clitic (`وقيس`, `بالعراق`), or, with a star at its end, as a beginning. Several
words in one term are a phrase. All terms must be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scraper.text import Folded, fold, spell_name, spell_rule

CLITICS = frozenset(("و", "ف", "ب", "ل", "ك", "ال", "وال", "فال", "بال", "كال", "لل", "ولل", "وب", "ول", "وبال"))
"""What may stand joined before a word of Arabic without making it another one: and, so, in, for, as, the."""

MOST_WORDS = 50


@dataclass(frozen=True, slots=True)
class _Word:
    spellings: frozenset[str]
    prefix: bool

    def meets(self, written: str) -> bool:
        for spelled in {spell_rule(written), spell_name(written)}:
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
        words = fold(term.removesuffix("*")).words
        if not words:
            raise ValueError(f"{term!r} has no letter or digit to look for")
        last = len(words) - 1
        read.append(
            tuple(
                _Word(frozenset((spell_rule(word), spell_name(word))), term.endswith("*") and number == last)
                for number, word in enumerate(words)
            )
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
    for first in range(len(text.words) - len(term) + 1):
        if all(word.meets(text.words[first + step]) for step, word in enumerate(term)):
            return text.span(first, first + len(term))
    return None
