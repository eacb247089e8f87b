"""Names of which one part is there, known by what stands beside it: a title, the kind of a group, a colon, a verb of speech.

    Sheikh al-Khazali, السيد نصر الله      Qassam Brigades, حركة العصائب      الخزعلي: ...      al-Khazali told supporters

Each only where one watched person or group alone has such a part, and tier C.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from alerts.watch.arabic import written_alike
from alerts.watch.laying import fit
from alerts.watch.lexicon import GROUP, TELLS, TITLE, Marks
from alerts.watch.likeness import Likeness, heard_as
from alerts.watch.names import is_article
from alerts.watch.namewords import is_common, is_whole_title, titles
from alerts.watch.parts import Slot, SoundHit, Spelling, Text
from alerts.watch.skeleton import GOD
from alerts.watch.translated import kinds
from scraper.letters import APOSTROPHE

T = TypeVar("T")
_APART = 0.25
_MOST_PARTS = 4
_ANCHOR = 3
"""Consonants of a part that is enough beside another word."""
_LETTERS = 4
"""Letters of an Arabic surname that is enough though it has but two consonants of our table (كعبي): ayn is one, too."""
_ACROSS = 4
"""The same where the scripts differ, or the title is a given name too: الرئيس الصيني is not Zeiniye."""
_GIVEN_TITLES = frozenset({
    "sayyid", "sayyed", "sayed", "seyyed", "seyed", "seyid", "sayid", "seyyid", "syed", "seid", "imam", "hafiz", "sultan",
    "khan", "سيد", "امام", "حافظ",
})  # fmt: skip
"""Titles that are given names as well."""
_COLON = re.compile(r"\s{0,2}:\s")
_VERBS = (
    "said|says|told|tells|warned|warns|vowed|vows|added|adds|stressed|stresses|urged|urges|declared|declares|denounced|"
    "denounces|condemned|condemns"
)
_SPEAKS = re.compile(rf"[AaEe](?<!\w.)l[- ]([A-Z][\w'’]{{3,}}) (?:{_VERBS})\b")
"""It begins with a letter, which is searched for three times as fast as what is none."""
_TELL = frozenset(_VERBS.split("|"))
_SPACE = re.compile(r"[\s_\u200c-]*")


class Beside(Generic[T]):
    """The parts of watched names that are enough with a word beside them."""

    def __init__(self) -> None:
        self._surnames: dict[str, list[tuple[str, Spelling[T], Slot]]] = {}
        self._heads: dict[str, list[tuple[str, Spelling[T], Slot]]] = {}

    def add(self, spelling: Spelling[T], owner: str) -> None:
        """Take the surname of a person, the telling words of a group. `owner` is who bears the name."""
        last = len(spelling.stems) - 1
        own = [at for at, stem in enumerate(spelling.stems) if spelling.person or stem not in kinds()]
        for slot in spelling.singles:
            in_arabic = "\u0600" <= slot.stem[0] <= "\u06ff" and len(slot.stem) >= _LETTERS
            least = _ANCHOR if spelling.person and not in_arabic else 2
            if spelling.common[slot.first] or spelling.weights[slot.first] < least:
                continue
            if slot.first not in ((last,) if spelling.person else (*own[:1], *own[-1:])) or last > _MOST_PARTS:
                continue
            found = self._surnames if spelling.person else self._heads
            for key in {sound.key for sound in slot.sounds}:
                found.setdefault(key, []).append((owner, spelling, slot))

    def find(self, text: Text, marks: Marks) -> Iterator[SoundHit[T]]:
        """The names in a text. `marks` has the words that may be titles, kinds of groups and verbs of speech."""
        listed = titles()
        for at in marks.get(TITLE, ()):
            if text.words[at] not in listed or is_whole_title(text.words, at):
                yield from self._behind_title(text, at)
        if self._heads:
            for at in marks.get(GROUP, ()):
                yield from self._beside_kind(text, at)
        if self._surnames and text.words:
            if ":" in text.folded.original:
                yield from self._headlined(text)
            if TELLS in marks:
                yield from self._speaking(text)

    def _behind_title(self, text: Text, title: int) -> Iterator[SoundHit[T]]:
        at = _behind_article(text, title + 1)
        if at >= len(text.words):
            return
        behind = at + 1 + (at + 1 < len(text.words) and text.words[at + 1] in GOD)
        if APOSTROPHE not in text.words[at] and behind < len(text.words) and text.is_name_like(behind):
            return  # behind an ending (Erdoğan'dan Şam'a) no name goes on
        least = _ACROSS if text.words[title] in _GIVEN_TITLES else _ANCHOR
        for spelling, slot, likeness in self._alone(text, at, behind, self._surnames, least):
            yield _hit(spelling, slot, likeness, at, behind, f"title: {text.words[title]}")

    def _beside_kind(self, text: Text, kind: int) -> Iterator[SoundHit[T]]:
        """Kind and word in Arabic, either way round in Latin; the words do not stand in a longer name."""
        words = text.words
        latin = words[kind].isascii()
        behind = kind + 2 if words[kind + 1 : kind + 2] in (("هاي",), ("های",)) else kind + 1  # گردان های قسام
        for at in (_behind_article(text, behind), kind - 1) if latin else (_behind_article(text, behind),):
            if not 0 <= at < len(words) or not _is_next_to(text, min(at, kind), max(at, kind)):
                continue
            first, behind = min(at, kind), max(at, kind) + 1
            if latin and not (_is_large(text, at) and _is_large(text, kind)):
                continue
            for spelling, slot, likeness in self._alone(text, at, at + 1, self._heads, _ANCHOR):
                yield _hit(spelling, slot, likeness, first, behind, f"kind: {words[kind]}")

    def _headlined(self, text: Text) -> Iterator[SoundHit[T]]:
        """A surname that opens a headline or a post, before a colon: who speaks is known to its readers."""
        at = _behind_article(text, 0)
        if at >= len(text.words) or _COLON.match(text.folded.original, text.folded.span(at, at + 1)[1]) is None:
            return
        for spelling, slot, likeness in self._alone(text, at, at + 1, self._surnames, _ANCHOR):
            yield _hit(spelling, slot, likeness, at, at + 1, "headline")

    def _speaking(self, text: Text) -> Iterator[SoundHit[T]]:
        """A surname with its article before a verb of speech, where nobody else of that surname is named in the text."""
        folded, words = text.folded, text.words
        starts: Sequence[int] = ()
        for found in _SPEAKS.finditer(folded.original):
            starts = starts or folded.starts()
            at = bisect_left(starts, found.start(1))
            if at >= len(words) or starts[at] != found.start(1) or is_common(words[at]):
                continue
            if any(word == words[at] and _has_name_before(text, one) for one, word in enumerate(words)):
                continue
            for spelling, slot, likeness in self._alone(text, at, at + 1, self._surnames, _ANCHOR):
                yield _hit(spelling, slot, likeness, at, at + 1, "speaks")

    def _alone(
        self, text: Text, at: int, behind: int, parts: dict[str, list[tuple[str, Spelling[T], Slot]]], least: int
    ) -> Iterator[tuple[Spelling[T], Slot, Likeness]]:
        """The one name that has these words as a part, where only one has."""
        word = "".join(text.words[at:behind])
        keys = {sound.key for heard in heard_as(word) if not heard.first for sound in heard.sounds}
        known = [one for key in keys for one in parts.get(key, ())]
        if len({owner for owner, _, _ in known}) != 1:
            return
        original, start = text.folded.original, text.folded.starts()[at]
        if original[start].islower() and text.is_cased():
            return
        for _, spelling, slot in known:
            fits = fit(word, slot, True, True)
            if fits is None or fits[0].tier == "C" or fits[0].apart > _APART:
                continue
            same_script = slot.stem.isascii() == word.isascii()
            if (
                fits[0].tier != "A"
                and same_script
                and not word.isascii()
                and not any(written_alike(heard.form, slot.stem) for heard in heard_as(word))
            ):
                continue  # in Arabic letters a part is written as it is
            across = _ACROSS if spelling.person or fits[0].apart else _ANCHOR
            enough = least if same_script or fits[0].tier == "A" or word.isascii() else max(least, across)
            weight = spelling.weights[slot.first]
            as_written = fits[0].tier == "A" and weight >= 2 and not word.isascii()
            if weight >= enough or (as_written and (not spelling.person or len(slot.stem) >= _LETTERS)):
                yield spelling, slot, fits[0]
                return


def _hit(spelling: Spelling[T], slot: Slot, likeness: Likeness, first: int, behind: int, step: str) -> SoundHit[T]:
    steps = (step, f"skeleton {slot.sounds[0].key}")
    return SoundHit(first, behind, spelling.found, "C", steps, likeness.apart)


def _behind_article(text: Text, at: int) -> int:
    """`at`, or the word behind it where an article of its own stands there."""
    words = text.words
    return at + 1 if at + 1 < len(words) and is_article(words[at], words[at + 1]) else at


def _has_name_before(text: Text, at: int) -> bool:
    """Whether another name, or a title, stands right before a surname, with or without its article."""
    before = at - 1
    while before >= 0 and is_article(text.words[before], text.words[at]):
        before -= 1
    if before < 0 or not text.is_name_like(before):
        return False
    folded = text.folded
    between = folded.original[folded.span(before, before + 1)[1] : folded.starts()[at]]
    return not _STOPS.search(between)


_STOPS = re.compile(r"[^\w\s'’‘ʿʾ`-]|\n")


def _is_next_to(text: Text, one: int, other: int) -> bool:
    folded = text.folded
    between = folded.original[folded.span(one, one + 1)[1] : folded.starts()[other]]
    return (
        other - one <= 3
        and _SPACE.fullmatch(between.replace("های", "").replace("al", "").replace("el", "").replace("AL", ""))
        is not None
    )


def _is_large(text: Text, at: int) -> bool:
    return text.folded.original[text.folded.starts()[at]].isupper()


def is_telling(word: str) -> bool:
    """Whether a folded word is one of the verbs of speech, whatever follows an apostrophe in it."""
    return word in _TELL or ("'" in word and word.partition("'")[0] in _TELL)


def is_kind(word: str) -> bool:
    """Whether a folded word of a text says what kind of group follows, or went before."""
    listed = kinds()
    return word in listed or (not word.isascii() and any(heard.form in listed for heard in heard_as(word)))
