"""Finds watched names in other spellings and scripts (tier B), with a slip in a word or with parts left out (tier C).

    words -> two, one after the other, that sound like two parts of a name -> laid along the words (`laying.py`) -> hit

What a word can be is worked out once and remembered as a number (`lexicon.py`); a text is asked for all its neighbours
at once (`neighbours.py`), and only where two words may be two parts of one name is anything compared.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from alerts.watch.beside import Beside, is_kind
from alerts.watch.collecting import Method
from alerts.watch.guards import may_tell
from alerts.watch.laying import fit, joint_mark, laid_around, may_be_together, together
from alerts.watch.lexicon import Lexicon, Numbers
from alerts.watch.likeness import Heard, Likeness, heard_as, sounds_alike, stem_of, without_article
from alerts.watch.names import Part, is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title, titles
from alerts.watch.neighbours import FREE, NAMED, OTHER, WALL, Neighbours
from alerts.watch.parts import Laid, Refused, Slot, SoundHit, Spelling, Text, keys_of, slips_of
from alerts.watch.skeleton import GOD
from alerts.watch.translated import is_legal_form
from scraper.text import Folded

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
_MOST_PARTS = 16  # a longer name is found as it is written alone: laying it costs with the square of its parts
_MOST_TRIES = 500
"""Of one name in one field: bounds what a text made of common names can cost, and hides no other name."""
_REMEMBERED = 100_000
_SURNAME_APART = 0.25
_AROUND = 5
"""Words looked at on either side of two that are read as one."""
_TIED = GOD | {"الدين", "دين", "din", "deen", "eddine", "uddin", "eddin", "aldin"}
_ARTICLES = frozenset({
    "al", "el", "ul", "il", "ol", "as", "es", "ash", "esh", "ad", "ed", "at", "et", "an", "en", "ar", "er", "az", "ez", "asch", "esch",
    "аль", "эль", "ал", "эл", "אל", "א", "ال",
})  # fmt: skip
_ANCHOR = 3
_REACH = 12
"""Words on either side in which a third part is looked for."""
_RANK, _TWO_PARTS, _TIES, _IS_TITLE, _IS_KIND = 3, 4, 8, 16, 32
"""In the number of a word: its rank; whether it says two parts of a name, is tied to the word before, is a title, is
a kind of group."""
_KIND = 6
"""Bits of a word's number below those of its kind (`neighbours.py`)."""
_HAS_GOD = re.compile(r"..l+ah$|لله$")
_JOINED_GOD = re.compile(r"(.{3,}?)([aeiou]l+ah?|الله|لله)")
_OF_ABD = GOD | {"lah", "la"}


class _Anchored(NamedTuple, Generic[T]):
    """A part that a word of a text is like: the second of two words where `second`."""

    spelling: Spelling[T]
    slot: Slot
    heard: Heard
    likeness: Likeness
    second: bool
    other: Slot
    """The part on the other word; the same part, where one word says two."""
    beside: bool = True
    apart: bool = True
    """Whether the two words may be the name without a third: beside each other, and with words between (`guards.py`)."""


class _Marks(NamedTuple):
    """By what a part is passed over before it is compared: its keys, its first letter, and what two words are that are it."""

    keys: frozenset[str]
    letter: str
    joint: tuple[str, int] | None


class _Around(NamedTuple):
    """The words near two of a text: their places, their keys and first letters, and what each is with the one behind it."""

    near: Sequence[int]
    beside: Sequence[int]
    """Those of which one of the two words is a part."""
    keys: frozenset[str]
    letters: set[str]
    joint: frozenset[tuple[str, int]]
    joint_beside: frozenset[tuple[str, int]]


class _Remembered(dict[K, V]):
    """Answers worked out at first sight. Full, it forgets everything, so hostile texts cost time, not memory."""

    def __init__(self, work_out: Callable[[K], V]) -> None:
        super().__init__()
        self._work_out = Method(work_out)

    def __missing__(self, key: K) -> V:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[key] = self._work_out(key)
        return known


