"""Lays a watched name along the words around one of its parts, and decides whether what lies there is the name.

    a part on its word -> the parts before and behind, each on the next word like it -> what is missing, what lies between
                       -> tier B, tier C, or nothing

Guards: fewer than five consonants only where the letters differ by taste or the surname tells; tier C needs two parts
that are no common names; who is named by some of his parts needs them to tell; a name of common names alone never inside
a longer name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Literal, NamedTuple, TypeVar

from alerts.watch.likeness import Heard, Likeness, alike, heard_as, joins, sounds_alike, stem_of
from alerts.watch.names import is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title
from alerts.watch.skeleton import GOD, Sound, sounds, weight
from scraper.text import Folded, spell_name

T = TypeVar("T")
FEWEST_CONSONANTS = 5
MOST_BETWEEN = 3
"""Name words that may stand between two parts ("Qais Hadi Sayed Hasan al-Khazali")."""
_ANCHOR = 3
"""Consonants that an anchor has at least."""
_BREAK = re.compile(r"[;:!?|\n\[\]{}،؛؟]|(?<!\b\w)(?<!\b\w\w)\.\s")
"""What no name goes across: punctuation, but for the full stop of an initial. A comma stands only behind a surname first."""
_EVERYBODY = frozenset({"MHMD", "AHMD", "AL"})
"""Muhammad, Ahmad and Ali: a third of all men bear one of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A part of a name, or two neighbours joined: parts `[first, behind)`. Each is one thing, whatever it says."""

    first: int
    behind: int
    stem: str
    sounds: tuple[Sound, ...]


class Spelling(Generic[T]):
    """One watched name, ready to be laid along words."""

    __slots__ = ("common", "found", "joins", "person", "singles", "slots", "slots_back", "stems", "weights")

    def __init__(self, stems: Sequence[str], found: T, *, person: bool) -> None:
        self.found = found
        self.person = person
        self.stems = tuple(stems)
        heard = [sounds(stem) for stem in stems]
        self.weights = tuple(max((weight(one) for one in each), default=0) for each in heard)
        self.common = tuple(is_common(stem) or (not person and is_filler(stem)) for stem in stems)
        single = [Slot(at, at + 1, stem, heard[at]) for at, stem in enumerate(stems)]
        pairs = [
            Slot(at, at + 2, stems[at] + stems[at + 1], joins(heard[at], heard[at + 1])) for at in range(len(stems) - 1)
        ]
        every = [*pairs, *single]
        self.slots = {at: [slot for slot in every if slot.first == at] for at in range(len(stems))}
        self.slots_back = {at: [slot for slot in every if slot.behind == at] for at in range(len(stems) + 1)}
        self.joins = [slot for slot in pairs if max((weight(one) for one in slot.sounds), default=0) >= _ANCHOR]
        self.singles = single

    def pairs(self) -> Iterator[tuple[Slot, Slot]]:
        """The pairs of parts that lead to the name where they follow each other: neighbours, the first with any that tells,
        what tells with the last; and the surname before the given name. Two common names lead only to an all-common name."""
        count = len(self.singles)
        dull = all(self.common)
        for at in range(count):
            for further in range(at + 1, count):
                if (further == at + 1 or at == 0 or further == count - 1) and (
                    dull or not (self.common[at] and self.common[further])
                ):
                    yield self.singles[at], self.singles[further]
        if count > 1 and not dull:
            yield self.singles[-1], self.singles[0]


class SoundHit(NamedTuple, Generic[T]):
    """A name found by its sound in words `[first, behind)`."""

    first: int
    behind: int
    found: T
    tier: Literal["B", "C"]
    steps: tuple[str, ...]
    apart: float


class Text:
    """A text and what was asked about its words before."""

    __slots__ = ("_free", "_named", "folded", "words")

    def __init__(self, folded: Folded) -> None:
        self.folded = folded
        self.words = folded.words
        self._free: dict[int, bool] = {}
        self._named: dict[int, bool] = {}

    def is_free(self, at: int) -> bool:
        """Articles and particles lie between parts without counting."""
        known = self._free.get(at)
        if known is None:
            word = self.words[at]
            known = is_particle(word) or is_filler(word)
            known = known or (at + 1 < len(self.words) and is_article(word, self.words[at + 1]))
            self._free[at] = known
        return known

    def is_name_like(self, at: int) -> bool:
        """Whether a word can be a name: a capital in Latin and Cyrillic, elsewhere a common name or a title."""
        known = self._named.get(at)
        if known is None:
            known = self._named[at] = self._can_be_name(at)
        return known

    def _can_be_name(self, at: int) -> bool:
        word = self.words[at]
        if is_title(word):
            return True
        letter = self.folded.original[self.folded.span(at, at + 1)[0]]
        if letter.isupper() or letter.islower():
            return letter.isupper()
        if word == "علي" and letter and self.folded.original[self.folded.span(at, at + 1)[1] - 1] == "ى":
            return False  # على is "on"
        return any(is_common(heard.form, 0.25) for heard in heard_as(word) if not heard.first)


class Laid(NamedTuple):
    """A part laid on words `[first, behind)`."""

    slot: Slot
    first: int
    behind: int
    likeness: Likeness
    step: str


def laid_around(text: Text, spelling: Spelling[T], anchor: Laid, heard: Heard) -> SoundHit[T] | None:
    """Lay the parts before and behind the anchor; parts missing on one side are looked for on the other (surname first)."""
    slot, count = anchor.slot, len(spelling.stems)
    behind, missing_behind = _extend(text, spelling, slot.behind, count, anchor.behind, closed=heard.last)
    before, missing_before = _extend(text, spelling, slot.first, 0, anchor.first, closed=heard.first)
    turned = False
    if missing_before and not missing_behind and 0 in missing_before and max(missing_before) < len(missing_before):
        end = behind[-1].behind if behind else anchor.behind
        moved, missing = _extend(text, spelling, 0, len(missing_before), end, closed=False, moved=True)
        if not missing:
            behind, missing_before, turned = behind + moved, [], True
    elif missing_behind and not missing_before and missing_behind[0] == count - len(missing_behind):
        start = before[-1].first if before else anchor.first
        moved, missing = _extend(text, spelling, count, missing_behind[0], start, closed=False, moved=True)
        if not missing:
            before, missing_behind, turned = before + moved, [], True
    laid = [*reversed(before), anchor, *behind]
    return _decided(text, spelling, laid, [*missing_before, *missing_behind], turned=turned)


def _extend(
    text: Text, spelling: Spelling[T], part: int, stop: int, place: int, *, closed: bool, moved: bool = False
) -> tuple[list[Laid], list[int]]:
    """Lay the parts from `part` to `stop`, forward or backward, each on the next word like it from `place` on.

    What fits nowhere is missing; all of it, where the words are `closed` to that side.
    """
    forward = part <= stop
    laid: list[Laid] = []
    missing: list[int] = []
    between = 0
    while part != stop:
        slots = spelling.slots[part] if forward else spelling.slots_back[part]
        slots = [slot for slot in slots if (slot.behind <= stop if forward else slot.first >= stop)]
        found = (
            None
            if closed
            else _next(text, slots, 0 if moved else len(spelling.stems), place, MOST_BETWEEN - between, forward=forward)
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
    text: Text, slots: Sequence[Slot], count: int, place: int, room: int, *, forward: bool
) -> tuple[Laid, int] | None:
    words = text.words
    gap = 0
    at = place if forward else place - 1
    while 0 <= at < len(words):
        for slot in slots:
            if (one := _fits(words, at, slot, count, forward=forward)) is not None:
                return one, gap
        if not text.is_free(at):
            gap += 1
            if gap > room or not text.is_name_like(at):
                return None
        at += 1 if forward else -1
    return None


def _fits(words: Sequence[str], at: int, slot: Slot, count: int, *, forward: bool) -> Laid | None:
    found = fit(words[at], slot, not count or slot.first == 0, not count or slot.behind == count)
    if found is not None:
        return Laid(slot, at, at + 1, found[0], found[1].step)
    other = at + 1 if forward else at - 1
    if slot.behind - slot.first == 1 and 0 <= other < len(words):
        left, right = min(at, other), max(at, other)
        likeness = _alike_together(_plain_sounds(words[left]), _plain_sounds(words[right]), slot.sounds)
        if likeness is not None:
            return Laid(slot, left, right + 1, likeness, "joined")
    return None


@lru_cache(maxsize=65_536)
def fit(word: str, slot: Slot, is_first: bool, is_last: bool) -> tuple[Likeness, Heard] | None:
    """How a word is like a part, and as what it was heard; clitics only for the first part, endings for the last."""
    best: tuple[Likeness, Heard] | None = None
    for heard in heard_as(word):
        if (heard.first and not is_first) or (heard.last and not is_last):
            continue
        likeness = alike(heard.form, slot.stem) if slot.behind - slot.first == 1 else None
        likeness = likeness or sounds_alike(heard.sounds, slot.sounds)
        if likeness is not None and (best is None or likeness < best[0]):
            best = likeness, heard
    return best


@lru_cache(maxsize=65_536)
def _plain_sounds(word: str) -> tuple[Sound, ...]:
    stem = stem_of(spell_name(word))
    return sounds(stem[2:] if stem.startswith("ال") and stem not in GOD and len(stem) > 4 else stem)


def _alike_together(first: Sequence[Sound], second: Sequence[Sound], part: Sequence[Sound]) -> Likeness | None:
    """How two words of a text, read as one, are like a part."""
    if not first or not second or not part or first[0].key[0] != part[0].key[0]:
        return None
    if len(first[0].key) + weight(second[0]) != len(part[0].key):
        return None
    return sounds_alike(joins(first, second), part)


def _decided(
    text: Text, spelling: Spelling[T], laid: Sequence[Laid], missing: Sequence[int], *, turned: bool
) -> SoundHit[T] | None:
    """Whether what was laid is the name, and in which tier."""
    words = text.words
    first, behind = laid[0].first, laid[-1].behind
    matched = [at for one in laid for at in range(one.slot.first, one.slot.behind)]
    consonants = sum(spelling.weights[at] for at in matched)
    if len(matched) < 2:
        return None
    telling = [at for at in matched if not spelling.common[at] and spelling.weights[at] >= 2]
    slips = sum(one.likeness.tier == "C" for one in laid)
    apart = sum(one.likeness.apart for one in laid)
    covered = {at for one in laid for at in range(one.first, one.behind)}
    between = [at for at in range(first, behind) if at not in covered and not text.is_free(at)]
    if consonants < FEWEST_CONSONANTS and not _is_plain(spelling, laid, text, telling, between):
        return None
    if consonants < FEWEST_CONSONANTS and (slips or missing or turned):
        return None
    if apart > 0.5 * len(matched) + 0.5:
        return None
    if slips and (missing or turned or slips > len(laid) // 2):
        return None
    if slips and len(telling) < 2 and not any(one.likeness.tier == "C" and _is_heavy(spelling, one) for one in laid):
        return None
    if len(spelling.stems) - spelling.stems.count("abd") < 2 and any(one.likeness.tier != "A" for one in laid):
        return None
    if turned and (
        between
        or consonants <= FEWEST_CONSONANTS
        or apart > 0.5
        or not any(spelling.weights[at] >= 3 for at in telling)
    ):
        return None
    if missing and not _is_enough(spelling, matched, missing, apart, len(between)):
        return None
    if between and not (telling and (telling[-1] == len(spelling.stems) - 1)):
        return None
    if not telling and (_stands_in_a_name(text, first, behind) or missing):
        return None
    if _is_broken(text.folded, first, behind, turned=turned):
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
    return SoundHit(first, behind, spelling.found, "C" if slips or missing else "B", tuple(dict.fromkeys(steps)), apart)


def _is_heavy(spelling: Spelling[T], one: Laid) -> bool:
    """Whether a part that slipped is still hard to mistake."""
    return one.likeness.apart <= 0.4 and sum(spelling.weights[one.slot.first : one.slot.behind]) >= 4


def _is_plain(
    spelling: Spelling[T], laid: Sequence[Laid], text: Text, telling: Sequence[int], between: Sequence[int]
) -> bool:
    """Whether a name of few consonants is beyond doubt: its letters differ by taste alone, or its surname tells."""
    if all(one.likeness.tier == "A" for one in laid):
        return not between
    if not between and any(spelling.weights[at] >= 3 for at in telling):
        surname = next(at for at in telling if spelling.weights[at] >= 3)
    else:
        surname = len(spelling.stems) - 1
    consonants = sum(spelling.weights[at] for one in laid for at in range(one.slot.first, one.slot.behind))
    if consonants < FEWEST_CONSONANTS - 1 or surname not in telling or spelling.weights[surname] < 3:
        return False
    if any(one.likeness.apart > 0.25 for one in laid):
        return False
    return all(any(is_common(heard.form, 0.25) for heard in heard_as(text.words[at])) for at in between)


def _is_enough(
    spelling: Spelling[T], matched: Sequence[int], missing: Sequence[int], apart: float, between: int
) -> bool:
    """Whether the parts that were found name the person.

    The first and the last of them, and they tell; or so many that one may be another (a father's name, a nisba).
    """
    tells = sum(_tells(spelling, at) for at in matched)
    last = len(spelling.stems) - 1
    framed = 0 not in missing and last not in missing
    if len(matched) >= 3 and len(missing) == 1 and between <= 1 and tells >= (3.5 if framed else 4.5):
        return True
    if between or apart > 0.5 or last in missing or 0 in missing:
        return False
    return tells >= 3


def _tells(spelling: Spelling[T], part: int) -> float:
    if spelling.common[part]:
        return 0.5 if any(one.key in _EVERYBODY for one in sounds(spelling.stems[part])) else 1.0
    return (0.0, 0.5, 1.5, 2.0, 3.0)[min(spelling.weights[part], 4)]


def _stands_in_a_name(text: Text, first: int, behind: int) -> bool:
    """Whether a name word stands right before or behind: "Muhammad Abbas" is not who "Muhammad Abbas Turkmani" is."""
    before, folded = first - 1, text.folded
    if (
        before >= 0
        and not is_title(text.words[before])
        and text.is_name_like(before)
        and not folded.original[folded.span(before, first)[1] : folded.span(first, behind)[0]].strip()
    ):
        return True
    if behind < len(text.words) and (text.is_name_like(behind) or _is_nisba(text.words[behind])):
        return not folded.original[folded.span(first, behind)[1] : folded.span(behind, behind + 1)[0]].strip()
    return False


def _is_nisba(word: str) -> bool:
    return (len(word) > 4 and word.endswith("ي")) or (word.startswith("ال") and len(word) > 4)


def _is_broken(folded: Folded, first: int, behind: int, *, turned: bool) -> bool:
    """Whether punctuation parts the words."""
    surface = folded.original[slice(*folded.span(first, behind))]
    return bool(_BREAK.search(surface)) or (not turned and "," in surface)
