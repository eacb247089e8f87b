"""Lays a watched name along the words around one of its parts; `guards.py` decides whether what lies there is the name.

a part on its word -> the parts before and behind, each on the next word like it -> what is missing, what lies between
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import TypeVar

from alerts.watch.arabic import written_alike
from alerts.watch.guards import decided
from alerts.watch.likeness import Heard, Likeness, alike, heard_as, joins, sounds_alike, stem_of
from alerts.watch.namewords import is_filler, is_particle
from alerts.watch.parts import Laid, Refused, Slot, SoundHit, Spelling, Text
from alerts.watch.skeleton import GOD, Sound, sounds, weight
from alerts.watch.translated import translations
from scraper.text import spell_name

T = TypeVar("T")
_MOST_CONSONANTS = 256
"""Of a word that is compared in detail: names have fewer."""
MOST_BETWEEN = 3
"""Name words that may stand between two parts ("Qais Hadi Sayed Hasan al-Khazali")."""
_MOST_FREE = 24
"""Words that do not count between two parts: more of them in a row stand only in texts that were made to cost time."""


def laid_around(text: Text, spelling: Spelling[T], anchor: Laid, heard: Heard) -> SoundHit[T] | Refused[T]:
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
    turned = turned and not _is_translated(text, laid)
    if (missing_before or missing_behind) and not (heard.first or heard.last) and count > 2:
        mixed, left = _in_any_order(text, spelling, anchor)
        if len(left) < len(missing_before) + len(missing_behind):
            order = [one.slot.first for one in mixed]
            return decided(
                text, spelling, mixed, left, turned=order != sorted(order) and not _is_translated(text, mixed)
            )
    return decided(text, spelling, laid, [*missing_before, *missing_behind], turned=turned)


def _in_any_order(text: Text, spelling: Spelling[T], anchor: Laid) -> tuple[list[Laid], list[int]]:
    """The parts on the words around the anchor, whichever comes first, nothing between; and what is missing.

    "Muhammad Ayadi Chafik" is "Ayadi Chafiq Muhammad"; other languages put a group's words in another order.
    """
    laid = [anchor]
    left = [slot for slot in spelling.singles if not anchor.slot.first <= slot.first < anchor.slot.behind]
    for forward in (True, False):
        at = anchor.behind if forward else anchor.first - 1
        free = 0
        while left and free <= _MOST_FREE and 0 <= at < len(text.words):
            options = [] if text.is_free(at) else [_fits(text, at, slot, 0, forward=forward) for slot in left]
            fitting = [one for one in options if one is not None and one.step != "joined"]
            if fitting:
                best = min(fitting, key=lambda one: one.likeness)
                laid = [*laid, best] if forward else [best, *laid]
                left.remove(best.slot)
                at = best.behind if forward else best.first - 1
            elif text.is_free(at):
                free += 1
                at += 1 if forward else -1
            else:
                break
    return laid, [slot.first for slot in left]


def _is_translated(text: Text, laid: Sequence[Laid]) -> bool:
    """Whether a part stands there in another language, where words have another order (سرايا القدس, Al-Quds Brigades)."""
    return any(
        one.slot.stem.isascii() != text.words[one.first].isascii() and bool(translations(one.slot.stem)) for one in laid
    )


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
    gap = free = 0
    at = place if forward else place - 1
    while 0 <= at < len(words):
        for slot in slots:
            if (one := _fits(text, at, slot, count, forward=forward)) is not None:
                return one, gap
        if text.is_free(at):
            free += 1
            if free > _MOST_FREE:
                return None
        else:
            gap += 1
            if gap > room or not text.is_name_like(at):
                return None
        at += 1 if forward else -1
    return None


def _fits(text: Text, at: int, slot: Slot, count: int, *, forward: bool) -> Laid | None:
    words = text.words
    if is_particle(words[at]) or (not count and words[at] == "علي" and not text.is_name_like(at)):
        return None  # ولد is Ould before it is Walid; behind a name على is "on"
    found = fit(words[at], slot, not count or slot.first == 0, not count or slot.behind == count)
    if found is not None:
        return Laid(slot, at, at + 1, found[0], found[1].step)
    other = at + 1 if forward else at - 1
    if slot.behind - slot.first == 1 and 0 <= other < len(words):
        left, right = min(at, other), max(at, other)
        likeness = _alike_together(
            _sounds_of(words[left], is_first=slot.first == 0), _plain_sounds(words[right]), slot.sounds
        )
        if likeness is not None and not is_filler(words[left]):
            return Laid(slot, left, right + 1, likeness, "joined")
    return None


@lru_cache(maxsize=65_536)
def fit(word: str, slot: Slot, is_first: bool, is_last: bool) -> tuple[Likeness, Heard] | None:
    """How a word is like a part, and as what it was heard; clitics only for the first part, endings for the last."""
    best: tuple[Likeness, Heard] | None = None
    is_single = slot.behind - slot.first == 1
    alone = len(sounds(slot.stem)) if is_single else -1
    for heard in heard_as(word):
        if (heard.first and not is_first) or (heard.last and not is_last):
            continue
        if not is_single and slot.stem.startswith("ali") and heard.form.startswith("ال"):
            continue  # الطاهر is al-Taher and not Ali Taher
        if is_single and heard.form[0] == "ل" and slot.stem[0] in "aeiou":
            continue  # لأحمد is "for Ahmad", though Lahmad is al-Ahmad in the Maghreb
        likeness = alike(heard.form, slot.stem) if is_single else None
        known = slot.own if slot.meant and heard.form not in slot.meant else slot.sounds
        if (likeness is None or likeness.tier == "C") and len(
            known
        ) != alone:  # else they are those that `alike` compared
            likeness = sounds_alike(heard.sounds, known) or likeness
        if (
            likeness is not None
            and (best is None or likeness < best[0])
            and not _is_written_otherwise(heard.form, slot)
        ):
            best = likeness, heard
    return best


def _is_written_otherwise(form: str, slot: Slot) -> bool:
    """Whether a word in Arabic letters is not written as the part is, where that is known."""
    if not slot.written or not "\u0600" <= form[0] <= "\u06ff":
        return False
    keys = {sound.key for sound in slot.sounds}
    known = [part for part in slot.written if not keys.isdisjoint(sound.key for sound in sounds(part))]
    return bool(known) and not any(written_alike(form, part) for part in known)


def _sounds_of(word: str, *, is_first: bool) -> tuple[Sound, ...]:
    """How a word sounds; behind a clitic too, where it is the first of a name (لعبد الله)."""
    if not is_first or word.isascii():
        return _plain_sounds(word)
    return tuple(sound for heard in heard_as(word) if not heard.last for sound in heard.sounds)


@lru_cache(maxsize=65_536)
def _plain_sounds(word: str) -> tuple[Sound, ...]:
    stem = stem_of(spell_name(word))
    return sounds(stem[2:] if stem.startswith("ال") and stem not in GOD and len(stem) > 4 else stem)


def together(left: str, right: str, slot: Slot) -> Likeness | None:
    """How two words of a text, read as one, are like a part."""
    return _alike_together(_plain_sounds(left), _plain_sounds(right), slot.sounds)


def _alike_together(first: Sequence[Sound], second: Sequence[Sound], part: Sequence[Sound]) -> Likeness | None:
    """How two words of a text, read as one, are like a part."""
    if not first or not second or not part or part[0].key[0] not in {one.key[0] for one in first}:
        return None
    if len(part[0].key) - weight(second[0]) not in {len(one.key) for one in first}:
        return None
    return sounds_alike(joins(first, second), part)


def joint_bits(word: str) -> tuple[int, int]:
    """What a word tells of the parts that it may be with another: a bit for each `joint_bit` of it alone, and by how much
    they move where it stands behind another; -1 for a word that is never behind one."""
    heard = _plain_sounds(word)
    bits = 0
    for letter, consonants in product({one.key[0] for one in heard}, {len(one.key) for one in heard}):
        bits |= _bit(letter, consonants)
    return bits, min(weight(heard[0]), _MOST_CONSONANTS) if heard else -1


def joint_bit(part: Sequence[Sound]) -> int:
    """By what a part is told from most pairs of words: the first letter of its key, and how many there are, as one bit."""
    return _bit(part[0].key[0], len(part[0].key)) if part else 0


def _bit(letter: str, consonants: int) -> int:
    return 1 << (ord(letter) % 32 * 16 + min(consonants, _MOST_CONSONANTS))
