"""How a word sounds, as far as a transliteration keeps it: its consonants in classes, and the vowels of each gap.

    Kays, Qais, قيس, Кайс  -> key "KS",  gaps ("", "ai", "")
    Hazali, Khazali, خزعلي -> key "HSL", gaps ("", "a", "a", "i")

Two spellings of a name have one key, because transliterations differ in vowels, in doubled letters and within a class
(k, q, g, gh); the gaps keep Hasan from being Husayn. Letters that are written in two ways have keys for each.
The reason for a class stands beside its table.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

_MOST_KEYS = 8
"""Keys of one word: letters with two readings double them."""


class Sound(NamedTuple):
    """One way to hear a word. `gaps` has the vowels before, between and behind the letters of `key`: one more than it.
    `written` is false for scripts that leave short vowels out (Arabic, Hebrew)."""

    key: str
    gaps: tuple[str, ...]
    written: bool


CYRILLIC = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "Γ", "ґ": "g", "ғ": "gh", "д": "d", "е": "e", "є": "e", "ё": "io", "ж": "j", "з": "z",
    "и": "i", "і": "i", "ї": "i", "й": "i", "ј": "i", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o",
    "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ү": "u", "ұ": "u", "ў": "u", "ф": "f", "х": "kh", "ҳ": "h",
    "һ": "h", "ц": "ts", "ч": "ch", "џ": "j", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ы": "i", "э": "e", "ә": "e", "ю": "iu",
    "я": "ia",
})  # fmt: skip
"""Cyrillic as Latin. Γ stays apart: Russian writes h with it (Гасан) as well as g."""

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tsch", ("X",)), ("dsch", ("J",)), ("sch", ("X",)), ("tch", ("X",)), ("dj", ("J",)), ("dzh", ("J",)), ("kh", ("H",)),
    ("gh", ("K",)), ("sh", ("X",)), ("ch", ("X", "H", "J")), ("th", ("S", "T", "D")), ("dh", ("S", "D")), ("ph", ("F",)),
    ("zh", ("J", "X")), ("ck", ("K",)), ("ts", ("S",)), ("tz", ("S",)), ("qu", ("K",)),
)  # fmt: skip
"""Letters that are one consonant together, the longest first: German, French, English and library transliterations."""
_LATIN_GROUPS = {one[0][0]: tuple(other for other in _GROUPS if other[0][0] == one[0][0]) for one in _GROUPS}

_LATIN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("kq", ("K",)), **dict.fromkeys("bp", ("B",)), **dict.fromkeys("sz", ("S",)), "f": ("F",), "d": ("D",),
    "t": ("T",), "l": ("L",), "m": ("M",), "n": ("N",), "r": ("R",), "h": ("H",), "x": ("X", "H"),
    "g": ("K", "J"),  # Egyptian Gamal is Jamal
    "c": ("K", "J", "S"),  # Turkish and Azeri Cihad is Jihad; French Yacine is Yasin, Fayçal Faisal
    "j": ("J",), "Γ": ("K", "H"),
}  # fmt: skip

_ARABIC: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("كقگ", ("K",)), "غ": ("K",), **dict.fromkeys("هحخ", ("H",)), **dict.fromkeys("بپ", ("B",)), "ف": ("F",),
    **dict.fromkeys("سصز", ("S",)), "ظ": ("S", "D"), "ث": ("S", "T"), "ذ": ("S", "D"), "ض": ("D", "S"),
    **dict.fromkeys("طتٹټ", ("T",)), **dict.fromkeys("دڈډ", ("D",)), "ج": ("J",), "ش": ("X",), "چ": ("X",), "ژ": ("J", "X"),
    "ل": ("L",), "م": ("M",), **dict.fromkeys("نںڼ", ("N",)), **dict.fromkeys("رڑړ", ("R",)), "ڤ": ("F",), "څ": ("S",),
    "ځ": ("S",), "ښ": ("X",), "ږ": ("J", "K"),
}  # fmt: skip
"""ظ, ث, ذ and ض are z, s, z and z in Persian and Urdu."""

_HEBREW: dict[str, tuple[str, ...]] = {
    "ק": ("K",), "כ": ("K", "H"), "ג": ("K", "J"), **dict.fromkeys("הח", ("H",)), "ב": ("B",), "פ": ("F", "B"),
    **dict.fromkeys("סז", ("S",)), "צ": ("S", "X"),
    "ת": ("T", "S"), "ט": ("T",), "ד": ("D",), "ש": ("X", "S"), "ל": ("L",), "מ": ("M",),
    "נ": ("N",), "ר": ("R",),
}  # fmt: skip

_VOWELS = {
    **dict.fromkeys("aàáâäå", "a"), "e": "e", "i": "i", "y": "i", "o": "o", "u": "u", "w": "w", "v": "w",
    "ا": "A", "ي": "I", "و": "U", "ع": "*", "א": "*", "ע": "*", "י": "I", "ו": "U",
}  # fmt: skip
"""The vowel of each letter; capitals are the written (long) vowels of Arabic and Hebrew, * may be any."""

_INITIALS = {**dict.fromkeys("wvوו", "W"), **dict.fromkeys("yيי", "Y")}
"""What a first letter is to the key; any vowel else is A. Without it, joined names ring twice as often for others."""

_COLOURS = {
    "a": frozenset("a"), "e": frozenset("ai"), "i": frozenset("i"), "o": frozenset("ua"), "u": frozenset("u"), "w": frozenset("u"),
    "A": frozenset("a"), "I": frozenset("i"), "U": frozenset("u"), "*": frozenset("aiu"),
}  # fmt: skip

_NEIGHBOURS = ({"u", "e"}, {"o", "e"}, {"o", "i"})
"""Vowels that are written for each other in unstressed syllables: Umar and Umer."""

_DOUBLED = re.compile(r"(.)\1+")
_SPLIT = re.compile(r"(?<=[aeiou])([zstd])h(?=[aeiou])")
_ALLAH = re.compile(r"(?<=[^aeiou])[aeiou]l+ah?$|(?<=..)(?:ال|ا|ل)له$|(?<=..)אלל?ה$")
GOD = frozenset({"allah", "alla", "ullah", "ollah", "ulla", "olla", "llah", "allakh", "الله", "اله", "אללה", "אלה"})


@lru_cache(maxsize=65_536)
def sounds(word: str) -> tuple[Sound, ...]:
    """How a word of a name sounds: `word` is folded and spelled as names are. () for a script without a table here,
    for digits, and for a word without consonants."""
    word = word.translate(CYRILLIC) if "\u0400" <= word[:1] <= "\u04ff" else word
    if not word:
        return ()
    if "\u0600" <= word[0] <= "\u06ff":
        return _heard(word, _ARABIC, written=False)
    if "\u05d0" <= word[0] <= "\u05ea":
        return _heard(word, _HEBREW, written=False)
    if "a" <= word[0] <= "z" or word[0] == "Γ":
        found = _heard(word, _LATIN, written=True)
        if "h" in word and (apart := _SPLIT.sub(r"\1.h", word)) != word:
            found += _heard(apart, _LATIN, written=True)  # Mazhari is مظهري, Fathi فتحي
        return found
    return ()


def _heard(word: str, table: dict[str, tuple[str, ...]], *, written: bool) -> tuple[Sound, ...]:
    classes: list[tuple[str, ...]] = []
    gaps = [""]
    if word in GOD:
        return (Sound("L", ("a", "a"), written),)
    if word[-1] in "ahهה" and (god := _ALLAH.search(word)) and god.start() >= 2:
        word, ending = word[: god.start()], "L"
    else:
        ending = ""
    if written:
        word = _DOUBLED.sub(r"\1", word)
    silent = not ending and len(word) > 2 and word[-1] in "hهה" and (not written or word[-2] in "aeiou")
    at, size = 0, len(word) - silent
    while at < size:
        letter = word[at]
        if written and letter in _LATIN_GROUPS:
            group = next((one for one in _LATIN_GROUPS[letter] if word.startswith(one[0], at)), None)
            if group is not None:
                classes.append(group[1])
                gaps.append("")
                at += len(group[0])
                continue
        if letter in table:
            following = word[at + 1 : at + 2]
            if letter == "m" and following in ("b", "p"):
                classes.append(("M", "N"))  # Jumblatt is جنبلاط
            else:
                classes.append(table[letter])
            gaps.append("")
        elif at == 0:
            first = _INITIALS.get(letter, "A")
            if written and word.startswith("ou") and word[2:3] in tuple("aeiy"):
                first, at = "W", 1  # French: Ouali is Wali
            classes.append((first,))
            gaps.append((_VOWELS.get(letter, "") if written else "*") if first == "A" else "")
        elif letter in _VOWELS:
            gaps[-1] += _VOWELS[letter]
        elif letter.isdigit():
            classes.append((letter,))
            gaps.append("")
        at += 1
    if silent:
        gaps[-1] += "h"
    if ending:
        classes.append(("L",))
        gaps[-1] += "*"
        gaps.append("a")
    keys = ["".join(letters) for letters in islice(product(*classes), _MOST_KEYS)]
    vowels = tuple(gaps)
    found = [Sound(key, vowels, written) for key in dict.fromkeys(keys)]
    if silent and found:
        spoken = (*gaps[:-1], gaps[-1][:-1], "")
        found.append(Sound(keys[0] + "H", spoken, written))
        if word[-1] == "ه" or word.endswith("ah"):
            found.append(Sound(keys[0] + "T", spoken, written))  # ta marbuta, folded into heh: Asbat is عصبة
    return tuple(sound for sound in found if sound.key.strip("AWY"))


def weight(sound: Sound) -> int:
    """The consonants that tell a word from others: the letters of its key without a vowel or glide at the front."""
    return len(sound.key) - (sound.key[0] in "AWY")


def joined(first: Sound, second: Sound) -> Sound:
    """Two words written as one: what the second began with, where that was a vowel or glide, is a vowel now."""
    key, gaps = second.key, second.gaps
    if key[0] in "AWY":
        key, gaps = key[1:], ({"A": "|", "W": "u", "Y": "i"}[key[0]] + gaps[0] + gaps[1], *gaps[2:])
    return Sound(first.key + key, (*first.gaps[:-1], first.gaps[-1] + gaps[0], *gaps[1:]), first.written)


def vowels_apart(one: Sound, other: Sound) -> float:
    """How far apart the vowels of two words with equal keys are: 0 for none, about 1 for one other vowel.

    A short vowel that one writes and the other leaves out costs half; in Arabic and Hebrew it is never written and
    costs nothing. A written long vowel against another costs one and a half. An ending -i or -u that one has and the
    other has not makes another name (Khazal, Khazali): 2.
    """
    return 0.0 if one.gaps == other.gaps else _gaps_apart(one.gaps, other.gaps, one.written, other.written)


@lru_cache(maxsize=131_072)
def _gaps_apart(one: tuple[str, ...], other: tuple[str, ...], one_written: bool, other_written: bool) -> float:
    last = len(one) - 1
    apart = 0.0
    for at, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        if mine != theirs:
            apart += _gap(mine, theirs, one_written, other_written, at == last)
    return apart


@lru_cache(maxsize=16_384)
def _gap(mine: str, theirs: str, mine_written: bool, theirs_written: bool, final: bool) -> float:
    if "*" in mine or "*" in theirs:
        return 0.0
    silent = "h" in mine or "h" in theirs
    begins = "|" in mine + theirs
    mine, theirs = (gap.replace("h", "") or "a" if "h" in gap else gap for gap in (mine, theirs))
    mine, theirs = mine.replace("|", ""), theirs.replace("|", "")
    if not mine or not theirs:
        some, full_side_written, empty_side_written = (
            (mine, mine_written, theirs_written) if mine else (theirs, theirs_written, mine_written)
        )
        if not some:
            return 0.0
        if begins:
            return 2.0  # a word that begins with a vowel shows it in every script
        if final:
            if mine_written and theirs_written and set(some) == {"a"} and not silent:
                return 2.0  # Amin, Amina
            return 0.5 if set(some.lower()) <= set("aeou") or (silent and len(some) == 1) else 2.0
        if not empty_side_written and full_side_written:
            return 0.0 if len(some) == 1 else 0.5
        return 0.5 if full_side_written == empty_side_written else 1.0
    my_colours = frozenset().union(*(_COLOURS[letter] for letter in mine))
    their_colours = frozenset().union(*(_COLOURS[letter] for letter in theirs))
    if (
        final
        and mine_written
        and theirs_written
        and not silent
        and (mine[-1] in "iyI") != (theirs[-1] in "iyI")
        and min(len(mine), len(theirs)) == 1
    ):
        return 1.5  # Khazali, Khazalia
    if (
        mine_written != theirs_written
        and "w" in mine + theirs
        and not set("uUow") & set(mine if theirs_written else theirs)
    ):
        return 1.0  # Mortazavi is not مرتضى
    if my_colours & their_colours:
        if not (mine_written and theirs_written):
            return 0.0
        if ("w" in mine[1:-1]) != ("w" in theirs[1:-1]) and not {"u", "o"} & {*mine, *theirs}:
            return 1.0  # Razavi is not Raisi
        return 0.5 if abs(len(mine) - len(theirs)) > 1 else 0.0
    if final and not (mine_written and theirs_written) and {mine, theirs} & {"I"} and {mine, theirs} & {"a"}:
        return 0.0  # the last letter of موسى and مصطفى is folded into yeh
    if mine_written and theirs_written:
        return 0.5 if {mine, theirs} in _NEIGHBOURS else 1.0
    return 1.5
