"""Finds watched names in other spellings and scripts (tier B), with a slip in a word or with parts left out (tier C).

    word -> anchors that sound like it -> the name around the anchor -> enough of it? -> hit

A name is looked for only where one of its anchors stands: its two most telling parts, alone or joined with a neighbour.
What a word of a text can anchor is worked out once and remembered. From the anchor the parts are laid along the words
in both directions; what lies between them and what is missing decides whether it is the name, in which tier.

Guards: names of one word and of fewer than five consonants are never looked for here; tier C needs two parts that are
no common names. One who is named by parts only needs a surname that tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import compress
from typing import Generic, Literal, NamedTuple, TypeVar

from rapidfuzz.distance import JaroWinkler

from alerts.watch.names import Part, is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title
from alerts.watch.skeleton import CYRILLIC, GOD, Sound, joined, sounds, vowels_apart, weight
from alerts.watch.tokens import name_readings
from scraper.text import Folded, spell_name

T = TypeVar("T")
FEWEST_CONSONANTS = 5
MOST_BETWEEN = 3
"""Name words that may stand between two parts ("Qais Hadi Sayed Hasan al-Khazali")."""
_REMEMBERED = 100_000
_NEAR_ENOUGH = 0.87
"""Jaro-Winkler likeness of two Latin words that differ by a slip."""
_ANCHOR = 3
"""Consonants that an anchor has at least."""
_ARTICLE_JOINED = re.compile(r"(?:al|el|ul)(?=[^aeiou].{3})|[aeu](?:sh(?=sh)|(s|d|t|n|r|z)(?=\1)).*")
_ABD = re.compile(r"abd[aeou]?(?:l|(sh|s|d|t|n|z|r)(?=\1))?-?(?=.{3})")
_DIN = re.compile(r"(?<=...)[aeiou][ld]d[aei]+ne?$")
_ABD_ALONE = re.compile(r"abd[aeou]?(?:l|r|s|sh|n|z|t|d)?")
_OF_ABD = GOD | {"lah", "la"}
_CYRILLIC_ENDING = re.compile(r"(?<=...)(?:ого|ому|ами|ями|ах|ях|ом|ем|ой|ей|им|ым|ою|а|у|ы|и|е|я|ю|ь|й)$")
_BREAK = re.compile(r"[.,;:!?|\n()\[\]{}«»“”،؛؟]")
_NAMES_BREAK = re.compile(r"[;:!?|\n\[\]{}،؛؟]|\.\s")


class Likeness(NamedTuple):
    """How a word is like a part: tier A for equal, B for the same sound, C for a slip; `apart` as vowels are."""

    tier: Literal["A", "B", "C"]
    apart: float


class Slot(NamedTuple):
    """A part of a name, or two neighbours joined: parts `[first, behind)`."""

    first: int
    behind: int
    stem: str
    sounds: tuple[Sound, ...]


class Spelling(Generic[T]):
    """One watched name, ready to be laid along words."""

    __slots__ = ("anchors", "common", "found", "person", "slots", "slots_back", "stems", "weights")

    def __init__(self, stems: Sequence[str], found: T, *, person: bool) -> None:
        self.found = found
        self.person = person
        self.stems = tuple(stems)
        heard = [sounds(stem) for stem in stems]
        self.weights = tuple(max((weight(one) for one in each), default=0) for each in heard)
        self.common = tuple(is_common(stem) or (not person and is_filler(stem)) for stem in stems)
        single = [Slot(at, at + 1, stem, heard[at]) for at, stem in enumerate(stems)]
        pairs = [
            Slot(at, at + 2, stems[at] + stems[at + 1], _joins(heard[at], heard[at + 1]))
            for at in range(len(stems) - 1)
        ]
        every = [*pairs, *single]
        self.slots = {at: [slot for slot in every if slot.first == at] for at in range(len(stems))}
        self.slots_back = {at: [slot for slot in every if slot.behind == at] for at in range(len(stems) + 1)}
        telling = sorted(range(len(stems)), key=lambda at: (self.common[at], -self.weights[at]))[:2]
        if len(stems) > 2:
            telling.append(len(stems) - 1)
        least = min(_ANCHOR, max(self.weights[at] for at in telling)) if stems else 0
        self.anchors = [
            slot
            for slot in (*single, *pairs)
            if any(slot.first <= at < slot.behind for at in telling)
            and max((weight(one) for one in slot.sounds), default=0) >= least
        ]


class Heard(NamedTuple):
    """A way to read a word of a text, with its sounds; `first` and `last` as in `tokens.Reading`."""

    form: str
    step: str
    first: bool
    last: bool
    sounds: tuple[Sound, ...]


class SoundHit(NamedTuple, Generic[T]):
    """A name found by its sound in words `[first, behind)`."""

    first: int
    behind: int
    found: T
    tier: Literal["B", "C"]
    steps: tuple[str, ...]


class _Laid(NamedTuple):
    """A part laid on words `[first, behind)`."""

    slot: Slot
    first: int
    behind: int
    likeness: Likeness
    step: str


class _Anchored(NamedTuple, Generic[T]):
    """What a word of a text is the anchor of, and how it was heard."""

    spelling: Spelling[T]
    slot: Slot
    heard: Heard
    likeness: Likeness


class Spellings(Generic[T]):
    """All watched names, by how they sound."""

    def __init__(self) -> None:
        self._anchors: dict[str, list[tuple[Spelling[T], Slot]]] = {}
        self._slips: dict[str, list[tuple[Spelling[T], Slot]]] = {}
        self._known: dict[str, tuple[_Anchored[T], ...]] = {}

    def add(self, parts: Sequence[Part], found: T, *, person: bool) -> None:
        """Watch one reading of a name. Names that the guards leave to tier A are passed over."""
        stems: list[str] = []
        for part in parts:
            stem = _stem(part.stem)
            if stems and stems[-1] in ("abd", "عبد") and stem in _OF_ABD:
                stems[-1] = "abdallah"
            elif stem and not is_particle(stem):
                stems.append(stem)
        if not person and len(stems) > 2:
            stems = [stem for stem in stems if not is_filler(stem)] or stems
        if person:
            while len(stems) > 2 and is_title(stems[0]):
                stems = stems[1:]
            while len(stems) > 2 and is_title(stems[-1]):
                stems = stems[:-1]
        spelling = Spelling(stems, found, person=person)
        if len(stems) - stems.count("abd") < 2 or sum(spelling.weights) < FEWEST_CONSONANTS - 1:
            return
        for slot in spelling.anchors:
            for key in {sound.key for sound in slot.sounds}:
                self._anchors.setdefault(key, []).append((spelling, slot))
            for key in {slip for sound in slot.sounds for slip in _slips_of(sound)}:
                self._slips.setdefault(key, []).append((spelling, slot))

    def find(self, folded: Folded) -> Iterator[SoundHit[T]]:
        """Every name that sounds like what stands in the text; one for each name and place."""
        words = folded.words
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        for word in set(words).difference(known):
            known[word] = self._anchored_by(word)
        seen: set[tuple[int, int, int]] = set()
        for at, behind, anchors in self._places(words):
            for spelling, slot, heard, likeness in anchors:
                anchor = _Laid(slot, at, behind, likeness, heard.step)
                hit = _laid_around(folded, spelling, anchor, heard)
                if hit is not None and (key := (id(spelling), hit.first, hit.behind)) not in seen:
                    seen.add(key)
                    yield hit

    def _places(self, words: Sequence[str]) -> Iterator[tuple[int, int, Sequence[_Anchored[T]]]]:
        """Where anchors stand: single words, and words with God's name behind them (نصر الله is نصرالله)."""
        known = self._known
        found = list(map(known.__getitem__, words))
        for at in compress(range(len(words)), found):
            yield at, at + 1, found[at]
        if not GOD.isdisjoint(words):
            for at in range(1, len(words)):
                if words[at] in GOD:
                    both = words[at - 1] + ("allah" if words[at].isascii() else words[at])
                    if both not in known:
                        known[both] = self._anchored_by(both)
                    yield at - 1, at + 1, known[both]

    def _anchored_by(self, word: str) -> tuple[_Anchored[T], ...]:
        found: dict[tuple[int, Slot], _Anchored[T]] = {}
        for heard in heard_as(word):
            candidates = [pair for sound in heard.sounds for pair in self._anchors.get(sound.key, ())]
            for sound in heard.sounds:
                candidates += self._slips.get(sound.key, ())
                for slip in _slips_of(sound):
                    candidates += self._anchors.get(slip, ())
                    candidates += self._slips.get(slip, ())
            for spelling, slot in candidates:
                if (id(spelling), slot) in found:
                    continue
                if (heard.first and slot.first) or (heard.last and slot.behind < len(spelling.stems)):
                    continue
                likeness = alike(heard.form, slot.stem)
                if likeness is None and slot.behind - slot.first == 2:
                    likeness = _sounds_alike(heard.sounds, slot.sounds)
                if likeness is not None:
                    found[id(spelling), slot] = _Anchored(spelling, slot, heard, likeness)
        return tuple(found.values())


