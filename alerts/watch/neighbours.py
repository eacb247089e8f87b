"""Which words of a text may be two parts of one name, one behind the other: asked for all words of a text at once.

A word is known by the keys of the parts that it may be (`spellings.py`); words of the same keys are one kind. Whether
one kind may follow another is worked out once, and remembered in a table that forgets what falls on the same place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from alerts.watch.lexicon import Numbers

OTHER, NAMED, FREE = range(3)
"""The rank of a word: neither of the two others; a common name or title; what stands between parts without counting."""
WALL = 2
"""Words without kind that keep two rows in one array apart, together with `OTHER` as their rank."""
_PLACES = 19
"""Bits of a place in the table: 4 MB, half a million pairs of kinds."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
Places = npt.NDArray[np.intp]


class Neighbours:
    """The kinds of words, by their keys, and what may follow what. `after` has for each key of a part those behind it."""

    def __init__(self, after: Mapping[str, Collection[str]]) -> None:
        self._after = after
        self._numbers: dict[frozenset[str], int] = {frozenset(): 0}
        self._kinds: list[frozenset[str]] = [frozenset()]
        self._behind: dict[int, list[Collection[str]]] = {}
        self._known = np.zeros(1 << _PLACES, np.uint64)

    def kind(self, keys: frozenset[str]) -> int:
        """The number of the words with these keys; 0 for none."""
        number = self._numbers.get(keys)
        if number is None:
            number = self._numbers[keys] = len(self._kinds)
            self._kinds.append(keys)
        return number

    def keys(self, kind: int) -> frozenset[str]:
        """The keys of a kind."""
        return self._kinds[kind]

    def pairs(self, kinds: Numbers, ranks: Numbers) -> tuple[list[int], list[int]]:
        """The words, first and second, that may follow each other in a name, by what stands between them: nothing that
        counts; any one word; two or three common names; common names alone, however many."""
        kept = np.flatnonzero(ranks != FREE)
        kinds = kinds[kept]
        some = kinds != 0
        firsts = [np.flatnonzero(some[:-step] & some[step:]) for step in (1, 2)]
        seconds = [first + step for step, first in enumerate(firsts, 1)]
        named = ranks[kept] == NAMED
        if named.any():
            for one, other in _across(named):
                both = some[one] & some[other]
                firsts.append(one[both])
                seconds.append(other[both])
        first, second = np.concatenate(firsts), np.concatenate(seconds)
        true = self._follow(kinds[first], kinds[second])
        return kept[first[true]].tolist(), kept[second[true]].tolist()

    def _follow(self, ones: Numbers, others: Numbers) -> Places:
        """Where a word of the second kind may stand behind one of the first."""
        asked = (ones.astype(np.uint64) << np.uint64(32) | others.astype(np.uint64)) << np.uint64(1)
        places = (asked * _SPREAD >> np.uint64(64 - _PLACES)).astype(np.intp)
        known = self._known[places]
        for at in np.flatnonzero(known >> np.uint64(1) != asked >> np.uint64(1)).tolist():
            true = self._may_follow(int(ones[at]), int(others[at]))
            known[at] = self._known[places[at]] = asked[at] | np.uint64(true)
        return np.flatnonzero(known & np.uint64(1))

    def _may_follow(self, one: int, other: int) -> bool:
        behind = self._behind.get(one)
        if behind is None:
            behind = self._behind[one] = [self._after[key] for key in self._kinds[one] if key in self._after]
        return not all(map(self._kinds[other].isdisjoint, behind))


def _across(named: npt.NDArray[np.bool_]) -> tuple[tuple[Places, Places], tuple[Places, Places], tuple[Places, Places]]:
    """Words with two common names between, with three, and with nothing but common names, three and more words apart."""
    two = np.flatnonzero(named[1:-2] & named[2:-1])
    three = two[:-1] if len(two) and two[-1] + 4 >= len(named) else two
    three = three[named[three + 3]]
    bare = np.flatnonzero(~named)
    far = np.flatnonzero(np.diff(bare) > 2)
    return (two, two + 3), (three, three + 4), (bare[far], bare[far + 1])
