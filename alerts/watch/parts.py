"""The parts of a watched name and the words of a text, as laying one along the other needs them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Literal, NamedTuple, TypeVar

from alerts.watch.attested import names_of
from alerts.watch.likeness import Likeness, also_as, heard_as, joins
from alerts.watch.names import is_article
from alerts.watch.namewords import is_common, is_filler, is_particle, is_patronymic, is_title
from alerts.watch.regional import also_written
from alerts.watch.skeleton import Sound, sounds, weight
from alerts.watch.translated import is_general, translations
from scraper.text import Folded

T = TypeVar("T")
_LOOKED_AT = 4_000
"""Code points that tell whether a text has capitals."""
_CAPITAL = re.compile(r"[A-ZÀ-ÞŞİĞА-Я](?<![^\W\d_].)")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_MANY_WORDS = 6
_ANCHOR = 3
"""Consonants that an anchor has at least."""
_FEWEST_ALONE = 3
"""Consonants of a name that stands without "of the faith": Slah is too short for Slaheddine."""
_EVERYBODY = frozenset({"MHMD", "AHMD", "AL"})
"""Muhammad, Ahmad and Ali: a third of all men bear one of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A part of a name, or two neighbours joined: parts `[first, behind)`. Each is one thing, whatever it says."""

    first: int
    behind: int
    stem: str
    sounds: tuple[Sound, ...]
    own: tuple[Sound, ...] = ()
    """Without those of its translations, where it has some."""
    written: Set[str] = frozenset()
    """How the parts of this person's names are written in Arabic letters, where that is known: their like in sound is not enough."""
    meant: frozenset[str] = frozenset()
    """The translations themselves, as words of a text are heard: their like is not enough (الدول is not الدولة)."""