@lru_cache(maxsize=65_536)
def heard_as(word: str) -> tuple[Heard, ...]:
    """Every way to hear a folded word: its readings as a name, without a joined article, without a Russian ending."""
    found: dict[str, Heard] = {}
    for form, step, first, last in name_readings(word):
        variants = [(form, step, last)]
        if "\u0400" <= form[0] <= "\u04ff" and (cut := _CYRILLIC_ENDING.sub("", form)) != form:
            variants.append((cut, "ending", last))
        if (article := _ARTICLE_JOINED.match(form)) and article[0] != form[:0]:
            rest = form[2:] if form[0:2] in ("al", "el", "ul") else form[1 + len(article[1] or "sh") :]
            if len(rest) >= 4:
                variants.append((rest, "article", last))
        for text, done, final in variants:
            stem = _stem(text)
            if stem and stem not in found:
                found[stem] = Heard(stem, done, first, final, sounds(stem))
    return tuple(found.values())


def _stem(word: str) -> str:
    """A word without what only ties: abdul is abd, and abdulrahman abdrahman, in Arabic too; Cyrillic is Latin."""
    if not word:
        return ""
    if "\u0400" <= word[0] <= "\u04ff":
        word = word.translate(CYRILLIC)
    if "\u0600" <= word[0] <= "\u06ff":
        if word.startswith("عبدال") and len(word) > 6 and word != "عبدالله":
            return "عبد" + word[5:]
        return word[:-5] + "دين" if word.endswith("الدين") and len(word) > 6 else word
    word = _DIN.sub("din", word)
    if word.startswith("abd"):
        if _ABD_ALONE.fullmatch(word):
            return "abd"
        if not re.fullmatch(r"abd[aeiou]l+ah?", word):
            return _ABD.sub("abd", word, count=1)
    return word


