"""What each letter becomes before spellings are compared: the tables that the folding machine (`scraper/text.py`) is built from.

Two readers share one first step. What rules and names read alike (case, accents, vowel marks, alef and yeh forms) is
folded at once; a few letters that they read differently (`ş` is `s` in a rule, because people type it so, and `sh` in a
name) stay as they are and are spelled out word by word with `RULE_SPELLING` or `NAME_SPELLING`.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType


class Class:
    """What a code point is to a reader of words. Up to `ZERO_WIDTH_SPACE` it separates; from `MARK` on it vanishes.

    Plain numbers: they are compared with whole arrays, where an Enum would cost more than the comparison.
    """

    SEPARATOR = 0
    HYPHEN = 1
    UNDERSCORE = 2
    HASH = 3
    ZERO_WIDTH_SPACE = 4
    DIGIT = 5
    LETTER = 6
    CAPITAL = 7
    APOSTROPHE = 8
    NON_JOINER = 9
    IDEOGRAPH = 10
    WIDE = 11
    """One code point that becomes several: a ligature, `ß`."""
    MARK = 12
    COMPOSING = 13
    """A mark that makes one of `KEPT` of the letter before it."""
    HIDDEN = 14


APOSTROPHE = "'"
NON_JOINER = "\u200c"
_APOSTROPHES = frozenset("'’‘ʼʻʿʾʽʹ`´′‛＇՚׳ꞌ")
_HYPHENS = frozenset("-‐‑‒–—―−﹘﹣－־")
_HIDDEN = frozenset(
    {0xAD, 0x61C, 0x115F, 0x1160, 0x180E, 0x200D, 0x200E, 0x200F, 0x3164, 0xFEFF, 0xFFA0}
    | {*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xE0001, *range(0xE0020, 0xE0080)}
)
"""Soft hyphen, joiners, bidi controls, invisible operators, blank letters and tags: nobody sees them."""
_TATWEEL = 0x640

KEPT: dict[str, str] = {
    "ş": "ş", "Ş": "ş", "ș": "ş", "Ș": "ş", "ç": "ç", "Ç": "ç", "š": "š", "Š": "š", "č": "č", "Č": "č", "ž": "ž", "Ž": "ž",
    "ḫ": "ḫ", "Ḫ": "ḫ", "ẖ": "ḫ", "ḵ": "ḫ", "Ḵ": "ḫ", "ṯ": "ṯ", "Ṯ": "ṯ", "ḏ": "ḏ", "Ḏ": "ḏ", "ġ": "ġ", "Ġ": "ġ",
}  # fmt: skip
"""Letters that a rule and a name spell differently, with the one form of each that stays."""

COMPOSED: dict[tuple[int, int], int] = {
    (ord(parts[0].lower()), ord(parts[1])): ord(kept)
    for letter, kept in KEPT.items()
    if len(parts := unicodedata.normalize("NFD", letter)) == 2
}
"""A folded letter and the mark behind it, to the kept letter that they make: `s` and a cedilla are `ş`."""

RULE_SPELLING = MappingProxyType(
    {ord(kept): ord(unicodedata.normalize("NFD", kept)[0]) for kept in KEPT.values()}
    | {ord(APOSTROPHE): None, ord(NON_JOINER): None}
)
NAME_SPELLING = MappingProxyType(
    {
        ord("ş"): "sh", ord("š"): "sh", ord("ç"): "ch", ord("č"): "ch", ord("ž"): "zh",
        ord("ḫ"): "kh", ord("ṯ"): "th", ord("ḏ"): "dh", ord("ġ"): "gh",
        ord("ء"): None, ord("ۆ"): "و", ord("ێ"): "ي", ord("ڕ"): "ر", ord("ڵ"): "ل",
        ord(APOSTROPHE): None, ord(NON_JOINER): None,
    }
)  # fmt: skip
"""Names drop the lone hamza, and take the Kurdish vowels for what Arabic writes."""

_ONE_FORM = {
    **dict.fromkeys("ىیېےۍ", "ي"), **dict.fromkeys("کڪ", "ك"), **dict.fromkeys("ةەہھۃ", "ه"), "ٱ": "ا", "ٲ": "ا", "ٳ": "ا",
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
    "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ə": "e",
    "ς": "σ", "ħ": "h", "ŧ": "t", "ð": "d", "þ": "th",
}  # fmt: skip

LOOK_ALIKES: dict[str, str] = {
    # Cyrillic, also as their capitals look: Н is h, В is b.
    "а": "a", "в": "b", "е": "e", "ѕ": "s", "і": "i", "ј": "j", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p", "с": "c",
    "т": "t", "у": "y", "х": "x", "һ": "h", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ӏ": "l", "г": "r", "ь": "b", "ү": "y",
    # Greek
    "α": "a", "β": "b", "ε": "e", "ζ": "z", "η": "hn", "ι": "i", "κ": "k", "μ": "m", "ν": "nv", "ο": "o", "ρ": "p", "σ": "o",
    "τ": "t", "υ": "yu", "χ": "x", "γ": "y", "ω": "w",
    # Armenian, phonetic letters, small capitals
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "զ": "q", "ց": "g", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ᴀ": "a", "ʙ": "b", "ᴄ": "c",
    "ᴅ": "d", "ᴇ": "e", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ʟ": "l", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p",
    "ʀ": "r", "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z",
}  # fmt: skip
"""Folded letters that can pass for a Latin one, and for which (more than one letter: each of them)."""


_LISTED: dict[str, tuple[int, str]] = {
    **{chr(point): (Class.HIDDEN, "") for point in _HIDDEN},
    **dict.fromkeys(_HYPHENS, (Class.HYPHEN, "")),
    **dict.fromkeys("#＃﹟", (Class.HASH, "")),
    **dict.fromkeys("_＿", (Class.UNDERSCORE, "")),
    **dict.fromkeys(_APOSTROPHES, (Class.APOSTROPHE, APOSTROPHE)),
    **{letter: (Class.CAPITAL if letter.isupper() else Class.LETTER, kept) for letter, kept in KEPT.items()},
    **{chr(mark): (Class.COMPOSING, "") for _, mark in COMPOSED},
    NON_JOINER: (Class.NON_JOINER, NON_JOINER),
    "\u200b": (Class.ZERO_WIDTH_SPACE, ""),
    chr(_TATWEEL): (Class.MARK, ""),
}
"""The classes that are lists rather than categories of Unicode."""


def fold_letter(point: int) -> tuple[int, str]:
    """What the code point is, and what it becomes ("" where it separates or vanishes)."""
    letter = chr(point)
    if (listed := _LISTED.get(letter)) is not None:
        return listed
    category = unicodedata.category(letter)
    if category[0] == "M":
        return Class.MARK, ""
    if category == "Nd":
        return Class.DIGIT, str(unicodedata.decimal(letter))
    if category[0] != "L" and category != "Nl" and not _is_enclosed(point):
        return Class.SEPARATOR, ""
    folded = _fold(letter)
    if not folded:
        return Class.MARK, ""
    if " " in folded:
        return Class.SEPARATOR, ""  # a whole formula in one sign (ﷺ): no word of the text, and eighteen letters for one
    if len(folded) > 1:
        return Class.WIDE, folded
    if _is_ideograph(point):
        return Class.IDEOGRAPH, folded
    return (Class.CAPITAL if category in ("Lu", "Lt") else Class.LETTER), folded


def _fold(letter: str) -> str:
    """One letter, decomposed, without case and marks, in its one form, until nothing changes. Inner spaces separate."""
    if letter not in _ONE_FORM and not unicodedata.decomposition(letter) and letter.casefold() == letter:
        return letter
    before, text = "", letter
    while text != before:
        before = text
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(
            _ONE_FORM.get(one, one) if one.isalnum() else " "
            for one in plain
            if unicodedata.category(one)[0] != "M" and ord(one) != _TATWEEL and one not in _APOSTROPHES
        )
    return " ".join(text.split())


def _is_enclosed(point: int) -> bool:
    """Letters in circles and squares, which stand for the letter; without the circled M, which is an emoji."""
    return (0x24B6 <= point <= 0x24E9 and point != 0x24C2) or 0x1F130 <= point <= 0x1F149


def _is_ideograph(point: int) -> bool:
    """Han, Hiragana, Katakana (UAX 29 gives them no word bounds of their own)."""
    return (
        0x3040 <= point <= 0x30FF
        or 0x31F0 <= point <= 0x31FF
        or 0x3400 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0xFF66 <= point <= 0xFF9D
        or 0x1B000 <= point <= 0x1B16F
        or 0x20000 <= point <= 0x323AF
        or point in (0x3005, 0x3007)
    )


def is_disguised(text: str) -> bool:
    """Whether letters stand in `text` that only look like the usual ones: full-width, mathematical, in circles."""
    return not text.isascii() and any(
        0xFF21 <= (point := ord(letter)) <= 0xFF5A or 0x1D400 <= point <= 0x1D7FF or _is_enclosed(point)
        for letter in text
    )


def has_hidden(text: str) -> bool:
    """Whether `text` holds characters that nobody sees. The joiners of Arabic and Persian are part of its writing."""
    if text.isascii():
        return False
    arabic = any("\u0600" <= letter <= "\u06ff" for letter in text)
    return any(
        (ord(letter) in _HIDDEN or letter in "\u200b\u200c") and not (arabic and letter in "\u200c\u200d")
        for letter in text
    )