class Spelling(Generic[T]):
    """One watched name, ready to be laid along words."""

    __slots__ = (
        "alike",
        "common",
        "found",
        "is_son",
        "joins",
        "person",
        "singles",
        "slots",
        "slots_back",
        "stems",
        "tells",
        "weights",
    )

    def __init__(
        self,
        stems: Sequence[str],
        found: T,
        *,
        person: bool,
        written: Set[str] = frozenset(),
        sons: Mapping[str, str] = MappingProxyType({}),
        alike: Hashable = None,
    ) -> None:
        self.found = found
        self.alike = alike
        """What other spellings of one name share with it."""
        self.person = person
        self.stems = tuple(stems)
        self.is_son = len(stems) > 1 and sons.get(stems[-1], "").startswith("ben")
        """Whether the surname is "Ben" with a name: it is no part of it that may be left out, as "bin" before a father is."""
        heard = [sounds(stem) for stem in stems]
        fathers = [sounds("bu") if "bu" in also_written(stem) else () for stem in stems]
        meant = [() if person else _translated(stem) for stem in stems]
        self.weights = tuple(max((weight(one) for one in each), default=0) for each in heard)
        self.common = tuple(
            is_common(stem)
            or (not person and (is_filler(stem) or bool(meant[at]) or any(map(is_general, (stem, *also_as(stem))))))
            for at, stem in enumerate(stems)
        )
        self.tells = tuple(_tells(stem, self.common[at], self.weights[at]) for at, stem in enumerate(stems))
        written = written if person else frozenset()
        single = [
            Slot(at, at + 1, stem, said, own, written, others)
            for at, stem in enumerate(stems)
            for said, own, others in (_sounds_of(stem, meant[at], sons.get(stem, "")),)
        ]
        pairs = [
            Slot(at, at + 2, stems[at] + stems[at + 1], joins((*heard[at], *fathers[at]), heard[at + 1]))
            for at in range(len(stems) - 1)
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
        if count > 1 and not (dull and self.person):
            yield self.singles[-1], self.singles[0]


def _sounds_of(
    stem: str, meant: Sequence[str], son: str = ""
) -> tuple[tuple[Sound, ...], tuple[Sound, ...], frozenset[str]]:
    """The sounds of a part with its translations, those without, and the translations."""
    faithful = stem.endswith("din")
    own = tuple(
        sound
        for form in (stem, *also_as(stem), *also_written(stem), son)
        for sound in sounds(form)
        if not faithful or form == stem or (weight(sound) >= _FEWEST_ALONE and sound.key[-1] == form.upper()[-1])
    )
    others = tuple(sound for form in meant for sound in sounds(form))
    return (*own, *others), own, frozenset(heard.form for form in meant for heard in heard_as(form))


def _translated(stem: str) -> tuple[str, ...]:
    """What a word of a group's name is in other languages, where that has consonants enough to be told by."""
    return tuple(
        other for other in translations(stem) if max((weight(sound) for sound in sounds(other)), default=0) >= 2
    )


def _tells(stem: str, common: bool, consonants: int) -> float:
    """How much a part says about who is meant: less than one for what half the world is called, three for rare letters."""
    if common:
        return 0.5 if any(one.key in _EVERYBODY for one in sounds(stem)) else 1.0
    return (0.0, 0.5, 1.5, 2.0, 2.4 if names_of(stem) else 3.0)[min(consonants, 4)]


class SoundHit(NamedTuple, Generic[T]):
    """A name found by its sound in words `[first, behind)`."""

    first: int
    behind: int
    found: T
    tier: Literal["B", "C"]
    steps: tuple[str, ...]
    apart: float
    opens: tuple[bool, bool] = (False, False)
    """Whether the first part of the name was left out, and the last."""


class Text:
    """A text and what was asked about its words before."""

    __slots__ = ("_cased", "_free", "_headline", "_named", "_small", "explains", "folded", "words")

    def __init__(self, folded: Folded, *, explains: bool = False) -> None:
        self.folded = folded
        self.explains = explains
        """Whether somebody asks by which steps that was read which is refused."""
        self.words = folded.words
        self._cased: bool | None = None
        self._headline: bool | None = None
        self._free: dict[int, bool] = {}
        self._named: dict[int, bool] = {}
        self._small: dict[int, bool] = {}

    def is_cased(self) -> bool:
        """Whether capitals are told from small letters: more words than the first begin with one."""
        if self._cased is None:
            capitals = _CAPITAL.finditer(self.folded.original, 0, _LOOKED_AT)
            self._cased = next(capitals, None) is not None and next(capitals, None) is not None
        return self._cased

    def is_headline(self) -> bool:
        """Whether capitals say nothing: most long words begin with one, as in the headlines of English."""
        if self._headline is None:
            long = _LONG_WORD.findall(self.folded.original, 0, _LOOKED_AT)
            large = sum(word[0].isupper() for word in long)
            self._headline = len(long) >= _MANY_WORDS and large * 3 > len(long) * 2
        return self._headline

    def is_small(self, first: int, behind: int) -> bool:
        """Whether one of these words is in small letters, in a script that has capitals; articles and particles are everywhere."""
        for at in range(first, behind):
            known = self._small.get(at)
            if known is None:
                known = self._small[at] = self._is_small(at)
            if known:
                return True
        return False

    def _is_small(self, at: int) -> bool:
        folded = self.folded
        if not folded.original[folded.starts()[at]].islower():
            return False
        return folded.original[slice(*folded.span(at, at + 1))].islower() and not self.is_free(at)

    def is_free(self, at: int) -> bool:
        """Articles and particles lie between parts without counting."""
        known = self._free.get(at)
        if known is None:
            word = self.words[at]
            known = is_particle(word) or is_filler(word) or is_patronymic(word) or (len(word) == 1 and word.isascii())
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
        letter = self.folded.original[self.folded.starts()[at]]
        if letter.isupper() or letter.islower():
            return letter.isupper()
        if word == "علي" and letter and self.folded.original[self.folded.span(at, at + 1)[1] - 1] == "ى":
            return False  # على is "on"
        return any(
            is_common(heard.form, 0.25) or translations(heard.form) for heard in heard_as(word) if not heard.first
        )


class Laid(NamedTuple):
    """A part laid on words `[first, behind)`."""

    slot: Slot
    first: int
    behind: int
    likeness: Likeness
    step: str


class Refused(NamedTuple, Generic[T]):
    """What lies in words `[first, behind)` like a name and is not taken for it, and why, in words."""

    first: int
    behind: int
    found: T
    reason: str
    steps: tuple[str, ...]


def keys_of(slot: Slot) -> set[str]:
    """The keys of a part, and marked with ~ those that it has with a slip; slips are for Latin letters only."""
    keys = {sound.key for sound in slot.sounds}
    if slot.stem.isascii():
        keys |= {f"{key}~" for sound in slot.sounds for key in slips_of(sound)}
    return keys


def slips_of(sound: Sound) -> tuple[str, ...]:
    """The key, the keys with one letter less, the first kept, and with kh as k; () for keys too short to slip."""
    key = sound.key
    if weight(sound) < 3:
        return (key,) if weight(sound) == 2 else ()  # what Shala'i keeps of Shahlai
    fewer = (key[:at] + key[at + 1 :] for at in range(1, len(key)) if len(key) > 3 or key[at] == "H")
    return (key, *fewer, *([key.replace("H", "K", 1)] if "H" in key else []))