class Spellings(Generic[T]):
    """All watched names, by how two of their parts sound one after the other."""

    def __init__(self) -> None:
        self.every: list[Spelling[T]] = []
        self._pairs: dict[str, list[tuple[Spelling[T], Slot, Slot]]] = {}
        self._joins: dict[str, list[tuple[Spelling[T], Slot]]] = {}
        self._after: dict[str, set[str]] = {}
        self._part_keys: set[str] = set()
        self._neighbours = Neighbours(self._after)
        self._lexicon = Lexicon(self.number)
        self._beside: Beside[T] = Beside()
        self._marks: dict[Slot, _Marks] = {}
        self._joint: _Remembered[tuple[str, str], frozenset[tuple[str, int]]] = _Remembered(self._may_be_together)
        self._ones: _Remembered[str, tuple[_Anchored[T], ...]] = _Remembered(self._in_one)
        self._twos: _Remembered[tuple[str, str], tuple[_Anchored[T], ...]] = _Remembered(self._in_two)

    def add(self, parts: Sequence[Part], found: T, *, person: bool, owner: str) -> None:
        """Watch one reading of a name. Names that the guards leave to tier A are passed over."""
        spelling = Spelling(_stems(parts, person=person), found, person=person)
        if not 2 <= len(spelling.stems) <= _MOST_PARTS:
            return
        self.every.append(spelling)
        for one, other in spelling.pairs():
            for first, second in product(keys_of(one), keys_of(other)):
                if first[-1] == second[-1] == "~":
                    continue
                self._after.setdefault(first, set()).add(second)
                self._pairs.setdefault(f"{first} {second}", []).append((spelling, one, other))
                self._part_keys.add(second)
                self._part_keys.add(first)
        self._beside.add(spelling, owner)
        for slot in spelling.joins:
            for key in {sound.key for sound in slot.sounds}:
                self._joins.setdefault(key, []).append((spelling, slot))

    def find(
        self, folded: Folded, numbers: Numbers | None = None, refused: list[Refused[T]] | None = None
    ) -> Iterator[SoundHit[T]]:
        """Every name that sounds like what stands in the text; one for each name and place.

        `numbers` are those of its words, where they are known. What was laid and is not the name is added to `refused`,
        where there is such a list.
        """
        if not self._pairs:
            return
        numbers = self._lexicon.numbers(folded.words) if numbers is None else numbers
        text = Text(folded)
        seen: set[tuple[int, int, int]] = set()
        tries: Counter[int] = Counter()
        for first, behind, anchored, may_be in self._anchors(text, numbers, every=refused is not None):
            tries[id(anchored.spelling)] += 1
            if tries[id(anchored.spelling)] > _MOST_TRIES:
                continue
            anchor = Laid(anchored.slot, first, behind, anchored.likeness, anchored.heard.step)
            hit = laid_around(text, anchored.spelling, anchor, anchored.heard)
            if isinstance(hit, Refused):
                if refused is not None:
                    refused.append(hit)
            elif may_be and (key := (id(anchored.spelling), hit.first, hit.behind)) not in seen:
                seen.add(key)
                yield hit
        titled, kinds = ((numbers & mark).nonzero()[0].tolist() for mark in (_IS_TITLE, _IS_KIND))
        yield from self._beside.find(text, titled, kinds)

    def _anchors(self, text: Text, numbers: Numbers, *, every: bool) -> Iterator[tuple[int, int, _Anchored[T], bool]]:
        """The words that are like a part of a name with another behind or before them, as (word, word behind, part).

        Neighbours without what is always skipped, without common names and titles between, and with any one word between.
        A hyphen, God's name and "the faith" join two words (نصر الله is نصرالله). What cannot be the name
        whatever is laid is left out, or told with False where `every` is asked for.
        """
        folded, words = text.folded, text.words
        for at in (numbers & _TWO_PARTS).nonzero()[0].tolist():
            place = at, at + 1
            for anchored, may_be in self._judged(text, numbers, place, place, self._ones[words[at]], every=every):
                yield *place, anchored, may_be
        joined = [at for at, kind in folded.links if kind == "hyphen" and not is_article(words[at], words[at + 1])]
        joined += [at - 1 for at in (numbers & _TIES).nonzero()[0].tolist() if at]
        rows, row_of = self._rows(words, numbers, joined)
        pairs = self._neighbours.pairs(rows >> _KIND, rows & _RANK)
        found: list[list[tuple[int, int]]] = [[] for _ in range(len(joined) + 1)]
        for pair in zip(*pairs, strict=True):
            found[row_of(pair[0])].append(pair)
        for first, second in found[0]:
            if anchors := self._twos[words[first], words[second]]:
                spans = (first, first + 1), (second, second + 1)
                for anchored, may_be in self._judged(text, numbers, *spans, anchors, every=every):
                    yield *spans[anchored.second], anchored, may_be
        start = len(words)
        for at, of_row in zip(joined, found[1:], strict=True):
            both = _as_one(words, at)
            place = at, at + 2
            if self._lexicon[both] & _TWO_PARTS:
                for anchored, may_be in self._judged(text, numbers, place, place, self._ones[both], every=every):
                    yield *place, anchored, may_be
            begin = max(0, at - _AROUND)
            for places in of_row:
                first, second = (begin + place - start - WALL for place in places)
                if not first <= at <= second:
                    continue  # both on one side of what is joined: found before
                one, other = both if first == at else words[first], both if second == at else words[second + 1]
                spans = _apart(first, at), _apart(second, at)
                for anchored, may_be in self._judged(text, numbers, *spans, self._twos[one, other], every=every):
                    yield *spans[anchored.second], anchored, may_be
            start += WALL + min(at + 2 + _AROUND, len(words)) - begin - 1

    def _judged(
        self,
        text: Text,
        numbers: Numbers,
        one: tuple[int, int],
        other: tuple[int, int],
        anchors: Sequence[_Anchored[T]],
        *,
        every: bool,
    ) -> Iterator[tuple[_Anchored[T], bool]]:
        """The anchors of what stands in two places that can come to something, with True; the others where `every` is asked."""
        if anchors:
            promising = self._promising(text, numbers, one, other, anchors)
            if every:
                chosen = set(map(id, promising))
                yield from ((anchored, id(anchored) in chosen) for anchored in anchors)
            else:
                yield from ((anchored, True) for anchored in promising)

    def _promising(
        self,
        text: Text,
        numbers: Numbers,
        one: tuple[int, int],
        other: tuple[int, int],
        anchors: Sequence[_Anchored[T]],
    ) -> Sequence[_Anchored[T]]:
        """Those that can come to something: no word stands between that ends every name, and they tell enough, or a word
        around may be a third part."""
        words = text.words
        between = [at for at in range(one[1], other[0]) if not text.is_free(at)]
        end = next((at for at in between if not text.is_name_like(at)), None)
        if end is not None:
            anchors = [
                one for one in anchors if any(fit(words[end], each, True, True) for each in one.spelling.singles)
            ]
        if all(each.apart if between else each.beside for each in anchors):
            return anchors
        around = self._around(words, numbers, one, other)
        return [
            each for each in anchors if (each.apart if between else each.beside) or self._has_more(each, words, around)
        ]

    def _around(self, words: Sequence[str], numbers: Numbers, one: tuple[int, int], other: tuple[int, int]) -> _Around:
        """What the words around two places can be, alone and with their neighbours."""
        near = [*range(max(0, one[0] - _REACH), one[0]), *range(one[1], other[0])]
        near += range(other[1], min(other[1] + _REACH, len(words)))
        beside = [at for place in (one, other) for at in range(max(0, place[0] - 1), min(place[1], len(words) - 1))]
        joint = self._joint
        return _Around(
            near,
            beside,
            frozenset().union(*(self._neighbours.keys(kind >> _KIND) for kind in numbers[near].tolist())),
            {words[at][0] for at in near},
            frozenset().union(*(joint[words[at], words[at + 1]] for at in near if at + 1 < len(words))),
            frozenset().union(*(joint[words[at], words[at + 1]] for at in beside)),
        )

    def _has_more(self, anchored: _Anchored[T], words: Sequence[str], around: _Around) -> bool:
        """Whether a word near may be another part of the name, or more of one that was found, alone or with its neighbour."""
        mine, other = anchored.slot, anchored.other
        for slot in anchored.spelling.singles:
            marks = self._marks.get(slot) or self._marked(slot)
            if mine.first <= slot.first < mine.behind or other.first <= slot.first < other.behind:
                if marks.joint in around.joint_beside and any(
                    together(words[at], words[at + 1], slot) is not None for at in around.beside
                ):
                    return True
                continue
            if not marks.keys.isdisjoint(around.keys):
                return True
            if marks.letter in around.letters and any(
                words[at][0] == marks.letter and fit(words[at], slot, True, True) is not None for at in around.near
            ):
                return True
            if marks.joint in around.joint and any(
                marks.joint in self._joint[words[at], words[at + 1]]
                and together(words[at], words[at + 1], slot) is not None
                for at in around.near
                if at + 1 < len(words)
            ):
                return True
        return False

    def _marked(self, slot: Slot) -> _Marks:
        marks = self._marks[slot] = _Marks(frozenset(keys_of(slot)), slot.stem[0], joint_mark(slot.sounds))
        return marks

    def _may_be_together(self, words: tuple[str, str]) -> frozenset[tuple[str, int]]:
        return may_be_together(words)

    def _rows(
        self, words: Sequence[str], numbers: Numbers, joined: Sequence[int]
    ) -> tuple[Numbers, Callable[[int], int]]:
        """The numbers of all words, and behind them, for each place where two are read as one, of those around it; and in
        which of these rows a word stands."""
        rows = [numbers]
        starts = [0]
        at_end = len(numbers)
        wall = np.full(WALL, OTHER, np.int64)
        for at in joined:
            begin = max(0, at - _AROUND)
            both = np.array((self._lexicon[_as_one(words, at)],), np.int64)
            row = [wall, numbers[begin:at], both, numbers[at + 2 : at + 2 + _AROUND]]
            rows += row
            starts.append(at_end)
            at_end += sum(map(len, row))
        return np.concatenate(rows) if joined else numbers, lambda place: bisect_right(starts, place) - 1

    def number(self, word: str) -> int:
        """What is known about a word of a text: its kind, from the keys of parts that it may be (marked with ~ where by a
        slip), its rank, and its marks."""
        heard = heard_as(word)
        keys = {sound.key for each in heard for sound in each.sounds}
        slips = {f"{key}~" for each in heard if each.form.isascii() for sound in each.sounds for key in slips_of(sound)}
        rank = OTHER
        if is_particle(word) or is_filler(word) or word in _ARTICLES:
            rank = FREE
        elif is_title(word) or any(is_common(each.form, 0.25) for each in heard if not each.first):
            rank = NAMED
        marks = (bool(self._in_one(word)) and _TWO_PARTS) | (word in _TIED and _TIES) | (_is_title(word) and _IS_TITLE)
        marks |= is_kind(word) and _IS_KIND
        return self._neighbours.kind(frozenset((keys | slips) & self._part_keys)) << _KIND | marks | rank

    def _in_one(self, word: str) -> tuple[_Anchored[T], ...]:
        """The names of which one word says two parts."""
        best: dict[int, _Anchored[T]] = {}
        for heard in heard_as(word):
            for spelling, slot in (pair for sound in heard.sounds for pair in self._joins.get(sound.key, ())):
                likeness = sounds_alike(heard.sounds, slot.sounds)
                short = spelling.weights[slot.first] < 2 and (
                    likeness is None or likeness.apart or heard.form.startswith("ال")
                )
                if likeness is None or short:
                    continue  # Ali Sistani is no al-Sistani
                known = best.get(id(slot))
                if known is None or likeness < known.likeness:
                    told = len(spelling.stems) == 2 or may_tell(
                        spelling,
                        slot.first,
                        slot.first + 1,
                        (likeness, likeness),
                        uncased=_is_uncased(word),
                        beside=True,
                    )
                    best[id(slot)] = _Anchored(spelling, slot, heard, likeness, False, slot, told, told)
        return tuple(best.values())

    def _in_two(self, words: tuple[str, str]) -> tuple[_Anchored[T], ...]:
        """The names of which two words say a part each."""
        one, other = (self._neighbours.keys(self._lexicon[word] >> _KIND) for word in words)
        known = self._pairs
        uncased = _is_uncased(words[0])
        keys = [f"{first} {second}" for first in one for second in other]
        found: dict[tuple[int, int], _Anchored[T]] = {}
        for spelling, first, second in (pair for key in keys if key in known for pair in known[key]):
            if (id(first), id(second)) in found:
                continue
            fits = [fit(word, slot, True, True) for word, slot in zip(words, (first, second), strict=True)]
            if fits[0] is None or fits[1] is None:
                continue
            later = spelling.common[first.first] and not fits[1][1].last
            likeness, heard = fits[1] if later else fits[0]
            slot = second if later else first
            likenesses = fits[0][0], fits[1][0]
            beside, apart = (
                may_tell(spelling, first.first, second.first, likenesses, uncased=uncased, beside=beside)
                for beside in (True, False)
            )
            found[id(first), id(second)] = _Anchored(
                spelling, slot, heard, likeness, later, first if later else second, beside, apart
            )
        return tuple(found.values())


