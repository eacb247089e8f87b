"""Which words of a text may be two parts of one name, one behind the other: asked for all words of a text at once.

A word is known by the keys of the parts that it may be (`spellings.py`); words of the same keys are one kind. Whether
one kind may follow another is worked out once, and remembered in a table that forgets what falls on the same place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.watch.lexicon import Numbers

OTHER, NAMED, FREE = range(3)
"""The rank of a word: neither of the two others; a common name or title; what stands between parts without counting."""
WALL = 2
"""Words without kind that keep two rows in one array apart, together with `OTHER` as their rank."""
_PLACES = 21
"""Bits of a place in the table: two million pairs of kinds; 16 MB, where so many were met."""
_FEW = 24
"""Words of a headline: so few are asked one by one faster than at once."""
_BITS = 2_048
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
Places = npt.NDArray[np.intp]


def nonzero(marks: npt.NDArray[Any]) -> Places:
    """The places of a row that are not zero: `np.flatnonzero` without its wrappers, which cost more than a short row."""
    return marks.nonzero()[0]


class Neighbours:
    """The kinds of words, by their keys, and what may follow what. `after` has for each key of a part those behind it."""

    def __init__(self, after: Mapping[str, Collection[str]]) -> None:
        self._after = after
        self._numbers: dict[frozenset[str], int] = {frozenset(): 0}
        self._kinds: list[frozenset[str]] = [frozenset()]
        self._masks: list[int] = [0]
        self._behind: dict[int, tuple[int, list[Collection[str]]]] = {}
        self._masks_behind: dict[str, int] = {}
        self._known = np.zeros(1 << _PLACES, np.uint64)

    def kind(self, keys: frozenset[str]) -> int:
        """The number of the words with these keys; 0 for none."""
        number = self._numbers.get(keys)
        if number is None:
            number = self._numbers[keys] = len(self._kinds)
            self._kinds.append(keys)
            self._masks.append(mask_of(keys))
        return number

    def keys(self, kind: int) -> frozenset[str]:
        """The keys of a kind."""
        return self._kinds[kind]

    def mask(self, kinds: Iterable[int]) -> int:
        """`mask_of` all keys of these kinds."""
        masks, whole = self._masks, 0
        for kind in kinds:
            whole |= masks[kind]
        return whole

    def pairs(self, kinds: Numbers, ranks: Numbers) -> tuple[list[int], list[int]]:
        """The words, first and second, that may follow each other in a name, by what stands between them: nothing that
        counts; any one word; two or three common names; common names alone, however many."""
        if len(kinds) <= _FEW:
            return self._few(kinds.tolist(), ranks.tolist())
        kept = nonzero(ranks != FREE)
        kinds = kinds[kept]
        some = kinds != 0
        firsts = [nonzero(some[:-step] & some[step:]) for step in (1, 2)]
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

    def _few(self, kinds: list[int], ranks: list[int]) -> tuple[list[int], list[int]]:
        """`pairs` of a short row."""
        kept = [at for at, rank in enumerate(ranks) if rank != FREE]
        count = len(kept)
        asked = [(at, at + step) for step in (1, 2) for at in range(count - step)]
        if NAMED in ranks:
            named = [ranks[at] == NAMED for at in kept]
            for apart in (3, 4):
                asked += [(at, at + apart) for at in range(count - apart) if all(named[at + 1 : at + apart])]
            bare = [at for at in range(count) if not named[at]]
            asked += [(one, other) for one, other in pairwise(bare) if other - one > 2]
        true = [
            (kept[one], kept[other])
            for one, other in asked
            if kinds[kept[one]] and kinds[kept[other]] and self._may_follow(kinds[kept[one]], kinds[kept[other]])
        ]
        return [one for one, _ in true], [other for _, other in true]

    def _follow(self, ones: Numbers, others: Numbers) -> Places:
        """Where a word of the second kind may stand behind one of the first."""
        asked = (ones.astype(np.uint64) << np.uint64(32) | others.astype(np.uint64)) << np.uint64(1)
        places = (asked * _SPREAD >> np.uint64(64 - _PLACES)).astype(np.intp)
        known = self._known[places]
        missed = nonzero(known >> np.uint64(1) != asked >> np.uint64(1))
        if len(missed):
            pairs = zip(ones[missed].tolist(), others[missed].tolist(), strict=True)
            true = [self._may_follow(one, other) for one, other in pairs]
            known[missed] = self._known[places[missed]] = asked[missed] | np.array(true, np.uint64)
        return nonzero(known & np.uint64(1))

    def _may_follow(self, one: int, other: int) -> bool:
        known = self._behind.get(one)
        if known is None:
            known = self._behind[one] = self._all_behind(one)
        mask, behind = known
        return bool(mask & self._masks[other]) and not all(map(self._kinds[other].isdisjoint, behind))

    def _all_behind(self, one: int) -> tuple[int, list[Collection[str]]]:
        """What may stand behind a kind, key by key, and the mask of all of it."""
        keys = [key for key in self._kinds[one] if key in self._after]
        whole = 0
        for key in keys:
            mask = self._masks_behind.get(key)
            if mask is None:
                mask = self._masks_behind[key] = mask_of(self._after[key])
            whole |= mask
        return whole, [self._after[key] for key in keys]


def mask_of(keys: Collection[str]) -> int:
    """One bit for each key: two rows of keys whose masks share none have none in common, which is told in a tenth of the time."""
    bits = bytearray(_BITS // 8)
    for key in keys:
        bit = hash(key) % _BITS
        bits[bit >> 3] |= 1 << (bit & 7)
    return int.from_bytes(bits, "little")


def _across(named: npt.NDArray[np.bool_]) -> tuple[tuple[Places, Places], tuple[Places, Places], tuple[Places, Places]]:
    """Words with two common names between, with three, and with nothing but common names, three and more words apart."""
    two = nonzero(named[1:-2] & named[2:-1])
    three = two[:-1] if len(two) and two[-1] + 4 >= len(named) else two
    three = three[named[three + 3]]
    bare = nonzero(~named)
    far = nonzero(np.diff(bare) > 2)
    return (two, two + 3), (three, three + 4), (bare[far], bare[far + 1])
