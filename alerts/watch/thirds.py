"""Whether a third part of a watched name may stand near two that were found: asked of all words around, before any is compared.

Each word has bits for the keys of the parts that it may be, and for the parts that it may be with the word behind it; where
a part shares none with the words around, none of them is it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from alerts.watch.laying import fit, joint_bit, joint_bits, together
from alerts.watch.lexicon import Numbers
from alerts.watch.neighbours import Neighbours, mask_of
from alerts.watch.parts import Slot, Spelling, keys_of

_REACH = 12
"""Words on either side in which a third part is looked for."""
_REMEMBERED = 50_000


class Around(NamedTuple):
    """The words of a text, and those near two places: where they stand, their kinds, the bits of their keys, and those of
    each with the one behind it."""

    words: Sequence[str]
    near: Sequence[int]
    beside: Sequence[int]
    """Those of which one of the two words is a part."""
    kinds: Sequence[int]
    mask: int
    joint: int
    joint_beside: int


class _Marks(NamedTuple):
    """By what a part is passed over before it is compared: its keys, their bits, its first letter, and the bit of two words
    that are it."""

    keys: frozenset[str]
    mask: int
    letter: str
    joint: int


class Thirds:
    """What words and parts were asked for before. `neighbours` knows the kinds of words."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self._marks: dict[Slot, _Marks] = {}
        self._joint = _Joint()

    def around(self, words: Sequence[str], kinds: Numbers, one: tuple[int, int], other: tuple[int, int]) -> Around:
        """What the words around two places can be, alone and with their neighbours. `kinds` are those of all words."""
        low, high = max(0, one[0] - _REACH), min(other[1] + _REACH, len(words))
        near = [*range(low, one[0]), *range(one[1], other[0]), *range(other[1], high)]
        beside = [at for place in (one, other) for at in range(max(0, place[0] - 1), min(place[1], len(words) - 1))]
        of_near = kinds[near].tolist()
        heard = list(map(self._joint.__getitem__, words[low : high + 1]))
        joint = [bits << more if more >= 0 else 0 for (bits, _), (_, more) in pairwise(heard)]
        joint.append(0)  # nothing stands behind the last word
        near_bits = beside_bits = 0
        for at in near:
            near_bits |= joint[at - low]
        for at in beside:
            beside_bits |= joint[at - low]
        return Around(words, near, beside, of_near, self._neighbours.mask(of_near), near_bits, beside_bits)

    def has_more(self, spelling: Spelling[Any], found: tuple[Slot, Slot], around: Around) -> bool:
        """Whether a word near may be another part of the name, or more of one that was found, alone or with its neighbour."""
        words, (mine, other) = around.words, found
        for slot in spelling.singles:
            marks = self._marks.get(slot) or self._marked(slot)
            if mine.first <= slot.first < mine.behind or other.first <= slot.first < other.behind:
                if marks.joint & around.joint_beside and any(
                    together(words[at], words[at + 1], slot) is not None for at in around.beside
                ):
                    return True
                continue
            if marks.mask & around.mask and any(
                not marks.keys.isdisjoint(self._neighbours.keys(kind)) for kind in around.kinds
            ):
                return True
            if any(words[at][0] == marks.letter and fit(words[at], slot, True, True) is not None for at in around.near):
                return True
            if marks.joint & around.joint and any(
                together(words[at], words[at + 1], slot) is not None for at in around.near if at + 1 < len(words)
            ):
                return True
        return False

    def _marked(self, slot: Slot) -> _Marks:
        keys = frozenset(keys_of(slot))
        marks = self._marks[slot] = _Marks(keys, mask_of(keys), slot.stem[0], joint_bit(slot.sounds))
        return marks


class _Joint(dict[str, tuple[int, int]]):
    """The `joint_bits` of words met before. Full, it forgets everything."""

    def __missing__(self, word: str) -> tuple[int, int]:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[word] = joint_bits(word)
        return known
