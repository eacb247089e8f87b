"""Finds watched names in other spellings and scripts (tier B), with a slip in a word or with parts left out (tier C).

    words -> two, one after the other, that sound like two parts of a name -> laid along the words (`laying.py`) -> hit

What a word can be is worked out once and remembered as a number (`lexicon.py`); a text is asked for all its neighbours
at once (`neighbours.py`), and only where two words may be two parts of one name is anything compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from alerts.watch.already import Already
from alerts.watch.beside import Beside, is_kind, is_telling
from alerts.watch.collecting import Method
from alerts.watch.guards import may_stand_alone, may_tell
from alerts.watch.laying import fit, laid_around
from alerts.watch.lexicon import GROUP, KIND, NO_TWO_PARTS, TELLS, TIED, TITLE, TWO_PARTS, Lexicon, Marks, Numbers
from alerts.watch.likeness import Heard, Likeness, heard_as, sounds_alike, stem_of, without_article
from alerts.watch.names import Part, is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title, titles
from alerts.watch.neighbours import FREE, NAMED, OTHER, Neighbours
from alerts.watch.parts import Laid, Refused, Slot, SoundHit, Spelling, Text, keys_of, slips_of
from alerts.watch.skeleton import GOD, Sound
from alerts.watch.thirds import Around, Thirds
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
HEARD = TWO_PARTS | TIED | TITLE | GROUP | TELLS
"""The marks of words that are asked for."""
_HAS_GOD = re.compile(r"..l+ah$|لله$")
_JOINED_GOD = re.compile(r"(.{3,}?)([aeiou]l+ah?|الله|لله)")
_NO_ARTICLE = ("all", "ell", "ull")
"""What a name begins with rather than an article and an l: Allouch, Ellouze."""
_SON = {"ben": "ben", "bin": "bin", "ibn": "bin", "بن": "بن", "ابن": "بن"}
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


Neighbouring: TypeAlias = tuple[int, int, Sequence[_Anchored[T]]]
"""Two words of a text, and the parts of names that they are like."""


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
        self._pairs: dict[str, dict[str, list[tuple[Spelling[T], Slot, Slot]]]] = {}
        self._joins: dict[str, list[tuple[Spelling[T], Slot]]] = {}
        self._after: dict[str, set[str]] = {}
        self._part_keys: set[str] = set()
        self._written: dict[str, set[str]] = {}
        self._neighbours = Neighbours(self._after)
        self._lexicon = Lexicon(self._number)
        self._beside: Beside[T] = Beside()
        self._thirds = Thirds(self._neighbours)
        self._ones: _Remembered[str, tuple[_Anchored[T], ...]] = _Remembered(self._in_one)
        self._keys: _Remembered[str, tuple[str, ...]] = _Remembered(self._known_key)
        self._slips: _Remembered[str, tuple[str, ...]] = _Remembered(self._known_slips)
        self._twos: _Remembered[tuple[str, str], tuple[_Anchored[T], ...]] = _Remembered(self._in_two)

    def add(self, parts: Sequence[Part], found: T, *, person: bool, owner: str, alike: Hashable = None) -> None:
        """Watch one reading of a name. Names that the guards leave to tier A are passed over."""
        stems = _stems(parts, person=person)
        written = self._written.setdefault(owner, set())
        written.update(stem for stem in stems if "\u0600" <= stem[0] <= "\u06ff")
        sons = _sons(parts) if person else {}
        spelling = Spelling(stems, found, person=person, written=written, sons=sons, alike=alike)
        if not 2 <= len(spelling.stems) <= _MOST_PARTS:
            return
        self.every.append(spelling)
        for one, other in spelling.pairs():
            for first, second in product(keys_of(one), keys_of(other)):
                if first[-1] == second[-1] == "~":
                    continue
                self._after.setdefault(first, set()).add(second)
                self._pairs.setdefault(first, {}).setdefault(second, []).append((spelling, one, other))
                self._part_keys.add(second)
                self._part_keys.add(first)
        self._beside.add(spelling, owner)
        for slot in spelling.joins:
            for key in {sound.key for sound in slot.sounds}:
                self._joins.setdefault(key, []).append((spelling, slot))

    def neighbours(self, words: Sequence[str], numbers: Numbers) -> list[Neighbouring[T]]:
        """The words that are like two parts of one name, in order. `numbers` are those of all `words`, of whatever texts."""
        twos = self._twos
        pairs = self._neighbours.pairs(numbers) if self._pairs else []
        return [(first, second, anchors) for first, second in pairs if (anchors := twos[words[first], words[second]])]

    def find(
        self,
        folded: Folded,
        numbers: Numbers,
        marks: Marks,
        pairs: Sequence[Neighbouring[T]],
        written: Mapping[Hashable, Sequence[tuple[int, int]]] = MappingProxyType({}),
        refused: list[Refused[T]] | None = None,
        stands: Callable[[SoundHit[T]], bool] = lambda _: True,
    ) -> Iterator[SoundHit[T]]:
        """Every name that sounds like what stands in the text; one for each name and place.

        `numbers` are those of its words, `marks` and `pairs` what `marks_of` and `neighbours` find in them. `written` are the places
        (word, word behind) in which nobody asks for names of some `alike`: not all that lies in one of them is told. What is laid and
        not the name is added to `refused`, if any. What `stands`, and cannot be nearer, is not looked for in other spellings too.
        """
        if not self._pairs or not (pairs or marks or folded.links or ":" in folded.original):
            return
        text = Text(folded, explains=refused is not None)
        already = Already(self._thirds, folded.words, numbers, written)
        seen: set[tuple[int, int, int]] = set()
        tries: dict[int, int] = {}
        for first, behind, anchored, may_be in self._anchors(
            text, numbers, marks, pairs, already, every=refused is not None
        ):
            tried = tries[id(anchored.spelling)] = tries.get(id(anchored.spelling), 0) + 1
            if tried > _MOST_TRIES:
                continue
            anchor = Laid(anchored.slot, first, behind, anchored.likeness, anchored.heard.step)
            hit = laid_around(text, anchored.spelling, anchor, anchored.heard)
            if isinstance(hit, Refused):
                if refused is not None:
                    refused.append(hit)
            elif may_be and (key := (id(anchored.spelling), hit.first, hit.behind)) not in seen:
                seen.add(key)
                if hit.tier == "B" and not hit.apart and stands(hit):
                    already.add(anchored.spelling, hit.first, hit.behind)
                yield hit
        yield from self._beside.find(text, marks)

    def _anchors(
        self,
        text: Text,
        numbers: Numbers,
        marks: Marks,
        pairs: Sequence[Neighbouring[T]],
        already: Already,
        *,
        every: bool,
    ) -> Iterator[tuple[int, int, _Anchored[T], bool]]:
        """The words that are like a part of a name with another behind or before them, as (word, word behind, part).

        Neighbours without what is always skipped, without common names and titles between, and with any one word between.
        A hyphen, God's name and "the faith" join two words (نصر الله is نصرالله). What cannot be the name
        whatever is laid is left out, or told with False where `every` is asked for.
        """
        folded, words = text.folded, text.words
        alone: Sequence[int] = marks.get(TWO_PARTS, ())
        for at in sorted((*alone, *marks.get(NO_TWO_PARTS, ()))) if every else alone:
            place = at, at + 1
            for anchored, may_be in self._judged(
                text, numbers, place, place, self._ones[words[at]], already, every=every
            ):
                yield *place, anchored, may_be
        for first, second, anchors in pairs:
            spans = (first, first + 1), (second, second + 1)
            for anchored, may_be in self._judged(text, numbers, *spans, anchors, already, every=every):
                yield *spans[anchored.second], anchored, may_be
        for at, kind in folded.links:
            if kind == "hyphen" and not is_article(words[at], words[at + 1]):
                yield from self._joined(text, numbers, at, already, every=every)
        for at in marks.get(TIED, ()):
            if at:
                yield from self._joined(text, numbers, at - 1, already, every=every)

    def _joined(
        self, text: Text, numbers: Numbers, at: int, already: Already, *, every: bool
    ) -> Iterator[tuple[int, int, _Anchored[T], bool]]:
        """`_anchors` of two words that are read as one, and of those around them with these."""
        words = text.words
        both = _as_one(words, at)
        number = self._lexicon[both]
        if number & (TWO_PARTS | NO_TWO_PARTS if every else TWO_PARTS):
            place = at, at + 2
            for anchored, may_be in self._judged(text, numbers, place, place, self._ones[both], already, every=every):
                yield *place, anchored, may_be
        begin = max(0, at - _AROUND)
        row = [*numbers[begin:at].tolist(), number, *numbers[at + 2 : at + 2 + _AROUND].tolist()]
        for places in self._neighbours.across(row, at - begin):
            first, second = (begin + place for place in places)
            one, other = both if first == at else words[first], both if second == at else words[second + 1]
            spans = _apart(first, at), _apart(second, at)
            for anchored, may_be in self._judged(text, numbers, *spans, self._twos[one, other], already, every=every):
                yield *spans[anchored.second], anchored, may_be

    def _judged(
        self,
        text: Text,
        numbers: Numbers,
        one: tuple[int, int],
        other: tuple[int, int],
        anchors: Sequence[_Anchored[T]],
        already: Already,
        *,
        every: bool,
    ) -> Iterator[tuple[_Anchored[T], bool]]:
        """The anchors of what stands in two places that can come to something, with True; the others where `every` is asked."""
        if not anchors:
            return
        if not every:
            anchors = _in_capitals(text, one, other, anchors)
        parted, ending = _between(text, one[1], other[0])
        around: Around | None = None
        for each in anchors:
            known = already.has(each.spelling, one[0], other[1])
            if known and not every:
                continue
            may_be = (
                not known
                and (one != other or _can_be(each))
                and (ending < 0 or any(fit(text.words[ending], slot, True, True) for slot in each.spelling.singles))
            )
            if may_be and not (each.apart if parted else each.beside):
                around = around or self._thirds.around(text.words, numbers, one, other)
                may_be = self._thirds.has_more(each.spelling, (each.slot, each.other), around)
            if may_be or every:
                yield each, may_be

    def number(self, word: str) -> int:
        """What is known about a word of a text: its kind, its rank, and its marks."""
        return self._lexicon[word]

    def _number(self, word: str) -> int:
        """The number of a word met first. Its kind is from the keys of parts that it may be, marked with ~ where by a slip."""
        heard = heard_as(word)
        keys: set[str] = set()
        for each in heard:
            known = self._slips if each.form.isascii() else self._keys
            for sound in each.sounds:
                keys.update(known[sound.key])
        rank = OTHER
        if is_particle(word) or is_filler(word) or word in _ARTICLES or (len(word) == 1 and word.isascii()):
            rank = FREE
        elif is_title(word) or any(is_common(each.form, 0.25) for each in heard if not each.first):
            rank = NAMED
        marks = (word in _TIED and TIED) | (_is_title(word) and TITLE) | (is_kind(word) and GROUP)
        if two_parts := self._in_one(word):
            marks |= TWO_PARTS if any(map(_can_be, two_parts)) else NO_TWO_PARTS
        marks |= is_telling(word) and TELLS
        return self._neighbours.kind(frozenset(keys)) << KIND | marks | rank

    def _known_key(self, key: str) -> tuple[str, ...]:
        """A key, where a part of a name has it."""
        return (key,) if key in self._part_keys else ()

    def _known_slips(self, key: str) -> tuple[str, ...]:
        """What a key is, and with a slip (marked), where parts of names are so."""
        return tuple(one for one in (key, *_slips(key)) if one in self._part_keys)

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
                    told = (
                        may_stand_alone(spelling, likeness)
                        if len(spelling.stems) == 2
                        else may_tell(
                            spelling,
                            slot.first,
                            slot.first + 1,
                            (likeness, likeness),
                            uncased=_is_uncased(word),
                            beside=True,
                        )
                    )
                    best[id(slot)] = _Anchored(spelling, slot, heard, likeness, False, slot, told, told)
        return tuple(best.values())

    def _in_two(self, words: tuple[str, str]) -> tuple[_Anchored[T], ...]:
        """The names of which two words say a part each."""
        one, other = (self._neighbours.keys(self._lexicon[word] >> KIND) for word in words)
        known = self._pairs
        behind = [ways for key in one if (ways := known.get(key)) and not ways.keys().isdisjoint(other)]
        uncased = _is_uncased(words[0])
        tried: set[tuple[int, int]] = set()
        found: list[_Anchored[T]] = []
        for spelling, first, second in (pair for ways in behind for key in other if key in ways for pair in ways[key]):
            if (id(first), id(second)) in tried:
                continue
            tried.add((id(first), id(second)))
            if (mine := fit(words[0], first, True, True)) is None:
                continue
            if (theirs := fit(words[1], second, True, True)) is None:
                continue
            later = spelling.common[first.first] and not theirs[1].last
            likeness, heard = theirs if later else mine
            slot = second if later else first
            likenesses = mine[0], theirs[0]
            beside, apart = (
                may_tell(spelling, first.first, second.first, likenesses, uncased=uncased, beside=beside)
                for beside in (True, False)
            )
            found.append(_Anchored(spelling, slot, heard, likeness, later, first if later else second, beside, apart))
        return tuple(found)


def _slips(key: str) -> tuple[str, ...]:
    """What a key is with a slip, marked."""
    return tuple(f"{each}~" for each in slips_of(Sound(key, (), True)))


def _is_title(word: str) -> bool:
    """Whether a word is a title, behind a clitic too (والسيد)."""
    listed = titles()
    return word in listed or (not word.isascii() and any(heard.form in listed for heard in heard_as(word)))


def _in_capitals(
    text: Text, one: tuple[int, int], other: tuple[int, int], anchors: Sequence[_Anchored[T]]
) -> Sequence[_Anchored[T]]:
    """The anchors but for those on words in small letters, which `decided` would refuse, where a text has capitals."""
    if not text.is_cased() or text.words[one[0]][0] >= "\u0590":
        return anchors
    small = text.is_small(*one), text.is_small(*other)
    if not any(small):
        return anchors
    return [
        each
        for each in anchors
        if not small[each.second] or _may_be_small(each, text.words[(one, other)[each.second][0]])
    ]


def _may_be_small(anchored: _Anchored[T], word: str) -> bool:
    """Whether a word of a group's name may be in small letters: in Cyrillic, and where it is translated (`guards.py`)."""
    spelling, slot = anchored.spelling, anchored.slot
    if spelling.person:
        return False
    return word >= "а" or (len(spelling.stems) > 2 and word != slot.stem and word in slot.meant)


