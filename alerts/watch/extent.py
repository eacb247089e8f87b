"""How far a name reaches in the text: with what people count to it though the watched name has it not. Pure.

[Sheikh] [bin] [al-]NAME[ Ali][ Jr]      [The ]GROUP[, Ltd][ Company]      'Ali, (NAME)
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rapidfuzz.distance import JaroWinkler

from alerts.watch.names import is_article, is_name_article, with_signs
from alerts.watch.namewords import is_common, is_filler, is_honorific, is_particle, is_title, is_whole_title
from alerts.watch.tokens import name_readings
from alerts.watch.translated import is_legal_form, translations
from scraper.text import Folded, fold

_LOOSE = re.compile(r"[\s._\u200c'’‘ʿʾ`-]*")
_LISTED = re.compile(r"[\s._,\u200c'’-]*")
_SPACED = re.compile(r"[ \t\u00a0_\u200c-]*")
_MUCH_ALIKE = 0.72
"""Jaro-Winkler likeness of a word beside a name and the part of the name that is missing there: Urbina for Rubina."""
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
    if opens[1]:
        behind = _with_last(folded, behind, name)
    if opens[0] and not clitic and _stands_for_first(folded, first, name):
        first -= 1
        opens = False, opens[1]
    kind = _goes_on_as_person(folded, opens[1]) if person else _goes_on_as_group(folded)
    behind = _grown(folded, behind, kind, _LOOSE if person else _LISTED if words[behind - 1].isascii() else _SPACED)
    first -= bool(first and is_name_article(words[first - 1], name))
    first -= bool(first and not person and words[first - 1] == "the" and _is_written_as_name(folded, first - 1))
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
    if person and first and words[first - 1] in _SONS and _fits(folded, first, _LOOSE):
        first -= not (first > 1 and _is_written_as_name(folded, first - 2) and _fits(folded, first - 1, _LOOSE))
    return with_signs(folded.original, *folded.span(first, behind))


_SONS = frozenset({"bin", "ben", "ibn", "bint"})


def _stands_for_first(folded: Folded, first: int, name: str) -> bool:
    """Whether the word right before is the missing first part of the name after all, less well written than laying accepts."""
    word = folded.words[first - 1] if first else ""
    parts = fold(name).words
    return (
        bool(parts and word)
        and _is_written_as_name(folded, first - 1)
        and _fits(folded, first, _LOOSE)
        and JaroWinkler.similarity(word, parts[0]) >= _MUCH_ALIKE
    )


def _with_last(folded: Folded, behind: int, name: str) -> int:
    """`behind`, moved over the missing last part of the name, with an article and a particle before it, as in `_stands_for_first`."""
    parts, at, words = fold(name).words, behind, folded.words
    while at < min(behind + 2, len(words) - 1) and (is_particle(words[at]) or is_article(words[at], words[at + 1])):
        at += 1
    if not parts or at >= len(words) or not all(_fits(folded, one, _LOOSE) for one in range(behind, at + 1)):
        return behind
    alike = _is_written_as_name(folded, at) and JaroWinkler.similarity(words[at], parts[-1]) >= _MUCH_ALIKE
    return at + 1 if alike else behind


def _belongs_before(folded: Folded, at: int, *, person: bool) -> bool:
    """Whether a word right before a name is a title, or says in another language that a group is one (تنظيم)."""
    words, word = folded.words, folded.words[at]
    if person and is_honorific(word):
        return not word.isascii() or _is_written_as_name(folded, at)
    if word.isascii():
        return person and _is_written_as_name(folded, at) and is_whole_title(words, at)
    if (person and is_whole_title(words, at)) or (not person and word in _MARTYR):
        return True
    return any(
        is_title(form) if person else any(map(is_filler, translations(form)))
        for form in {reading.form for reading in name_readings(word)} - ({word} if person else set())
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
        if words[at] == "اي" and words[at - 1][-1] == "ه":
            return 1  # Persian: خامنه ای is one word, parted
        if is_open and at + 1 < len(words) and is_article(words[at], words[at + 1]):
            return 2 * _is_written_as_name(folded, at + 1)
        return int(is_common(words[at]) and words[at].isascii() and _is_written_as_name(folded, at))

    return more


def _goes_on_as_group(folded: Folded) -> Callable[[int], int]:
    words = folded.words

    def more(at: int) -> int:
        read = (one for one in name_readings(words[at]) if not one.step.startswith(("clitic wa", "clitic fa")))
        forms = {words[at], *(reading.form for reading in read)}
        if not forms.isdisjoint(_NUMBERS):
            return int(_is_written_as_name(folded, at))
        if any(map(is_legal_form, forms)) or words[at] in _COUNTRIES:
            return 1
        if len(words[at]) == 1 and _is_written_as_name(folded, at) and _is_initial(folded, at):
            return 1  # S.A, S.A.L.
        if words[at : at + 2] == ("off", "shore"):
            return 2
        kind = any(_is_kind_of_group(form) for form in forms)
        nisba = words[at].startswith("لل") or (words[at].startswith("ال") and words[at].endswith(("ي", "يه", "ين")))
        kind = kind or (nisba and any(map(translations, forms)))  # حزب الله اللبناني
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
    "faction", "complex", "plant", "factory", "establishment",
})  # fmt: skip
_COUNTRIES = frozenset({"عراق", "لبنان", "فلسطين", "سوريه", "سوريا", "يمن", "افغانستان", "بحرين"})
"""What Persian adds to a group's name without more: حزب‌الله لبنان."""
_JOINTS = frozenset(
    {"of", "the", "for", "and", "in", "an", "to", "et", "de", "la", "le", "du", "des", "في", "من", "علي"}
)


def _is_initial(folded: Folded, at: int) -> bool:
    """Whether a letter goes on with what stands before it, parted by a full stop alone."""
    return folded.original[folded.span(at - 1, at)[1] : folded.starts()[at]] == "."


def _fits(folded: Folded, at: int, gap: re.Pattern[str]) -> bool:
    """Whether nothing but `gap` stands before the word."""
    return gap.fullmatch(folded.original, folded.span(at - 1, at)[1], folded.starts()[at]) is not None


def _is_written_as_name(folded: Folded, at: int) -> bool:
    return folded.original[folded.starts()[at]].isupper()
