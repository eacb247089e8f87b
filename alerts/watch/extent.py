"""How far a name reaches in the text: with what people count to it though the watched name has it not. Pure.

[Sheikh] [al-]NAME[ Ali][ Jr]      [the ]GROUP[, Ltd][ Company]      'Ali, (NAME)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from alerts.watch.names import is_article, is_name_article, with_signs
from alerts.watch.namewords import is_common, is_filler, is_particle, is_title, is_whole_title
from alerts.watch.tokens import name_readings
from alerts.watch.translated import is_legal_form, translations
from scraper.text import Folded, fold

_LOOSE = re.compile(r"[\s._\u200c'’‘ʿʾ`-]*")
_LISTED = re.compile(r"[\s._,\u200c-]*")
_NUMBERS = frozenset({"i", "ii", "iii", "iv", "jr", "sr", "الابن"})
_MOST = 3
"""Words more, on either side."""


def extent(
    folded: Folded, first: int, behind: int, name: str, *, person: bool, opens: tuple[bool, bool], clitic: bool
) -> tuple[int, int]:
    """The code points `[start, end)` of the watched `name` that was found in words `[first, behind)`.

    `opens` says whether the name's first part was left out, and its last; `clitic`, whether something is written onto the
    first word, so that what stands before belongs to something else.
    """
    words = folded.words
    kind = _goes_on_as_person(folded, opens[1]) if person else _goes_on_as_group(folded)
    behind = _grown(folded, behind, kind, _LOOSE if person else _LISTED)
    first -= bool(first and is_name_article(words[first - 1], name))
    if (
        person
        and opens[0]
        and first
        and not clitic
        and _is_written_as_name(folded, first - 1)
        and _fits(folded, first, _LOOSE)
    ):
        first -= is_common(words[first - 1])
    while first and not clitic and _fits(folded, first, _LOOSE) and _belongs_before(folded, first - 1, person=person):
        first -= 1
    return with_signs(folded.original, *folded.span(first, behind))


def _belongs_before(folded: Folded, at: int, *, person: bool) -> bool:
    """Whether a word right before a name is a title, or says in another language that a group is one (تنظيم)."""
    words, word = folded.words, folded.words[at]
    if word.isascii():
        return person and _is_written_as_name(folded, at) and is_whole_title(words, at)
    if (person and is_whole_title(words, at)) or (not person and word in _MARTYR):
        return True
    return any(
        is_title(form) if person else any(map(is_filler, translations(form)))
        for form in {reading.form for reading in name_readings(word)} - ({word} if person else set())
    )


def is_written_small(name: str, surface: str) -> bool:
    """Whether a group's name of general words alone, written large, stands in the text in part small: "the Islamic state"."""
    if not surface[:1].isupper() or not surface.isascii() or " " not in name:
        return False
    return any(word[:1].islower() for word in surface.split() if len(word) > 3) and _is_general_name(name)


@lru_cache(maxsize=8_192)
def _is_general_name(name: str) -> bool:
    words = [word for word in name.split() if len(word) > 3]
    forms = fold(name).words
    return all(word[:1].isupper() for word in words) and all(
        len(form) <= 3 or is_filler(form) or bool(translations(form)) for form in forms
    )


def _grown(folded: Folded, behind: int, words_more: Callable[[int], int], gap: re.Pattern[str]) -> int:
    """`behind`, moved over what continues the name."""
    most = behind + _MOST
    while behind < min(most, len(folded.words)) and _fits(folded, behind, gap) and (more := words_more(behind)):
        behind += more
    return behind


def _goes_on_as_person(folded: Folded, is_open: bool) -> Callable[[int], int]:
    words = folded.words

    def more(at: int) -> int:
        if words[at] in _NUMBERS:
            return int(not words[at].isascii() or _is_written_as_name(folded, at))
        if is_open and at + 1 < len(words) and is_article(words[at], words[at + 1]):
            return 2 * _is_written_as_name(folded, at + 1)
        return int(is_common(words[at]) and words[at].isascii() and _is_written_as_name(folded, at))

    return more


def _goes_on_as_group(folded: Folded) -> Callable[[int], int]:
    words = folded.words

    def more(at: int) -> int:
        forms = {words[at], *(reading.form for reading in name_readings(words[at]))}
        if not forms.isdisjoint(_NUMBERS):
            return int(_is_written_as_name(folded, at))
        if any(map(is_legal_form, forms)):
            return 1
        kind = any(_is_kind_of_group(form) for form in forms)
        kind = kind or (words[at].startswith(("ال", "لل")) and any(map(translations, forms)))  # حزب الله اللبناني
        return int(kind and (not words[at].isascii() or _is_written_as_name(folded, at)))

    return more


def _is_kind_of_group(word: str) -> bool:
    if len(word) < 3 or word in _JOINTS or is_particle(word):
        return False
    return is_filler(word) or word in _KINDS or any(map(is_filler, translations(word)))


_MARTYR = frozenset({"الشهيد", "شهيد"})
"""What stands before the man a group is named after."""
_KINDS = frozenset({
    "movement", "party", "front", "army", "council", "union", "league", "province", "wing", "forces", "militia", "network",
    "faction",
})  # fmt: skip
_JOINTS = frozenset(
    {"of", "the", "for", "and", "in", "an", "to", "et", "de", "la", "le", "du", "des", "في", "من", "علي"}
)


def _fits(folded: Folded, at: int, gap: re.Pattern[str]) -> bool:
    """Whether nothing but `gap` stands before the word."""
    return gap.fullmatch(folded.original, folded.span(at - 1, at)[1], folded.span(at, at + 1)[0]) is not None


def _is_written_as_name(folded: Folded, at: int) -> bool:
    return folded.original[folded.span(at, at + 1)[0]].isupper()
