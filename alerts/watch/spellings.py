"""Finds watched names in other spellings and scripts (tier B), with a slip in a word or with parts left out (tier C).

    words -> two, one after the other, that sound like two parts of a name -> laid along the words (`laying.py`) -> hit

What a word can be, and what may follow it in a name, is worked out once and remembered; a text is asked for all its
neighbours at once, and only where two words may be two parts of one name is anything compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import compress, product
from typing import Generic, NamedTuple, TypeVar

from alerts.watch.laying import Laid, Slot, SoundHit, Spelling, Text, fit, laid_around
from alerts.watch.likeness import Heard, Likeness, heard_as, sounds_alike, stem_of
from alerts.watch.names import Part, is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title
from alerts.watch.skeleton import GOD, Sound, weight
from scraper.text import Folded

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
_REMEMBERED = 100_000
_TIED = GOD | {"الدين", "دين", "din", "deen", "eddine", "uddin", "eddin", "aldin"}
_ARTICLES = frozenset({
    "al", "el", "ul", "il", "ol", "as", "es", "ash", "esh", "ad", "ed", "at", "et", "an", "en", "ar", "er", "az", "ez",
    "аль", "эль", "ал", "эл", "אל", "ال",
})  # fmt: skip
_OF_ABD = GOD | {"lah", "la"}


class _Anchored(NamedTuple, Generic[T]):
    """A part that a word of a text is like: the second of two words where `second`."""

    spelling: Spelling[T]
    slot: Slot
    heard: Heard
    likeness: Likeness
    second: bool


class _Word(NamedTuple):
    """What is known about a word of a text: keys (marked with ~ where by a slip), keys of what may follow it in a name,
    whether it is skipped, whether it is a common name or title."""

    keys: frozenset[str]
    followers: frozenset[str]
    is_free: bool
    is_named: bool


class _Remembered(dict[K, V]):
    """Answers worked out at first sight. Full, it forgets everything, so hostile texts cost time, not memory."""

    def __init__(self, work_out: Callable[[K], V]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: K) -> V:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[key] = self._work_out(key)
        return known


class Spellings(Generic[T]):
    """All watched names, by how two of their parts sound one after the other."""

    def __init__(self) -> None:
        self._pairs: dict[str, list[tuple[Spelling[T], Slot, Slot]]] = {}
        self._joins: dict[str, list[tuple[Spelling[T], Slot]]] = {}
        self._after: dict[str, set[str]] = {}
        self._part_keys: set[str] = set()
        self._words: _Remembered[str, _Word] = _Remembered(self._look_at)
        self._ones: _Remembered[str, tuple[_Anchored[T], ...]] = _Remembered(self._in_one)
        self._twos: _Remembered[tuple[str, str], tuple[_Anchored[T], ...]] = _Remembered(self._in_two)

    def add(self, parts: Sequence[Part], found: T, *, person: bool) -> None:
        """Watch one reading of a name. Names that the guards leave to tier A are passed over."""
        spelling = Spelling(_stems(parts, person=person), found, person=person)
        if len(spelling.stems) < 2:
            return
        for one, other in spelling.pairs():
            for first, second in product(_keys_of(one), _keys_of(other)):
                if first[-1] == second[-1] == "~":
                    continue
                self._after.setdefault(first, set()).add(second)
                self._pairs.setdefault(f"{first} {second}", []).append((spelling, one, other))
                self._part_keys.add(second)
                self._part_keys.add(first)
        for slot in spelling.joins:
            for key in {sound.key for sound in slot.sounds}:
                self._joins.setdefault(key, []).append((spelling, slot))

    def find(self, folded: Folded) -> Iterator[SoundHit[T]]:
        """Every name that sounds like what stands in the text; one for each name and place."""
        if not self._pairs:
            return
        text = Text(folded)
        seen: set[tuple[int, int, int]] = set()
        for first, behind, anchored in self._anchors(folded):
            anchor = Laid(anchored.slot, first, behind, anchored.likeness, anchored.heard.step)
            hit = laid_around(text, anchored.spelling, anchor, anchored.heard)
            if hit is not None and (key := (id(anchored.spelling), hit.first, hit.behind)) not in seen:
                seen.add(key)
                yield hit

    def _anchors(self, folded: Folded) -> Iterator[tuple[int, int, _Anchored[T]]]:
        """The words that are like a part of a name with another behind or before them, as (word, word behind, part).

        Neighbours without what is always skipped, without common names and titles between, and with any one word between.
        A hyphen, God's name and "the faith" join two words (نصر الله is نصرالله).
        """
        words = folded.words
        ones = list(map(self._ones.__getitem__, words))
        for at in compress(range(len(words)), ones):
            for anchored in ones[at]:
                yield at, at + 1, anchored
        units = [(at, at + 1, word) for at, word in enumerate(words)]
        yield from self._in_row(units)
        joined = [at for at, kind in folded.links if kind == "hyphen" and not is_article(words[at], words[at + 1])]
        if not _TIED.isdisjoint(words):
            joined += [at - 1 for at in range(1, len(words)) if words[at] in _TIED]
        for at in joined:
            left, right = words[at], words[at + 1]
            both = at, at + 2, left + ("allah" if right in GOD and right.isascii() else right)
            for anchored in self._ones[both[2]]:
                yield at, at + 2, anchored
            yield from self._in_row([*units[max(0, at - 5) : at], both, *units[at + 2 : at + 7]])

    def _in_row(self, units: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, _Anchored[T]]]:
        """Two words are looked at only where one may follow the other: that is asked for a whole row at once."""
        known = list(map(self._words.__getitem__, (unit[2] for unit in units)))
        row = [(unit, word) for unit, word in zip(units, known, strict=True) if not word.is_free]
        rows = [(row, 1), (row, 2)]
        if any(word.is_named for _, word in row):
            rows.append(([pair for pair in row if not pair[1].is_named], 1))
        for each, step in rows:
            followers, keys = [word.followers for _, word in each], [word.keys for _, word in each[step:]]
            apart = map(frozenset.isdisjoint, followers, keys)
            for at in [at for at, none in enumerate(apart) if not none]:
                pair = each[at][0], each[at + step][0]
                for anchored in self._twos[pair[0][2], pair[1][2]]:
                    first, behind, _ = pair[anchored.second]
                    yield first, behind, anchored

    def _look_at(self, word: str) -> _Word:
        heard = heard_as(word)
        keys = {sound.key for each in heard for sound in each.sounds}
        slips = {
            f"{key}~" for each in heard if each.form.isascii() for sound in each.sounds for key in _slips_of(sound)
        }
        sets = [self._after[key] for key in (keys | slips) & self._after.keys()]
        return _Word(
            frozenset((keys | slips) & self._part_keys),
            frozenset().union(*sets),
            is_particle(word) or is_filler(word) or word in _ARTICLES,
            is_title(word) or any(is_common(each.form, 0.25) for each in heard if not each.first),
        )

    def _in_one(self, word: str) -> tuple[_Anchored[T], ...]:
        """The names of which one word says two parts."""
        best: dict[int, _Anchored[T]] = {}
        for heard in heard_as(word):
            for spelling, slot in (pair for sound in heard.sounds for pair in self._joins.get(sound.key, ())):
                likeness = sounds_alike(heard.sounds, slot.sounds)
                if likeness is None or (likeness.apart and spelling.weights[slot.first] < 2):
                    continue  # Ali Sistani is no al-Sistani
                known = best.get(id(slot))
                if known is None or likeness < known.likeness:
                    best[id(slot)] = _Anchored(spelling, slot, heard, likeness, False)
        return tuple(best.values())

    def _in_two(self, words: tuple[str, str]) -> tuple[_Anchored[T], ...]:
        """The names of which two words say a part each."""
        one, other = self._words[words[0]], self._words[words[1]]
        known = self._pairs
        keys = [f"{first} {second}" for first in one.keys for second in other.keys]
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
            found[id(first), id(second)] = _Anchored(spelling, slot, heard, likeness, later)
        return tuple(found.values())


def _stems(parts: Sequence[Part], *, person: bool) -> list[str]:
    """The parts of a name that are compared: without particles, a person's titles, a group's fillers."""
    stems: list[str] = []
    for part in parts:
        stem = stem_of(part.stem)
        if stems and stems[-1] in ("abd", "عبد") and stem in _OF_ABD:
            stems[-1] = "abdallah"
        elif stem and not is_particle(stem):
            stems.append(stem)
    if person:
        while len(stems) > 2 and is_title(stems[0]):
            stems = stems[1:]
        while len(stems) > 2 and is_title(stems[-1]):
            stems = stems[:-1]
    elif len(stems) > 2:
        told = [stem for stem in stems if not is_filler(stem)]
        stems = told if len(told) > 1 else stems
    return stems


def _keys_of(slot: Slot) -> set[str]:
    """The keys of a part, and marked with ~ those that it has with a slip; slips are for Latin letters only."""
    keys = {sound.key for sound in slot.sounds}
    if slot.stem.isascii():
        keys |= {f"{key}~" for sound in slot.sounds for key in _slips_of(sound)}
    return keys


def _slips_of(sound: Sound) -> tuple[str, ...]:
    """The key, and the keys with one letter less, the first kept; () for keys too short to slip."""
    key = sound.key
    if weight(sound) < 3:
        return ()
    return (key, *(key[:at] + key[at + 1 :] for at in range(1, len(key)) if len(key) > 3))