def _joins(first: Sequence[Sound], second: Sequence[Sound]) -> tuple[Sound, ...]:
    return tuple(joined(one, other) for one in first for other in second)[:8]


def _slips_of(sound: Sound) -> tuple[str, ...]:
    """The keys with one letter less, the first kept; () for keys too short to lose one."""
    key = sound.key
    if weight(sound) < 3 or len(key) < 4:
        return (key,) if weight(sound) >= 3 else ()
    return tuple(key[:at] + key[at + 1 :] for at in range(1, len(key)))


@lru_cache(maxsize=65_536)
def alike(word: str, stem: str) -> Likeness | None:
    """How a word (as heard) is like a part of a name; None where it is not."""
    if word == stem:
        return Likeness("A", 0.0)
    mine, theirs = sounds(word), sounds(stem)
    same = _sounds_alike(mine, theirs)
    if same is not None:
        return same
    if word[0] == stem[0] and word.isascii() and stem.isascii() and min(len(word), len(stem)) >= 4:
        if _final_i(word) != _final_i(stem) or is_common(word) or is_common(stem):
            return None
        heaviest = max((weight(one) for one in theirs), default=0)
        likeness = JaroWinkler.similarity(word, stem)
        if heaviest >= 3 and likeness >= _NEAR_ENOUGH:
            return Likeness("C", (1 - likeness) * 4)
    return None


def _final_i(word: str) -> bool:
    return word[-1] in "iy"


def _sounds_alike(mine: Sequence[Sound], theirs: Sequence[Sound]) -> Likeness | None:
    best: Likeness | None = None
    for one in mine:
        for other in theirs:
            if one.key == other.key:
                apart = vowels_apart(one, other)
                if apart <= _allowed(weight(one)) and (best is None or apart < best.apart):
                    best = Likeness("B", apart)
    return best


def _allowed(consonants: int) -> float:
    """How far the vowels of a word may be apart: long words may differ more."""
    return 0.5 if consonants <= 3 else 1.0 if consonants <= 5 else 1.5


