"""How a word of a text is like a part of a watched name: written alike, of the same sound, or with a slip.

word -> every way to hear it (readings, without article, without a Russian ending) -> alike(heard, part) -> tier, apart
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz.distance import JaroWinkler

from alerts.watch.namewords import JOINED_TITLES, SHORTENED, is_common, no_names
from alerts.watch.skeleton import CYRILLIC, Sound, joined, sounds, vowels_apart, weight
from alerts.watch.tokens import name_readings

_NEAR_ENOUGH, _NEARER = 0.87, 0.9
"""Jaro-Winkler likeness of two Latin words that differ by a slip; where one has a consonant more (Halabi is not Halbousi)."""
_ARTICLE_JOINED = re.compile(r"(?:al|el|ul)(?=[^aeiou].{3}|[aeiou].{3})|[aeu](?:sh(?=sh)|(s|d|t|n|r|z)(?=\1)).*")
_ARTICLE_VOWELS = frozenset("aeu")
_ABD = re.compile(r"abd[aeouy]?(?:l|(sh|s|d|t|n|z|r)(?=\1))?-?(?=.{3})")
_DIN = re.compile(r"(?<=...)(?:[aeou][ld]?|i[ld])d(?:[ei][aei]*|ai)ne?$")
_DIN_ALONE = re.compile(r"[aeiu][dl]d[aei]+ne?|d[aei]{1,2}ne?")
_FAITH = re.compile(r"(?<=....)\.?din$|(?<=...)\.din$")
_ABD_AND_H = re.compile(r"^abd(?=h)")
_ABDULLAHI = re.compile(r"^(abd[aeiou]l+ah)i$")
"""Abdullah in Somalia and West Africa."""
_ARTICLE_INSIDE = re.compile(r"(?<=...[^aeiou])[aou]l(?=[^aeiou][aeiou]...)")
"""Seyedolhosseini is Seyed al-Hosseini."""
_LONG = 11
_ABD_ALONE = re.compile(r"abd[aeouy]?(?:l|r|s|sh|n|z|t|d)?")
_CYRILLIC_ENDING = re.compile(r"(?<=...)(?:ого|ому|ами|ями|ах|ях|ом|ем|ой|ей|им|ым|ою|а|у|ы|и|е|я|ю|ь|й)$")
_CYRILLIC_FEMININE = re.compile(r"(?<=...)(?:(ии|ию|ией|ия)|(?:ы|и|е|у|ой|ою))$")
"""Of Халифа and Хания: what stands for their last letters in other cases."""
_TASTE_GROUPS = re.compile("ee|ou|oo")
_TASTE = str.maketrans("wvoyeq", "uuuiik")
_DOUBLES = re.compile(r"(.)\1+")


class Likeness(NamedTuple):
    """How a word is like a part: tier A for equal, B for the same sound, C for a slip; `apart` as vowels are.

    `slip` is what slipped, in tier C: vowels alone, or a consonant.
    """

    tier: Literal["A", "B", "C"]
    apart: float
    slip: Literal["", "vowel", "letter"] = ""


class Heard(NamedTuple):
    """A way to read a word of a text, with its sounds; `first` and `last` as in `tokens.Reading`."""

    form: str
    step: str
    first: bool
    last: bool
    sounds: tuple[Sound, ...]


@lru_cache(maxsize=65_536)
def heard_as(word: str) -> tuple[Heard, ...]:
    """Every way to hear a folded word: its readings as a name, without a joined article, without a Russian ending."""
    found: dict[str, Heard] = {}
    if word in no_names():
        return ()
    for form, step, first, last in name_readings(word):
        variants = [(form, step, last)]
        if "\u0400" <= form[0] <= "\u04ff" and (cut := _CYRILLIC_ENDING.sub("", form)) != form:
            variants.append((cut, "ending", last))
            if (name := _CYRILLIC_FEMININE.sub(_nominative, form)) != form:
                variants.append((name, "ending", last))
        if rest := _behind_article(form):
            variants.append((rest, "article", last))
        if (whole := stem_of(form)).endswith("din") and (faith := _FAITH.search(whole)) is not None:
            variants.append((whole[: faith.start()], "din", last))
        if len(form) >= _LONG and form.isascii() and (parted := _ARTICLE_INSIDE.sub("", form, count=1)) != form:
            variants.append((parted, "article", last))
        if form in SHORTENED:
            variants.append((SHORTENED[form], "shortened", last))
        if len(form) >= 6 and form.endswith(("ul", "il")) and form.isascii():
            variants.append((form[:-2], "article", last))  # Jamaatul
        if form.startswith(JOINED_TITLES) and len(form) >= 6:
            variants.append((form[3:], "title", last))
        for text, done, final in variants:
            stem = stem_of(text)
            if stem and stem not in found:
                found[stem] = Heard(stem, done, first, final, sounds(stem))
    return tuple(found.values())


def _nominative(ending: re.Match[str]) -> str:
    return "ия" if ending[1] else "а"


def _behind_article(word: str) -> str:
    """What is left of a word that begins with an article ("elmabruk", "essaadi"), "" where none does."""
    if word[:1] not in _ARTICLE_VOWELS:
        return ""
    article = _ARTICLE_JOINED.match(word)
    if article is None:
        return ""
    rest = word[2:] if word[:2] in ("al", "el", "ul") else word[1 + len(article[1] or "sh") :]
    return rest if len(rest) >= 4 else ""


def without_article(word: str) -> str:
    """A part of a watched name without the article that is written onto it; as it is, where a vowel leaves doubt (Alireza)."""
    rest = _behind_article(word) if word[:2] in ("al", "el", "ul") else ""
    return rest if len(rest) >= 5 and rest[0] not in "aeiou" else word


def also_as(word: str) -> tuple[str, ...]:
    """What a part of a watched name may be besides: what follows a joined article that may be none (Elosta is al-Usta, Essaadi السعدي),
    and the name alone of one "of the faith" (Nasiruddin is called Nasir)."""
    rest = _behind_article(word)
    forms = [rest] if rest and (rest[0] in "aeiou" or word[:2] not in ("al", "el", "ul")) else []
    if (faith := _FAITH.search(word)) is not None:
        name = word[: faith.start()]
        forms += [name] if max((weight(one) for one in sounds(name)), default=0) >= 3 else []
    if len(word) >= 6 and word.isascii() and word.endswith("ul"):
        forms.append(word[:-2])  # Ansarul
    return tuple(forms)


def stem_of(word: str) -> str:
    """A word without what only ties: abdul is abd, and abdulrahman abdrahman, in Arabic too; Cyrillic is Latin."""
    if not word:
        return ""
    word = SHORTENED.get(word, word)
    if "\u0400" <= word[0] <= "\u04ff":
        word = word.translate(CYRILLIC)
    if "\u0600" <= word[:1] <= "\u06ff":
        if word.startswith("عبدال") and len(word) > 6 and word != "عبدالله":
            return "عبد" + word[5:]
        return word[:-5] + "دين" if word.endswith("الدين") and len(word) > 6 else word
    if word.endswith(("n", "ne")) and "d" in word:
        if _DIN_ALONE.fullmatch(word):
            return "din"
        word = _DIN.sub(".din", word)  # the point keeps the d of Sad apart in Saduddin
    if word.startswith("abd"):
        word = _ABDULLAHI.sub(r"\1", word)
        if _ABD_ALONE.fullmatch(word):
            return "abd"
        if not re.fullmatch(r"abd[aeiou]l+ah?", word):
            return _ABD_AND_H.sub("abd.", _ABD.sub("abd", word, count=1))
    return word


@lru_cache(maxsize=65_536)
def alike(word: str, stem: str) -> Likeness | None:
    """How a word (as heard) is like a part of a name; None where it is not."""
    if word == stem or (word.isascii() and stem.isascii() and _plainly(word) == _plainly(stem)):
        return Likeness("A", 0.0)
    mine, theirs = sounds(word), sounds(stem)
    same = sounds_alike(mine, theirs)
    if same is not None:
        return same
    if word.isascii() and stem.isascii() and min(len(word), len(stem)) >= 4:
        heaviest = max((weight(one) for one in theirs), default=0)
        if (_final_i(word) != _final_i(stem) and heaviest < 5) or is_common(word) or is_common(stem):
            return None
        if heaviest >= 3 and (other := sounds_alike(mine, theirs, more=0.5)) is not None:
            return Likeness("C", other.apart, "vowel")
        if word[0] != stem[0]:
            return None
        if (word.startswith(stem) or stem.startswith(word)) and {word, stem} not in (
            {word, word + "s"},
            {stem, stem + "s"},
        ):
            return None  # a longer word is another name more often than a slip
        likeness = JaroWinkler.similarity(word, stem)
        more = bool(mine and theirs) and weight(mine[0]) != weight(theirs[0])
        if more and JaroWinkler.similarity(_plainly(word), _plainly(stem)) < _NEARER:
            return None
        if heaviest >= 3 and likeness >= _NEAR_ENOUGH:
            return Likeness("C", (1 - likeness) * 4, "letter")
    return None


def sounds_alike(mine: Sequence[Sound], theirs: Sequence[Sound], more: float = 0.0) -> Likeness | None:
    best = -1.0
    for one in mine:
        key = one.key
        for other in theirs:
            if key == other.key:
                most = _allowed(weight(one)) + more
                apart = vowels_apart(one, other)
                if apart <= most and (best < 0 or apart < best):
                    best = apart
    return Likeness("B", best) if best >= 0 else None


def joins(first: Sequence[Sound], second: Sequence[Sound]) -> tuple[Sound, ...]:
    return tuple(joined(one, other) for one in first for other in second)[:8]


def _allowed(consonants: int) -> float:
    """How far the vowels of a word may be apart: long words may differ more."""
    return 0.5 if consonants <= 3 else 1.0 if consonants <= 5 else 1.5


def _final_i(word: str) -> bool:
    return word[-1] in "iy"


@lru_cache(maxsize=65_536)
def _plainly(word: str) -> str:
    """A Latin word without the choices that are only of taste: ou, oo, w, o are u; ee, y, e are i; q is k; no doubles."""
    return _DOUBLES.sub(
        r"\1", _TASTE_GROUPS.sub(lambda found: "i" if found[0] == "ee" else "u", word).translate(_TASTE)
    )
