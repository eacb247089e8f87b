"""Whether two texts in two languages are one statement: by what no translation changes. Pure.

    headline, body -> Marks: figures, names as they sound, words in Latin letters, the watched people who are named
    agreement(a, b) -> Agreement: how much of it both have, and what; or that one contradicts the other

Nobody translates a number, and a name keeps its consonants. What every text of a region names (Iran, Israel, Friday) weighs
little; a name of five consonants or a figure of four digits weighs much. The caller has made sure that one watched speaker is
quoted in both, within hours, by two sources. A false join swallows news and a missed one rings once more, so the limits are
set for the first never to happen; `docs/decisions/translations.md` has the measurements.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from alerts.watch.likeness import heard_as, sounds_alike
from alerts.watch.skeleton import Sound, weight
from scraper.likeness import quotations
from scraper.text import fold

LONGEST: Final = 6_000
"""Code points of a body that are looked at: a statement says its names early."""
MOST_NAMES: Final = 80


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on two texts count as one statement."""

    score: float = 4.0
    """The weight of what both have."""
    names: int = 2
    """Names that are no common ones, besides the speaker's; a shared figure of three digits stands for one."""
    share: float = 0.45
    """Of the names of the text that writes them with capitals."""
    figures: float = 3.0
    """The weight of shared figures alone, at least two of them, that is enough where no text has capitals (Arabic and Persian)."""
    longer: float = 4.0
    """So many times as long as the other, a text is a round-up and a translation of none."""


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What of a text every translation keeps."""

    script: str
    """`latin`, `arabic`, ...: the script of most of its letters."""
    figures: frozenset[str]
    names: tuple[tuple[str, tuple[Sound, ...]], ...]
    """Words with a capital inside a sentence, in the scripts that have capitals; each with how it may sound."""
    words: dict[str, tuple[Sound, ...]]
    """All words by how they may sound (by the key of the sound), in the scripts without capitals."""
    length: int
    """Code points of the body."""
    foreign: frozenset[str]
    """Words in Latin letters in a text of another script."""
    quoted: int
    """Words in quotation marks, in passages of six and more."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two texts agree: `why` is a short line for people, "" where they are two statements as far as this tells."""

    why: str
    score: float