def _laid_around(folded: Folded, spelling: Spelling[T], anchor: _Laid, heard: Heard) -> SoundHit[T] | None:
    """Lay the parts before and behind the anchor; parts missing on one side are looked for on the other (surname first)."""
    slot, count = anchor.slot, len(spelling.stems)
    behind, missing_behind = _extend(folded, spelling, slot.behind, count, anchor.behind, closed=heard.last)
    before, missing_before = _extend(folded, spelling, slot.first, 0, anchor.first, closed=heard.first)
    turned = False
    if missing_before and not missing_behind and len(missing_before) == slot.first:
        end = behind[-1].behind if behind else anchor.behind
        moved, missing = _extend(folded, spelling, 0, slot.first, end, closed=False)
        if not missing:
            behind, missing_before, turned = behind + moved, [], True
    elif missing_behind and not missing_before and len(missing_behind) == count - slot.behind:
        start = before[-1].first if before else anchor.first
        moved, missing = _extend(folded, spelling, count, slot.behind, start, closed=False)
        if not missing:
            before, missing_behind, turned = before + moved, [], True
    laid = [*reversed(before), anchor, *behind]
    return _decided(folded, spelling, laid, [*missing_before, *missing_behind], turned=turned)


def _extend(
    folded: Folded, spelling: Spelling[T], part: int, stop: int, place: int, *, closed: bool
) -> tuple[list[_Laid], list[int]]:
    """Lay the parts from `part` to `stop`, forward or backward, each on the next word like it from `place` on.

    What fits nowhere is missing; all of it, where the words are `closed` to that side.
    """
    forward = part <= stop
    laid: list[_Laid] = []
    missing: list[int] = []
    between = 0
    while part != stop:
        slots = spelling.slots[part] if forward else spelling.slots_back[part]
        slots = [slot for slot in slots if (slot.behind <= stop if forward else slot.first >= stop)]
        found = (
            None
            if closed
            else _next(folded, slots, len(spelling.stems), place, MOST_BETWEEN - between, forward=forward)
        )
        if found is None:
            missing.append(part if forward else part - 1)
            part += 1 if forward else -1
            continue
        one, gap = found
        between += gap
        laid.append(one)
        part, place = (one.slot.behind, one.behind) if forward else (one.slot.first, one.first)
    return laid, missing


def _next(
    folded: Folded, slots: Sequence[Slot], count: int, place: int, room: int, *, forward: bool
) -> tuple[_Laid, int] | None:
    words = folded.words
    gap = 0
    at = place if forward else place - 1
    while 0 <= at < len(words):
        for slot in slots:
            if (one := _fits(words, at, slot, count, forward=forward)) is not None:
                return one, gap
        if not _is_free(words, at):
            gap += 1
            if gap > room or not _is_name_like(folded, at):
                return None
        at += 1 if forward else -1
    return None


def _fits(words: Sequence[str], at: int, slot: Slot, count: int, *, forward: bool) -> _Laid | None:
    for heard in heard_as(words[at]):
        if (heard.first and slot.first) or (heard.last and slot.behind < count):
            continue
        likeness = alike(heard.form, slot.stem) if slot.behind - slot.first == 1 else None
        likeness = likeness or _sounds_alike(heard.sounds, slot.sounds)
        if likeness is not None:
            return _Laid(slot, at, at + 1, likeness, heard.step)
    other = at + 1 if forward else at - 1
    if slot.behind - slot.first == 1 and 0 <= other < len(words):
        left, right = min(at, other), max(at, other)
        likeness = _alike_together(words[left], words[right], slot)
        if likeness is not None:
            return _Laid(slot, left, right + 1, likeness, "joined")
    return None


def _alike_together(left: str, right: str, slot: Slot) -> Likeness | None:
    """How two words of a text, read as one, are like a part."""
    first, second = sounds(_stem(spell_name(left))), sounds(_stem(spell_name(right)))
    if not first or not second or not slot.sounds:
        return None
    if len(first[0].key) + weight(second[0]) != len(slot.sounds[0].key) or first[0].key[0] != slot.sounds[0].key[0]:
        return None
    return _sounds_alike(_joins(first, second), slot.sounds)


