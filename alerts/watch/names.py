"""The parts of a name, and the ways to write them that say the same: articles, joined and parted words.

Tier A takes names as equal whose parts are equal after folding. Articles (al-, el-, ال, אל, and as-, ash-, en- before the
consonant that they agree with) count as part of no name of two words and more; a name of one word keeps its article,
because without it "Al-Badr" is a common name and الشباب is just "the youth".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scraper.text import fold, spell_name, spell_rule

_PLAIN_ARTICLES = frozenset({"al", "el", "ul", "il", "ol", "аль", "эль", "ель", "ал", "эл", "אל", "א", "ال"})
_ARTICLES = _PLAIN_ARTICLES | {"the"}
_SUN = re.compile(r"[aeu](sch|sh|ch|s|z|dh|d|th|t|n|r|l)|[аэе]([сшднтрз])")
_CAMEL = re.compile(r"(?<![^\W_])(?:[AaEeUu](?:sh|[lszdtnr]))(?=[A-ZÇĞİÖŞÜ][a-zçğıöşü])")
_ABD = re.compile(r"abd([aeouy])(l|r|s|sh|n|z|t|d)")
_ABD_JOINED = re.compile(
    r"abd[aeouy](?:l(?=[^aeiou].{2}|az[ie]+[zm]$|am[ie]+r$|a+l[ie]+m?$|aha+d$|awwa+l$|i+la+h$)|(sh|s|d|t|n|z|r)(?=\1.{2}))"
)
_TIED = re.compile(
    r"((?:mir|abou?|ab[ou]u|(?:ben|bin)(?=[^aeiou])(?!ja|ya))(?=.{4})|ben(?=[aeiou].{2})(?!ed|ig|it|ja|azir))(.+)|(.{3,})("
    r"zad(?:a|e|ah|eh)|n[ei]jad|nezhad|pour|ni(?:a|ya|yya)|khe?[ie]l|r[ei]za|زاده|نژاد|پور|خيل)"
)
"""What stands at the front or the end of a name and is written apart as often: Mirahmad, Benhammedi, Ahmadinejad."""
_LONG_ENOUGH = 5
_LONG_VOWEL = re.compile("aa|ee|oo|ou")
_SHORT_VOWEL = {"aa": "a", "ee": "i", "oo": "u", "ou": "u"}
_OF_THE_FAITH = re.compile(r"\b([A-Za-z]{3,}?)(?:-?[aeiou][ld]?-?|i)[dD](?:ee|i|ie)ne?\b")
"""Safieddine, which others write Safi al-Din; Shams-ud-Din."""
_BRACKETED = re.compile(r"\([^()]*\)")
_AYN_SIGNS = ("'", "’", "‘", "`", "ʿ", "ʾ", "ʻ", "ʼ")
_ALLAH = frozenset({"الله", "اللاه"})


class Part(NamedTuple):
    """One part of a name: its stem and the article before it, "" for none. `apart` is true for an article of its own word."""

    stem: str
    article: str = ""
    apart: bool = False


def name_parts(name: str) -> tuple[tuple[Part, ...], ...]:
    """The readings of a watched name as parts: spelled out (ş is sh) and, where it differs, plain (ş is s).

    A name without letters has no reading. Words joined with their article ("esSadr", "عبدالرحمن") are taken apart.
    """
    words = fold(_CAMEL.sub(r"\g<0>-", name)).words
    readings = []
    for spell in (spell_name, spell_rule):
        parts = _parts([spelled for word in words if (spelled := spell(word))])
        if sum(len(part.stem) for part in parts) > 1 and parts not in readings:
            readings.append(parts)
    for parts in [parts for parts in readings if len(parts) == 1]:
        readings += [(parts[0]._replace(stem=stem),) for stem in _lengthened(parts[0].stem)]
    return tuple(readings)


def _lengthened(stem: str) -> list[str]:
    """The other ways to write the long vowels of a Latin word: Shabaab is Shabab, and the other way round."""
    if not stem.isascii() or len(stem) < _LONG_ENOUGH:
        return []
    short = _LONG_VOWEL.sub(lambda found: _SHORT_VOWEL[found[0]], stem)
    longer = [short[:at] + "a" + short[at:] for at in range(1, len(short)) if short[at] == "a"]
    return [form for form in dict.fromkeys((short, *longer)) if form != stem]


def short_forms(name: str) -> tuple[str, ...]:
    """A name without what a list adds in brackets or behind a stroke: "Jund al-Khilafah (JaK-T)", "Harakat al-X / HaX"; and
    with the faith apart: "Hashem Safi al-Din".

    Only forms of two words and more; what a stroke parts counts on both sides.
    """
    bare = _BRACKETED.sub(" ", name)
    forms = [" ".join(each.split()) for each in bare.split(" / ")]
    forms += [_OF_THE_FAITH.sub(r"\1 al-Din", form) for form in forms]
    return tuple(form for form in forms if form != name and len(fold(form).words) > 1)


def is_article(word: str, following: str) -> bool:
    """Whether the folded `word` is an article of `following`, in the sun-letter forms too where the next letter agrees."""
    if word in _ARTICLES:
        return True
    agreed = _SUN.fullmatch(spell_name(word)) if len(word) <= 4 else None
    return agreed is not None and spell_name(following).startswith(agreed[1] or agreed[2])


def is_name_article(word: str, name: str) -> bool:
    """Whether the word before a hit of `name` belongs to it: al-, el- and their kin; "the" only where the name has it."""
    return word in _PLAIN_ARTICLES or (word == "the" and name[:4].lower() == "the ")


def with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of a name with the ayn sign before it ("'Ali", where no quotation ends behind it) and its closing bracket."""
    if start and text[start - 1] in _AYN_SIGNS and text[end : end + 1] not in _AYN_SIGNS:
        start -= 1
    if text.count("(", start, end) > text.count(")", start, end) and text[end : end + 1] == ")":
        end += 1
    return start, end