_NONE = Agreement("", 0.0)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼʿʾ`´][^\W\d_]+)*")
_FIGURE = re.compile(r"(?<![\w.,٫٬])\d+(?:[.,٫٬]\d+)*(?![\w])")
_ENDS = re.compile(r"[.!?؟:\n“”\"«»•]\s*$")


@lru_cache(maxsize=512)
def read(title: str, body: str) -> Marks:
    """The marks of a headline and a body. Any strings are taken."""
    text = f"{title}\n{body[:LONGEST]}"
    script = _script(text)
    found = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    own = [(word, at) for word, at in found if _script(word) == script]
    foreign = (
        frozenset()
        if script == "latin"
        else frozenset(word.lower() for word, _ in found if len(word) >= 2 and _script(word) == "latin")
    )
    cased = script in ("latin", "cyrillic", "greek")
    names: dict[str, tuple[Sound, ...]] = {}
    heard: dict[str, list[Sound]] = {}
    for word, at in own:
        if cased and (not word[0].isupper() or at <= len(title) or _ENDS.search(text[max(0, at - 4) : at])):
            continue  # headlines and beginnings are written large whatever they are
        sounds = _sounds(word)
        if cased and sounds and len(names) < MOST_NAMES:
            names.setdefault(word.lower(), sounds)
        elif not cased:
            for sound in sounds:
                heard.setdefault(sound.key, []).append(sound)
    return Marks(
        script,
        frozenset(filter(None, (_figure(match.group()) for match in _FIGURE.finditer(text)))),
        tuple(names.items()),
        {key: tuple(dict.fromkeys(some)) for key, some in heard.items()},
        len(body),
        foreign,
        sum(len(one.split()) for one in quotations(body[:LONGEST])),
    )


def agreement(
    a: Marks, b: Marks, *, speakers: Collection[str], people: Collection[str] = (), limits: Limits = LIMITS
) -> Agreement:
    """Whether `a` and `b` are one statement. `speakers` are all spellings of who speaks in both, which is no evidence any more;
    `people` the ids of other watched people whom both name.
    """
    if max(a.length, b.length) > limits.longer * min(a.length, b.length):
        return _NONE
    mine, theirs = ({one for one in marks.figures if _figure_weight(one) >= 1.0} for marks in (a, b))
    if mine and theirs and len(mine & theirs) * 2 < min(len(mine), len(theirs)):
        return _NONE  # each has figures, and other ones
    figures = {one: _figure_weight(one) for one in a.figures & b.figures}
    met, share = _names(a, b, _spelled(speakers))
    latin = dict.fromkeys(a.foreign & (b.foreign | _lower(b)) | b.foreign & _lower(a), 1.0)
    found = figures | met | latin
    score = sum(found.values()) + 0.7 * len(people)
    rare = sum(value >= 1.0 for value in found.values())
    if a.names or b.names:
        enough = score >= limits.score and rare >= limits.names and share >= limits.share
    else:
        enough = sum(figures[one] for one in mine & theirs) >= limits.figures and rare >= limits.names
    if not enough:
        return _NONE
    shown = ", ".join(sorted(found, key=lambda one: (-found[one], one))[:5])
    return Agreement(f"in another language, with the same names and figures: {shown}", score)


def says_more(fresh: Marks, told: Collection[Marks]) -> bool:
    """Whether a translation quotes more than any text of its story: half as many words again as the longest quotations there."""
    return bool(fresh.quoted) and fresh.quoted > 1.5 * max((one.quoted for one in told), default=0)


# ------------------------------------------------------------------------------------------------------- figures


def _figure(written: str) -> str:
    """A number with digits 0 to 9 and no separators; "" where it is one digit. 238,000 is 238, for others write "238 thousand"."""
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else "." for char in written)
    parts = digits.split(".")
    if all(len(part) == 3 for part in parts[1:]):
        parts = ["".join(parts)]
    plain = re.sub(r"(?<=.)(?:000)+$", "", parts[0]) if len(parts) == 1 else ".".join(parts)
    return plain if len(plain) > 1 else ""


def _figure_weight(figure: str) -> float:
    """How much a shared figure says: days of the month and years say little, what has three digits and more says much."""
    if figure.isdigit() and 1900 <= int(figure) <= 2100:
        return 0.1
    if figure.isdigit() and int(figure) <= 31:
        return 0.4
    return 1.0 if len(figure) <= 2 else 2.0


# --------------------------------------------------------------------------------------------------------- names


def _names(a: Marks, b: Marks, speakers: frozenset[str]) -> tuple[dict[str, float], float]:
    """The names of one that stand in the other, with their weights, and how much of all its names that is.

    Where both write names with capitals, the way round that says less. Of two texts without capitals (Arabic and Persian) nothing
    can be told: every word might be a name.
    """
    ways = [_one_way(one, other, speakers) for one, other in ((a, b), (b, a)) if one.names]
    return min(ways, key=lambda way: (way[1], sum(way[0].values()), sorted(way[0])), default=({}, 0.0))


def _one_way(one: Marks, other: Marks, speakers: frozenset[str]) -> tuple[dict[str, float], float]:
    met, every = {}, 0.0
    theirs = other.words or _by_key(other)
    for word, sounds in one.names:
        if word in speakers or _spoken(sounds, speakers):
            continue
        value = _name_weight(word, sounds)
        every += value
        if value and any(sounds_alike((sound,), theirs.get(sound.key, ())) for sound in sounds):
            met[word] = value
    return met, sum(met.values()) / every if every else 0.0


def _by_key(marks: Marks) -> dict[str, tuple[Sound, ...]]:
    found: dict[str, list[Sound]] = {}
    for _, sounds in marks.names:
        for sound in sounds:
            found.setdefault(sound.key, []).append(sound)
    return {key: tuple(some) for key, some in found.items()}


def _name_weight(word: str, sounds: tuple[Sound, ...]) -> float:
    """By how many consonants it has, for short ones are met by chance; little for what everybody names."""
    heaviest = max(weight(sound) for sound in sounds)
    if heaviest < 3:
        return 0.0
    if word in _COMMON:
        return 0.2
    return 0.6 if heaviest == 3 else 1.0 if heaviest == 4 else 1.5


def _sounds(word: str) -> tuple[Sound, ...]:
    folded = fold(word).words
    return tuple(
        dict.fromkeys(
            sound for part in folded for heard in heard_as(part) for sound in heard.sounds if weight(sound) >= 3
        )
    )


def _spelled(speakers: Collection[str]) -> frozenset[str]:
    return frozenset(word.lower() for name in speakers for word in _WORD.findall(name))


@lru_cache(maxsize=4_096)
def _keys_of(words: frozenset[str]) -> frozenset[str]:
    return frozenset(sound.key for word in words for sound in _sounds(word))


def _spoken(sounds: tuple[Sound, ...], speakers: frozenset[str]) -> bool:
    keys = _keys_of(speakers)
    return any(sound.key in keys for sound in sounds)


def _lower(marks: Marks) -> frozenset[str]:
    return frozenset(word for word, _ in marks.names)


_EVERYBODYS = """iran iranian iranians iraq iraqi iraqis israel israeli israelis america american americans united states gaza
    lebanon lebanese syria syrian yemen yemeni palestine palestinian palestinians russia russian russians china chinese turkey
    turkish baghdad tehran washington beirut damascus jerusalem moscow ankara cairo riyadh europe european ukraine ukrainian
    britain british france french germany german egypt egyptian jordan jordanian saudi qatar kuwait zionist zionists islamic
    islam muslim muslims arab arabs hamas hezbollah hizbullah trump biden netanyahu khamenei allah god quran friday saturday
    sunday monday tuesday wednesday thursday january february march april june july august september october november december
    telegram twitter facebook reuters parliament president minister general secretary sheikh sayyid ayatollah imam"""
_COMMON: Final = frozenset(_EVERYBODYS.split())
"""What every other text of the region names, as far as it sounds alike in other languages: evidence of nothing by itself."""


def _script(text: str) -> str:
    """The script of most of its first 400 letters, by the blocks that matter here."""
    counts = {"latin": 0, "cyrillic": 0, "greek": 0, "hebrew": 0, "arabic": 0, "other": 0}
    seen = 0
    for char in text:
        if char.isalpha():
            counts[_block(char)] += 1
            seen += 1
            if seen == 400:
                break
    return max(counts, key=lambda one: counts[one])


def _block(char: str) -> str:
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "latin"
    if 0x370 <= code < 0x400:
        return "greek"
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0x590 <= code < 0x600:
        return "hebrew"
    return "arabic" if 0x600 <= code < 0x900 or 0xFB50 <= code < 0xFF00 else "other"
