"""Whether a third part of a watched name may stand near two that were found: asked of all words around, before any is compared.

Each word has bits for the keys of the parts that it may be, and for the parts that it may be with the word behind it; where
a part shares none with the words around, none of them is it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from alerts.watch.laying import fit, joint_bit, joint_bits, together
from alerts.watch.lexicon import KIND, Numbers
from alerts.watch.neighbours import Neighbours, mask_of
from alerts.watch.parts import Slot, Spelling, keys_of

_REACH = 12
"""Words on either side in which a third part is looked for."""
_REMEMBERED = 50_000


class Around(NamedTuple):
    """The words of a text of which one is in one of two places: where they stand, and the bits of each with the one behind it."""

    words: Sequence[str]
    numbers: Numbers
    one: tuple[int, int]
    other: tuple[int, int]
    beside: Sequence[int]
    joint_beside: int


class _Near(NamedTuple):
    """The words near two places: where they stand, their kinds, the bits of their keys, and those of each with the one
    behind it."""

    places: Sequence[int]
    kinds: Sequence[int]
    mask: int
    joint: int


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

    def around(self, words: Sequence[str], numbers: Numbers, one: tuple[int, int], other: tuple[int, int]) -> Around:
        """What the words in two places can be with their neighbours. `numbers` are those of all words."""
        joint, bits = self._joint, 0
        beside = [at for place in (one, other) for at in range(max(0, place[0] - 1), min(place[1], len(words) - 1))]
        for at in beside:
            if (more := joint[words[at + 1]][1]) >= 0:
                bits |= joint[words[at]][0] << more
        return Around(words, numbers, one, other, beside, bits)

    def _near(self, around: Around) -> _Near:
        """What the words around two places can be, alone and with their neighbours."""
        words, one, other = around.words, around.one, around.other
        low, high = max(0, one[0] - _REACH), min(other[1] + _REACH, len(words))
        places = [*range(low, one[0]), *range(one[1], other[0]), *range(other[1], high)]
        kinds = (around.numbers[places] >> KIND).tolist()
        heard = list(map(self._joint.__getitem__, words[low : high + 1]))
        joint = [bits << more if more >= 0 else 0 for (bits, _), (_, more) in pairwise(heard)]
        joint.append(0)  # nothing stands behind the last word
        bits = 0
        for at in places:
            bits |= joint[at - low]
        return _Near(places, kinds, self._neighbours.mask(kinds), bits)

    def has_more(self, spelling: Spelling[Any], found: tuple[Slot, Slot], around: Around) -> bool:
        """Whether a word near may be another part of the name, or more of one that was found, alone or with its neighbour."""
        words, (mine, other) = around.words, found
        near: _Near | None = None
        for slot in spelling.singles:
            marks = self._marks.get(slot) or self._marked(slot)
            if mine.first <= slot.first < mine.behind or other.first <= slot.first < other.behind:
                if marks.joint & around.joint_beside and any(
                    together(words[at], words[at + 1], slot) is not None for at in around.beside
                ):
                    return True
                continue
            near = near or self._near(around)
            if marks.mask & near.mask and any(
                not marks.keys.isdisjoint(self._neighbours.keys(kind)) for kind in near.kinds
            ):
                return True
            if any(words[at][0] == marks.letter and fit(words[at], slot, True, True) is not None for at in near.places):
                return True
            if marks.joint & near.joint and any(
                together(words[at], words[at + 1], slot) is not None for at in near.places if at + 1 < len(words)
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
