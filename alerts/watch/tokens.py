"""How a word of a text may be read: itself, and the shorter words that clitics, articles and endings hide.

A word of the watchlist is only folded, never cut; a word of the text answers to each of its readings. Rules and names
share the cuts and differ in where they hold: a rule reads every word of a phrase alike, while in a name a clitic can
only stand before the first part ("محمد وعلي" is two people, not one) and an ending only behind the last.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from scraper.letters import APOSTROPHE, LOOK_ALIKES, NON_JOINER
from scraper.text import spell_name, spell_rule

LOOK_ALIKE = "look-alike letters"
ENDINGS = frozenset({
    "s", "in", "un", "nin", "nun", "i", "u", "yi", "yu", "a", "e", "ya", "ye", "da", "de", "ta", "te", "dan", "den", "tan",
    "ten", "la", "le", "yla", "yle", "lar", "ler", "daki", "deki", "taki", "teki", "li", "lu",
})  # fmt: skip
"""Behind the last apostrophe: the English possessive and the Turkish endings, folded."""
_ELISIONS = frozenset({"l", "d", "qu", "j", "n", "s", "c", "m", "t"})
_CONJUNCTIONS = {"و": "wa-", "ف": "fa-"}
_PREPOSITIONS = {"ب": "bi-", "ك": "ka-", "ل": "li-"}
_HEBREW_PREFIXES = frozenset("והבלמשכ")
_ABD = re.compile(r"abd[aeouy](?:l|r|s|sh|n|z|t|d)")
_CYRILLIC_TWINS = str.maketrans("aeopcxykmtbhisj", "аеорсхукмтвніѕј")
_MOST_DISGUISES = 8
DIGITS = "signs for letters"
_DIGIT_LETTERS = str.maketrans("0134578", "oieastb")


def undigited(word: str) -> str:
    """A word with digits among its letters as it would be with the letters that they look like: kh4z4li is khazali."""
    letters = sum(letter.isalpha() for letter in word)
    return word.translate(_DIGIT_LETTERS) if letters * 3 >= len(word) >= 3 else word


class Reading(NamedTuple):
    """One way to read a word. `step` says what was done ("" for nothing), `first` and `last` where alone it holds."""

    form: str
    step: str = ""
    first: bool = False
    last: bool = False


@lru_cache(maxsize=8_192)
def rule_readings(word: str) -> tuple[Reading, ...]:
    """Every reading of a folded word for keyword lists and rules, the word itself first."""
    if word.isascii() and APOSTROPHE not in word:
        return (Reading(word),)
    found = [Reading(spell_rule(word)), *_behind_clitics(spell_rule(word))]
    for part, step in _cuts(word):
        found += [Reading(spell_rule(part), step), *_behind_clitics(spell_rule(part))]
    return _unique(found)


@lru_cache(maxsize=8_192)
def name_readings(word: str) -> tuple[Reading, ...]:
    """Every reading of a folded word for names: plain and spelled out (ş as s and sh), and with look-alikes undone."""
    if word.isascii() and APOSTROPHE not in word:
        if _ABD.fullmatch(word):
            return Reading(word), Reading("abd", "article")
        plain = undigited(word) if not word.isalpha() else word
        return (Reading(word), Reading(plain, DIGITS)) if plain != word else (Reading(word),)
    found: list[Reading] = []
    for spell in (spell_name, spell_rule) if spell_name(word) != spell_rule(word) else (spell_name,):
        whole = spell(word)
        if not whole:
            continue
        found += [Reading(whole), *_as_first(_behind_clitics(whole))]
        for part, step in _cuts(word):
            cut = spell(part)
            behind = step == _ENDING
            found += [Reading(cut, step, first=not behind, last=behind)]
            found += [reading._replace(last=behind) for reading in _as_first(_behind_clitics(cut))]
    for reading in tuple(found):
        found += [reading._replace(form=form, step=LOOK_ALIKE) for form in _undisguised(reading.form)]
    return _unique(found)


_ENDING = "ending"


def _cuts(word: str) -> list[tuple[str, str]]:
    """What is left without an ending, an elided article or what a non-joiner ties on, each with its step."""
    cuts = []
    if APOSTROPHE in word:
        head, ending = word.rsplit(APOSTROPHE, 1)
        if spell_rule(ending) in ENDINGS:
            cuts.append((head, _ENDING))
        elided, tail = word.split(APOSTROPHE, 1)
        if elided in _ELISIONS:
            cuts.append((tail, "elision"))
    if NON_JOINER in word:
        head = word.split(NON_JOINER, 1)[0]
        if len(head) >= 3:
            cuts.append((head, _ENDING))
    return cuts


def _behind_clitics(word: str) -> list[Reading]:
    """The readings of an Arabic or Hebrew word without what is written onto its front; [] for other scripts."""
    if not word:
        return []
    if "\u0600" <= word[0] <= "\u06ff":
        return _behind_arabic_clitics(word)
    if "\u05d0" <= word[0] <= "\u05ea":
        return _behind_hebrew_prefixes(word)
    return []


def _behind_arabic_clitics(word: str) -> list[Reading]:
    """Optional wa or fa, then optional bi, ka or li, then optional al; three letters stay, two behind the article."""
    stages = [(word, "")]
    if word[0] in _CONJUNCTIONS and len(word) > 3:
        stages.append((word[1:], _CONJUNCTIONS[word[0]]))
    for rest, gone in tuple(stages):
        if rest[0] in _PREPOSITIONS and len(rest) > 3:
            stages.append((rest[1:], gone + _PREPOSITIONS[rest[0]]))
            if rest.startswith("لل") and len(rest) > 3:
                stages.append(("ا" + rest[1:], gone + "li-"))
    found = [(rest, f"clitic {gone}") for rest, gone in stages[1:]]
    for rest, gone in stages:
        if rest.startswith("ال") and len(rest) >= 4:
            found.append((rest[2:], f"clitic {gone}al-" if gone else _ARTICLE))
    return [Reading(form, step) for form, step in found]


_ARTICLE = "article"


def _behind_hebrew_prefixes(word: str) -> list[Reading]:
    """Up to two of ו ה ב ל מ ש כ, three letters staying each time."""
    found = []
    for count in (1, 2):
        if len(word) - count >= 3 and word[count - 1] in _HEBREW_PREFIXES:
            found.append(Reading(word[count:], f"prefix {word[:count]}-"))
        else:
            break
    return found


def _as_first(readings: list[Reading]) -> list[Reading]:
    """Readings behind a clitic hold for the first part of a name only; behind an article alone, for every part."""
    return [reading if reading.step == _ARTICLE else reading._replace(first=True) for reading in readings]


def _undisguised(word: str) -> list[str]:
    """What the word would be if its look-alikes were Latin; and, for a mixed word, if its Latin letters were Cyrillic."""
    if word.isascii() or (word[0] >= "\u0590" and not "\u1d00" <= word[0] <= "\ua7ff"):
        return []
    found = []
    choices = [letter if letter.isascii() else LOOK_ALIKES.get(letter, "") for letter in word]
    if all(choices):
        found += ["".join(letters) for letters in islice(product(*choices), _MOST_DISGUISES)]
    if any("a" <= letter <= "z" for letter in word) and any("\u0430" <= letter <= "\u04ff" for letter in word):
        found.append(word.translate(_CYRILLIC_TWINS))
    return found


def _unique(readings: list[Reading]) -> tuple[Reading, ...]:
    """The first of each form and place, without empty ones: earlier readings took fewer steps."""
    seen: dict[tuple[str, bool, bool], Reading] = {}
    for reading in readings:
        if reading.form:
            seen.setdefault((reading.form, reading.first, reading.last), reading)
    return tuple(seen.values())