def _between(text: Text, start: int, end: int) -> tuple[bool, int]:
    """Whether words of some count stand from `start` to `end`, and the first that no name has inside, -1 for none."""
    parted = False
    for at in range(start, end):
        if not text.is_free(at):
            parted = True
            if not text.is_name_like(at):
                return True, at
    return parted, -1


def _can_be(anchored: _Anchored[T]) -> bool:
    """Whether a word that says two parts of a name can be the name: of one that has no other parts it tells enough."""
    return anchored.beside or len(anchored.spelling.stems) > 2


def _apart(place: int, joined: int) -> tuple[int, int]:
    """Where a word stands whose place was counted with two words, from `joined` on, as one."""
    return place + (place > joined), place + 1 + (place >= joined)


def _is_uncased(word: str) -> bool:
    """Whether a word is of a script without capitals: Hebrew, Arabic."""
    return "\u0590" <= word[0] <= "\u08ff"


def _as_one(words: Sequence[str], at: int) -> str:
    """Two words read as one."""
    return words[at] + ("allah" if words[at + 1] in GOD and words[at + 1].isascii() else words[at + 1])


def _sons(parts: Sequence[Part]) -> dict[str, str]:
    """The stems that a "son of" stands before, and what they are with it in one word: Benali."""
    pairs = ((one.stem, stem_of(without_article(other.stem))) for one, other in pairwise(parts) if one.stem in _SON)
    return {stem: _SON[son] + stem for son, stem in pairs if son.isascii() == stem.isascii()}


def _stems(parts: Sequence[Part], *, person: bool) -> list[str]:
    """The parts of a name that are compared: without particles, a person's titles, a group's fillers."""
    if not person and len(parts) == 1 and (god := _JOINED_GOD.fullmatch(parts[0].stem)):
        return [stem_of(god[1]), "allah" if parts[0].stem.isascii() else god[2]]  # Hizballah is Hizb Allah
    stems: list[str] = []
    for part in parts:
        stem = stem_of(part.stem if part.stem.startswith(_NO_ARTICLE) else without_article(part.stem))
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
