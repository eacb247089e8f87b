"""Whether a third part of a watched name may stand near two that were found: asked of all words around, before any is compared.

Each word has bits for the keys of the parts that it may be, and for the parts that it may be with the word behind it; where
a part shares none with the words around, none of them is it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from alerts.watch.laying import fit, joint_bit, joint_bits, together
from alerts.watch.lexicon import KIND, Numbers
from alerts.watch.neighbours import Neighbours
from alerts.watch.parts import Slot, Spelling, keys_of

_REACH = 12
"""Words on either side in which a third part is looked for."""
_REMEMBERED = 50_000


class Around:
    """The words of a text around two places: what each can be alone and with the one behind it, worked out where somebody asks."""

    __slots__ = ("beside", "joint_beside", "near", "numbers", "one", "other", "words")

    def __init__(
        self,
        words: Sequence[str],
        numbers: Numbers,
        one: tuple[int, int],
        other: tuple[int, int],
        beside: Sequence[tuple[int, int]],
    ) -> None:
        self.words, self.numbers, self.one, self.other = words, numbers, one, other
        self.beside = beside
        """The words of the two places, and those before them, with the bits of each with the one behind it."""
        self.joint_beside = reduce(or_, (bits for _, bits in beside), 0)
        self.near: _Near | None = None


class _Near(NamedTuple):
    """The words near two places: where they stand and their first letters, the keys of parts that they may be, and those that are
    something with the one behind them, with their bits and all bits together."""

    places: Sequence[int]
    letters: str
    keys: frozenset[str]
    joints: Sequence[tuple[int, int]]
    joint: int


class _Marks(NamedTuple):
    """By what a part is passed over before it is compared: its keys, its first letter, and the bit of two words that are it."""

    keys: frozenset[str]
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
        beside = [at for place in dict.fromkeys((one, other)) for at in range(place[0] - 1, place[1])]
        return Around(words, numbers, one, other, self._joints(words, beside))

    def outside(self, words: Sequence[str], numbers: Numbers, place: tuple[int, int]) -> Around:
        """What the words around a place can be, and its first and last with those that touch them."""
        return Around(words, numbers, place, place, self._joints(words, (place[0] - 1, place[1] - 1)))

    def _joints(self, words: Sequence[str], places: Iterable[int]) -> list[tuple[int, int]]:
        """The words of those places that are something with the one behind them, each with its bits."""
        joint, last = self._joint, len(words) - 1
        return [
            (at, bits << more)
            for at in places
            if 0 <= at < last and (bits := joint[words[at]][0]) and (more := joint[words[at + 1]][1]) >= 0
        ]

    def _near(self, around: Around) -> _Near:
        """What the words around two places can be, alone and with their neighbours."""
        words, one, other = around.words, around.one, around.other
        low, high = max(0, one[0] - _REACH), min(other[1] + _REACH, len(words))
        places = [*range(low, one[0]), *range(one[1], other[0]), *range(other[1], high)]
        letters = "".join([words[at][0] for at in places])
        kinds = set((around.numbers[places] >> KIND).tolist())
        keys = frozenset().union(*map(self._neighbours.keys, kinds))
        joints = self._joints(words, places)
        around.near = _Near(places, letters, keys, joints, reduce(or_, [bits for _, bits in joints], 0))
        return around.near

    def has_more(self, spelling: Spelling[Any], found: tuple[Slot, Slot], around: Around) -> bool:
        """Whether a word near may be another part of the name, or more of one that was found, alone or with its neighbour."""
        mine, other = found
        for slot in spelling.singles:
            if mine.first <= slot.first < mine.behind or other.first <= slot.first < other.behind:
                if self._is_beside(slot, around):
                    return True
            elif self._is_near(slot, around):
                return True
        return False

    def has_any(self, spelling: Spelling[Any], around: Around) -> bool:
        """Whether a word near may be a part of the name, alone or with its neighbour."""
        return any(self._is_near(slot, around) or self._is_beside(slot, around) for slot in spelling.singles)

    def _is_beside(self, slot: Slot, around: Around) -> bool:
        """Whether a word of the two places is a part with one that touches it."""
        joint, words = (self._marks.get(slot) or self._marked(slot)).joint, around.words
        return joint & around.joint_beside != 0 and any(
            together(words[at], words[at + 1], slot) is not None for at, bits in around.beside if bits & joint
        )

    def _is_near(self, slot: Slot, around: Around) -> bool:
        """Whether a word near is a part, alone or with the one behind it."""
        marks, near, words = (
            self._marks.get(slot) or self._marked(slot),
            around.near or self._near(around),
            around.words,
        )
        if not marks.keys.isdisjoint(near.keys):
            return True
        if marks.letter in near.letters and any(
            letter == marks.letter and fit(words[at], slot, True, True) is not None
            for at, letter in zip(near.places, near.letters, strict=True)
        ):
            return True
        return marks.joint & near.joint != 0 and any(
            together(words[at], words[at + 1], slot) is not None for at, bits in near.joints if bits & marks.joint
        )

    def _marked(self, slot: Slot) -> _Marks:
        marks = self._marks[slot] = _Marks(frozenset(keys_of(slot)), slot.stem[0], joint_bit(slot.sounds))
        return marks


class _Joint(dict[str, tuple[int, int]]):
    """The `joint_bits` of words met before. Full, it forgets everything."""

    def __missing__(self, word: str) -> tuple[int, int]:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[word] = joint_bits(word)
        return known