def _is_title(word: str) -> bool:
    """Whether a word is a title, behind a clitic too (والسيد)."""
    listed = titles()
    return word in listed or (not word.isascii() and any(heard.form in listed for heard in heard_as(word)))


def _apart(place: int, joined: int) -> tuple[int, int]:
    """Where a word stands whose place was counted with two words, from `joined` on, as one."""
    return place + (place > joined), place + 1 + (place >= joined)


def _is_uncased(word: str) -> bool:
    """Whether a word is of a script without capitals: Hebrew, Arabic."""
    return "\u0590" <= word[0] <= "\u08ff"


def _as_one(words: Sequence[str], at: int) -> str:
    """Two words read as one."""
    return words[at] + ("allah" if words[at + 1] in GOD and words[at + 1].isascii() else words[at + 1])


def _stems(parts: Sequence[Part], *, person: bool) -> list[str]:
    """The parts of a name that are compared: without particles, a person's titles, a group's fillers."""
    if not person and len(parts) == 1 and (god := _JOINED_GOD.fullmatch(parts[0].stem)):
        return [stem_of(god[1]), "allah" if parts[0].stem.isascii() else god[2]]  # Hizballah is Hizb Allah
    stems: list[str] = []
    for part in parts:
        stem = stem_of(without_article(part.stem))
        if stems and stems[-1] in ("abd", "عبد") and stem in _OF_ABD:
            stems[-1] = "abdallah"
        elif (
            stems and stem in GOD and not _HAS_GOD.search(stems[-1]) and (len(stems) > 1 or (person and len(parts) > 2))
        ):
            stems[-1] += "allah" if stem.isascii() else stem  # Nasr Allah is one name, and Nasr another
        elif stem and not is_particle(stem):
            stems.append(stem)
    if person:
        while len(stems) > 2 and is_title(stems[0]):
            stems = stems[1:]
        while len(stems) > 2 and is_title(stems[-1]):
            stems = stems[:-1]
    elif len(stems) > 2:
        told = [stem for stem in stems if not is_filler(stem) and not is_legal_form(stem)]
        stems = told if len(told) > 1 else stems
    return stems
