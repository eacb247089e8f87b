"""What is known about the words of texts: one number for each, looked up once for a whole text.

Texts repeat their words, so that for all words met before one look into a dictionary is the whole cost of reading them;
what the numbers say of a text is then asked of all its words at once, in numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from alerts.watch.collecting import Method

Numbers = npt.NDArray[np.int64]
Marks: TypeAlias = Mapping[int, Sequence[int]]
"""The words of a field that have a mark, by the mark, in order."""
RANK = 3
"""The bits of a word's rank among its neighbours (`neighbours.py`)."""
TWO_PARTS, NO_TWO_PARTS, TIED, TITLE, GROUP, TELLS, NAME, RULE, LETTER = (1 << bit for bit in range(2, 11))
"""The marks of a word: it says two parts of a name; it sounds like two and can be none of them; it is tied to the word
before; it is a title; a kind of group; a verb of speech; a name begins with it; a term of a rule does; it is one letter."""
KIND = 11
"""Bits of a number below those of the word's kind, which is what parts of names it may be (`neighbours.py`)."""
_REMEMBERED = 100_000
"""Words in each of two generations: some 20 MB together. Hostile texts bring only new words, and cost time, not memory."""


class Lexicon(dict[str, int]):
    """Numbers of words, worked out by the method `describe` at first sight. When so many are known, those are forgotten that no text
    has held since as many were known before."""

    def __init__(self, describe: Callable[[str], int]) -> None:
        super().__init__()
        self._describe = Method(describe)
        self._before: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self._before = dict(self)
            self.clear()
        known = self._before.get(word)
        if known is None:
            known = self._describe(word)
        self[word] = known
        return known

    def numbers(self, words: Sequence[str]) -> Numbers:
        """The numbers of words, in their order."""
        return np.fromiter(map(self.__getitem__, words), np.int64, len(words))


def marks_of(numbers: Numbers, asked: int, second: int) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The places of the marks that are `asked` for, of a first field and of a second that begins at word `second`; each
    counted from its own first word."""
    places = (numbers & asked).nonzero()[0]
    fields: tuple[dict[int, list[int]], dict[int, list[int]]] = {}, {}
    for place, number in zip(places.tolist(), (numbers[places] & asked).tolist(), strict=True):
        field, at = (fields[0], place) if place < second else (fields[1], place - second)
        while number:
            mark = number & -number
            field.setdefault(mark, []).append(at)
            number ^= mark
    return fields
