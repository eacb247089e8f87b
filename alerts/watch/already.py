"""Whether what sounds like a name is only that name once more, which was found as it is written: most mentions are.

A name with thirty spellings sounds thirty times alike where one of them stands. What lies wholly inside the place of that one
is not told anyway (`judging.not_among`); it need not be laid where no word around the place can be a part of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from alerts.watch.lexicon import Numbers
from alerts.watch.parts import Spelling
from alerts.watch.thirds import Around, Thirds


class Already:
    """The places of names that were found as written in one text: `places` (word, word behind) by what is `Spelling.alike`."""

    __slots__ = ("_around", "_numbers", "_places", "_thirds", "_words")

    def __init__(
        self,
        thirds: Thirds,
        words: Sequence[str],
        numbers: Numbers,
        places: Mapping[Hashable, Sequence[tuple[int, int]]],
    ) -> None:
        self._thirds, self._words, self._numbers = thirds, words, numbers
        self._places = dict(places)
        self._around: dict[tuple[int, int], Around] = {}

    def has(self, spelling: Spelling[Any], first: int, behind: int) -> bool:
        """Whether all that may be laid of a name from words `[first, behind)` on lies in a place of the same name."""
        for place in self._places.get(spelling.alike, ()):
            if place[0] <= first and behind <= place[1]:
                around = self._around.get(place)
                if around is None:
                    around = self._around[place] = self._thirds.outside(self._words, self._numbers, place)
                return not self._thirds.has_any(spelling, around)
        return False

    def add(self, spelling: Spelling[Any], first: int, behind: int) -> None:
        """The name was found by its sound in words `[first, behind)`, and nearer it cannot be."""
        self._places[spelling.alike] = [*self._places.get(spelling.alike, ()), (first, behind)]