def article_forms(part: Part) -> tuple[str, ...]:
    """The ways to write the article of a part; () for none."""
    if not part.article or part.article == "the":
        return (part.article,) if part.article else ()
    if not part.article.isascii():
        return (part.article,)
    agreed = next((sun for sun in ("sh", "dh", "th", *"szdtnrl") if part.stem.startswith(sun)), "")
    forms = [part.article, "al", "el", "ul"] + [vowel + agreed for vowel in "aeu" if agreed]
    return tuple(dict.fromkeys(forms))


def _parts(words: list[str]) -> tuple[Part, ...]:
    words = [piece for word in words for piece in _pieces(word, alone=len(words) == 1)]
    parts: list[Part] = []
    article = ""
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if following and is_article(word, following):
            article = word
        elif word.startswith("ال") and len(word) >= 4 and word not in _ALLAH and not article:
            parts.append(Part(word[2:], "ال"))
        elif (abd := _ABD.fullmatch(word)) and following and (abd[2] == "l" or following.startswith(abd[2])):
            parts.append(Part("abd", article, bool(article)))
            article = abd[1] + abd[2]
        else:
            parts.append(Part(word, article, bool(article)))
            article = ""
    return tuple(parts)


def _pieces(word: str, *, alone: bool) -> tuple[str, ...]:
    """A word that holds a name and what is tied to it, taken apart: عبدالرحمن is عبد and الرحمن, abdulrahman abdul and rahman,
    kakazada kaka and zada. A word that is the whole name stays whole."""
    if word.startswith("عبدال") and len(word) > 6:
        return "عبد", word[3:]
    if joined := _ABD_JOINED.match(word):
        return joined[0], word[joined.end() :]
    if not alone and (tied := _TIED.fullmatch(word)):
        return tuple(piece for piece in tied.groups() if piece)
    return (word,)
