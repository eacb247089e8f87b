"""Which words of a text may be two parts of one name, one behind the other: asked for all words of a text at once.

A word is known by the keys of the parts that it may be (`spellings.py`); words of the same keys are one kind. Whether
one kind may follow another is worked out once, and remembered in a table that forgets what falls on the same two places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from alerts.watch.lexicon import KIND, RANK, Numbers

OTHER, NAMED, FREE = range(3)
"""The rank of a word: neither of the two others; a common name or title; what stands between parts without counting."""
_PLACES = 21
"""Bits of a place in the table: two million pairs of kinds; 16 MB, where so many were met."""
_BITS = 2_048
_SPREAD = 0x9E3779B97F4A7C15
_ONE, _OTHER = (np.uint64((_SPREAD << bits) & (1 << 64) - 1) for bits in (33, 1))
"""What the kinds of a pair are multiplied with: the sum is another number for each pair of kinds below 2**31, always even,
and its upper bits are spread evenly."""
_ABOVE_PLACE = np.uint64(64 - _PLACES)
_AGAIN = np.uint64(0xD6E8FEB86659FD93)
"""What leads from there to the second place that a pair may have."""
Places = npt.NDArray[np.intp]
Pairs = npt.NDArray[np.uint64]


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

    def pairs(self, numbers: Numbers) -> list[tuple[int, int]]:
        """The words, first and second, that may follow each other in a name, by what stands between them: nothing that
        counts; any one word; two or three common names; common names alone, however many. `numbers` are those of all words."""
        ranks = numbers & RANK
        kept = (ranks != FREE).nonzero()[0]
        if len(kept) < 2:
            return []
        if len(kept) < len(numbers):
            numbers, ranks = numbers[kept], ranks[kept]
        kinds = (numbers >> KIND).view(np.uint64)
        count = len(kinds)
        ones, others = kinds * _ONE, kinds * _OTHER
        asked = np.empty(2 * count - 3, np.uint64)
        np.add(ones[:-1], others[1:], out=asked[: count - 1])
        np.add(ones[:-2], others[2:], out=asked[count - 1 :])
        open_ = (self._known.take((asked >> _ABOVE_PLACE).view(np.int64)) != asked).nonzero()[0]
        far = open_ >= count - 1
        first = open_ - far * (count - 1)
        second = first + 1 + far
        asked = asked[open_]
        named = (ranks == NAMED).nonzero()[0]
        if len(named) > 1 and (across := _across(named.tolist(), count)):
            wide = np.array(across, np.intp)
            first, second = np.concatenate((first, wide[:, 0])), np.concatenate((second, wide[:, 1]))
            asked = np.concatenate((asked, ones[wide[:, 0]] + others[wide[:, 1]]))
        true = self._true(kinds, first, second, asked)
        return list(zip(kept[first[true]].tolist(), kept[second[true]].tolist(), strict=True))

    def _true(self, kinds: Pairs, first: Places, second: Places, asked: Pairs) -> Places:
        """Which of the pairs are true; those that the table has on neither of their places are worked out, and entered."""
        known = self._known
        places = (asked >> _ABOVE_PLACE).view(np.int64)
        answers = known[places] - asked
        missed = (answers > 1).nonzero()[0]
        if len(missed):
            others = (asked[missed] * _AGAIN >> _ABOVE_PLACE).view(np.int64)
            answers[missed] = there = known[others] - asked[missed]
            unknown = (there > 1).nonzero()[0]
            if len(unknown):
                missed, others = missed[unknown], others[unknown]
                worked_out = self._worked_out(kinds[first[missed]].tolist(), kinds[second[missed]].tolist())
                answers[missed] = worked_out
                own = places[missed]
                known[np.where(known[own] == 0, own, others)] = asked[missed] + worked_out
        return answers.nonzero()[0]

    def _worked_out(self, ones: Sequence[int], others: Sequence[int]) -> Pairs:
        known, masks = self._behind, self._masks
        return np.array(
            [
                (one not in known or known[one][0] & masks[other] != 0) and self._may_follow(one, other)
                for one, other in zip(ones, others, strict=True)
            ],
            np.uint64,
        )

    def across(self, row: Sequence[int], place: int) -> Iterator[tuple[int, int]]:
        """`pairs` of a short row of numbers, of those alone that are or span `place`, in which no word is before the row's."""
        kept = [at for at, number in enumerate(row) if number & RANK != FREE]
        count = len(kept)
        asked = [(at, at + step) for step in (1, 2) for at in range(count - step)]
        asked += _across([at for at, where in enumerate(kept) if row[where] & RANK == NAMED], count)
        for one, other in asked:
            first, second = kept[one], kept[other]
            if first <= place <= second:
                kind, behind = row[first] >> KIND, row[second] >> KIND
                if kind and behind and self._may_follow(kind, behind):
                    yield first, second

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


def _across(named: Sequence[int], count: int) -> list[tuple[int, int]]:
    """Of `count` words those with two common names between, with three, and with nothing but common names, two and more."""
    two = [at for at, behind in pairwise(named) if behind == at + 1]
    if not two:
        return []
    three = [at for at, behind in pairwise(two) if behind == at + 1]
    found = [(at - 1, at + 2) for at in two if at and at + 2 < count]
    found += [(at - 1, at + 3) for at in three if at and at + 3 < count]
    start = two[0]
    for at, behind in pairwise([*two, count + 1]):
        if behind != at + 1:
            if start and at + 2 < count:
                found.append((start - 1, at + 2))
            start = behind
    return found
