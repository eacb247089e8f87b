"""Whether words that sound like a watched person's name are known to be something else: another name, a noun. Pure.

    Mahmoud Amini is no Mohammed Amini      عبد الحق is no Haqq      السلطة القضائية is nobody

What is refused here is refused whatever else tells. Each rule has the name that showed it in `tests/test_something_else.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from alerts.watch.arabic import has_tanwin, is_arabic, is_feminine_of
from alerts.watch.attested import is_other_name
from alerts.watch.likeness import heard_as, stem_of
from alerts.watch.namewords import is_particle, no_names
from alerts.watch.parts import Laid, Spelling, Text

T = TypeVar("T")
SERVANT = ("abd", "عبد")
"""What "servant of" is, a stem."""
_SONS = ("ben", "bin", "بن", "бен")
_TO_GOD = frozenset({"الله", "allah", "الدين"})
"""What makes another name of the one before it: نصر الله is no Nasr."""
_MANY = 4
"""Parts of a name of which one may be another name: officials write fathers' names in many ways."""
_FIRM = frozenset("BFJLMNRSTX")
"""Consonants that are not left out or slipped in: h and gh are, and d behind n."""
_SHORT = 5
"""Consonants of a word in which one more makes another name."""
_WHOLE = 6
"""Consonants of a word that is given name and surname at once."""


def something_else(text: Text, spelling: Spelling[T], laid: Sequence[Laid], *, turned: bool) -> str:
    """What the words of `laid` are, where that is known and is not the person; "" where nothing is known."""
    first, behind = laid[0].first, laid[-1].behind
    words = text.words
    parts = sum(one.slot.behind - one.slot.first for one in laid)
    if parts == len(spelling.stems) == 2 and not _may_be_whole(text, spelling, laid):
        return "one word for a whole name, and not all letters agree"
    if turned and any(is_particle(word) for word in words[first:behind]):
        return "“son of” stands before the son"
    if turned and is_arabic(words[first]) and any(one.likeness.tier != "A" for one in laid):
        return "no surname stands first in Arabic"
    if behind < len(words) and words[behind] in _TO_GOD and words[behind - 1] not in _TO_GOD:
        return f"goes on as another name: “{words[behind]}”"
    if other := _servant(text, spelling, laid):
        return f"“{other}” is another name"
    if spelling.is_son and _is_no_son(text, spelling, laid):
        return f"“Ben {spelling.stems[-1].capitalize()}” is written with Ben"
    if noun := _noun(text, laid):
        return f"“{noun}” is a word and no name"
    if parts < _MANY and (other := _other_name(text, laid)):
        return f"“{other}” is another name"
    if parts == 2 and (other := _with_another_letter(text, laid)):
        return f"“{other}” has another consonant"
    return ""


def _may_be_whole(text: Text, spelling: Spelling[T], laid: Sequence[Laid]) -> bool:
    """Whether one word may be given name and surname at once (شهبازاحمد): all sounds are the same, and they are many."""
    if len(laid) > 1 or laid[0].behind - laid[0].first > 1 or spelling.stems[0].startswith(SERVANT):
        return True
    enough = laid[0].likeness.apart == 0.0 and sum(spelling.weights) >= _WHOLE
    return enough and not text.words[laid[0].first].startswith(("ال", "لل"))


def _with_another_letter(text: Text, laid: Sequence[Laid]) -> str:
    """A word that has another consonant than its part, or one more or fewer: Etezadi is no Etemadi, Kamrani no Karani. "" for none."""
    for one in laid:
        if one.likeness.slip == "letter" and one.behind - one.first == 1:
            keys = {sound.key for heard in heard_as(text.words[one.first]) for sound in heard.sounds}
            if any(_is_another(key, sound.key) for key in keys for sound in one.slot.sounds):
                return text.words[one.first]
    return ""


def _is_another(key: str, other: str) -> bool:
    """Whether two keys differ by a consonant: by another in its place, or by one that no spelling swallows."""
    if max(len(key), len(other)) > _SHORT:
        return False  # in long words slips are likelier than namesakes
    if len(key) == len(other):
        return sum(mine != theirs for mine, theirs in zip(key, other, strict=True)) == 1
    short, long = sorted((key, other), key=len)
    return len(long) - len(short) == 1 and any(
        long[at] in _FIRM and long[:at] + long[at + 1 :] == short for at in range(len(long))
    )


def _other_name(text: Text, laid: Sequence[Laid]) -> str:
    """A word that is known as another name than the part that it lies on; "" where there is none."""
    return next(
        (
            text.words[one.first]
            for one in laid
            if one.behind - one.first == 1
            and one.slot.behind - one.slot.first == 1
            and one.likeness.tier != "A"
            and is_other_name(text.words[one.first], one.slot.stem)
        ),
        "",
    )


def _noun(text: Text, laid: Sequence[Laid]) -> str:
    """A word in Arabic letters that by its ending is none of a person's names, where the part has another; "" for none."""
    for one in laid:
        if one.likeness.tier == "A" or not is_arabic(word := text.words[one.first]) or one.behind - one.first > 1:
            continue
        surface = text.folded.original[slice(*text.folded.span(one.first, one.behind))]
        if has_tanwin(surface) or is_feminine_of(word, one.slot.stem) or (word[0] in "وف" and word[1:] in no_names()):
            return surface
    return ""


def _is_no_son(text: Text, spelling: Spelling[T], laid: Sequence[Laid]) -> bool:
    """Whether the surname of a Ben Ali stands there without "Ben", before it or in one word with it."""
    last = next((one for one in laid if one.slot.behind == len(spelling.stems)), None)
    if last is None:
        return False
    before = last.first - 1
    while before >= 0 and text.is_free(before) and not is_particle(text.words[before]):
        before -= 1
    joined = any(text.words[at].startswith(_SONS) for at in range(last.first, last.behind))
    return not joined and not (before >= 0 and is_particle(text.words[before]))


def _servant(text: Text, spelling: Spelling[T], laid: Sequence[Laid]) -> str:
    """Whose servant somebody is called, with it, where the name has no "abd": Abd al-Haqq is no Haqq. "" for nobody."""
    for one in laid:
        before = one.first - 1
        if before > 0 and text.is_free(before):
            before -= 1
        stem = stem_of(text.words[before]) if before >= 0 else ""
        if (
            stem in SERVANT
            and (one.slot.first == 0 or spelling.stems[one.slot.first - 1] not in SERVANT)
            and not one.slot.stem.startswith(SERVANT)
        ):
            return " ".join(text.words[before : one.behind])
    return ""
