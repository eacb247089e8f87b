"""What Arabic letters tell that sounds do not: whether two words are spellings of one name; what no name ends in. Pure.

Sounds take k for q and h for kh, because Latin does not tell them apart. Arabic does: العلمي is not العليمي, nor الفايز الفياض.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ALIKE = str.maketrans("گقغپڤذظثصطژچىی", "كككبفزضسستزجيي")
"""Letters that foreign names and Persian are written with in turn."""
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[اويءئؤ]+")
_LAST = "ياه"
"""What a word ends in that may be a vowel: مقتدى is مقتدا in Persian."""
_MANY = 5
_KUNYA = frozenset({"ابو", "ابي", "ابا"})
"""Father of, in its three cases."""


@lru_cache(maxsize=16_384)
def written_alike(word: str, part: str) -> bool:
    """Whether a folded word of a text may be a folded part of a watched name. Alef may be left out, and one waw or yeh of a
    long word; ayn, the last letter and every other consonant are as they are."""
    if word in _KUNYA and part in _KUNYA:
        return True
    if part.endswith("يي") and word.endswith("ه"):
        word = f"{word[:-1]}ي"  # خامنئي, folded, is what Persian writes خامنه‌ای
    mine, theirs = (_plain(one) for one in (word, part))
    if mine == theirs:
        return True
    spoken, theirs_spoken = _VOWELS.sub("", mine), _VOWELS.sub("", theirs)
    if spoken != theirs_spoken or (mine[-1] in _LAST) != (theirs[-1] in _LAST):
        return False
    apart = abs(len(_inner(mine)) - len(_inner(theirs)))
    return _inner(mine) == _inner(theirs) or (len(spoken) >= _MANY and apart <= 1)


def _plain(word: str) -> str:
    word = word.replace("تش", "ج").translate(_ALIKE)
    return _DOUBLED.sub(r"\1", word)


def _inner(word: str) -> str:
    """The waws and yehs inside a word."""
    return "".join(letter for letter in word[1:-1] if letter in "وي")


_FEMININE_NISBA = "يه"
_ADVERB = ("اً", "ًا")
_LATIN_MASCULINE = re.compile("(?:[^aeiouy]|[^aeiou](?:i|y|ii))$")


def is_arabic(word: str) -> bool:
    """Whether a folded word is in Arabic letters."""
    return "\u0600" <= word[:1] <= "\u06ff"


def has_tanwin(surface: str) -> bool:
    """Whether a word, as it stands, is in the accusative with its mark: an adverb (نسبياً), or somebody that something is done to."""
    return surface.endswith(_ADVERB)


@lru_cache(maxsize=16_384)
def is_feminine_of(word: str, part: str) -> bool:
    """Whether a folded word ends as what belongs to a thing does (عسكرية), and the part of a name, in any letters, does not."""
    if not word.endswith(_FEMININE_NISBA) or len(word) <= _MANY:
        return False
    return not part.endswith(_FEMININE_NISBA) and (not part.isascii() or _LATIN_MASCULINE.search(part) is not None)