def _is_free(words: Sequence[str], at: int) -> bool:
    """Articles and particles lie between parts without counting."""
    word = words[at]
    return is_particle(word) or is_filler(word) or (at + 1 < len(words) and is_article(word, words[at + 1]))


def _is_name_like(folded: Folded, at: int) -> bool:
    """Whether a word between two parts can be a name: a capital in Latin and Cyrillic, elsewhere a common name or title."""
    word = folded.words[at]
    if is_title(word):
        return True
    letter = folded.original[folded.span(at, at + 1)[0]]
    if letter.isupper():
        return True
    if letter.islower():
        return False
    return any(is_common(heard.form) for heard in heard_as(word) if not heard.first)


def _decided(
    folded: Folded, spelling: Spelling[T], laid: Sequence[_Laid], missing: Sequence[int], *, turned: bool
) -> SoundHit[T] | None:
    """Whether what was laid is the name, and in which tier."""
    words = folded.words
    first, behind = laid[0].first, laid[-1].behind
    matched = [at for one in laid for at in range(one.slot.first, one.slot.behind)]
    consonants = sum(spelling.weights[at] for at in matched)
    if len(matched) < 2 or consonants < FEWEST_CONSONANTS - 1:
        return None
    telling = [at for at in matched if not spelling.common[at] and spelling.weights[at] >= 2]
    slips = sum(one.likeness.tier == "C" for one in laid)
    apart = sum(one.likeness.apart for one in laid)
    covered = {at for one in laid for at in range(one.first, one.behind)}
    between = [at for at in range(first, behind) if at not in covered and not _is_free(words, at)]
    if consonants < FEWEST_CONSONANTS and (slips or missing or between or turned or apart > 0.25 or not telling):
        return None
    if apart > 0.5 * len(matched) + 0.5:
        return None
    if slips and (missing or turned or len(telling) < 2 or slips > len(laid) // 2):
        return None
    if turned and (between or consonants < FEWEST_CONSONANTS + 1 or apart > 0.5 or not telling):
        return None
    if missing and not _is_enough(spelling, matched, missing, apart, len(between)):
        return None
    if between and not (telling and (telling[-1] == len(spelling.stems) - 1)):
        return None
    if not telling and (_stands_in_a_name(folded, first, behind) or missing):
        return None
    if _is_broken(folded, first, behind, turned=turned):
        return None
    steps = [one.step for one in laid if one.step]
    steps.append("skeleton " + "-".join(one.slot.sounds[0].key if one.slot.sounds else one.slot.stem for one in laid))
    if slips:
        steps.append("slip")
    if turned:
        steps.append("order")
    if between:
        steps.append("between: " + " ".join(words[at] for at in between))
    if missing:
        steps.append("left out: " + " ".join(spelling.stems[at] for at in sorted(missing)))
    return SoundHit(first, behind, spelling.found, "C" if slips or missing else "B", tuple(dict.fromkeys(steps)))


def _is_enough(
    spelling: Spelling[T], matched: Sequence[int], missing: Sequence[int], apart: float, between: int
) -> bool:
    """Whether the parts that were found name the person: the first and the last, and they tell."""
    last = len(spelling.stems) - 1
    if between or apart > 0.5 or last in missing or 0 in missing:
        return False
    return sum(_tells(spelling, at) for at in matched) >= 3


def _tells(spelling: Spelling[T], part: int) -> float:
    if spelling.common[part]:
        return 0.5 if spelling.weights[part] >= 4 else 1.0
    return (0.0, 0.5, 1.5, 2.0, 3.0)[min(spelling.weights[part], 4)]


def _stands_in_a_name(folded: Folded, first: int, behind: int) -> bool:
    """Whether a name word stands right before or behind: "Muhammad Abbas" is not who "Muhammad Abbas Turkmani" is."""
    return any(
        0 <= at < len(folded.words)
        and not is_title(folded.words[at])
        and (_is_name_like(folded, at) or _is_nisba(folded.words[at]))
        for at in (first - 1, behind)
    )


def _is_nisba(word: str) -> bool:
    return (len(word) > 4 and word.endswith("ي")) or (word.startswith("ال") and len(word) > 4)


def _is_broken(folded: Folded, first: int, behind: int, *, turned: bool) -> bool:
    """Whether punctuation parts the words."""
    start, end = folded.span(first, behind)
    return bool(_NAMES_BREAK.search(folded.original, start, end))
