"""Reads how long ago something was said to be: "7 hours ago", "قبل ساعتين", "۳ ساعت پیش", "dün". Pure.

Works on text that went through `phrases.fold`. Each language is one expression, made from its table when first needed;
number and unit must stand beside that language's own "ago", so a length ("5 min read") is no age.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from scraper.model import Precision
from scraper.phrases import LANGUAGES, Words
from scraper.written import alternatives

_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_PRECISION: dict[str, Precision] = {"second": "second", "minute": "minute", "hour": "hour"}
_AT = re.compile(r" (?:a|at|um|в|о|om|as|alle|ore|a las|saat|في|الساعة|ساعت|ب|בשעה|ב)(?= ,|$)")
"""What is left of "yesterday at 14:05" once the clock is taken out."""
_LETTER = r"[^\W\d_]"
_START = r"(?<![\w.,:/-])(?<!\d )"


@dataclass(frozen=True, slots=True)
class _Grammar:
    ago: re.Pattern[str]
    bare: re.Pattern[str]
    piece: re.Pattern[str]
    units: dict[str, str]
    numbers: dict[str, float]
    pairs: dict[str, tuple[float, str]]
    now: re.Pattern[str]
    days: tuple[tuple[re.Pattern[str], int], ...]


def _any(words: Iterable[str]) -> str:
    """An expression for any of `words`, the longest first; one that never matches where there are none."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True)) or "(?!)"


def _pairs(table: str) -> Iterator[tuple[str, str]]:
    for entry in table.split():
        names, _, value = entry.partition("=")
        for name in alternatives(names):
            yield name, value


def _amount_and_unit(value: str) -> tuple[float, str]:
    """ "hour" is two of them, "0.5hour" half of one."""
    unit = value.lstrip("0123456789.")
    return (float(value[: -len(unit)]) if unit != value else 2.0), unit


@lru_cache(maxsize=64)
def _grammar(language: str) -> _Grammar:
    words: Words = LANGUAGES[language]
    by_unit = zip(_UNITS, words.units.split("|"), strict=True)
    units = {name: unit for unit, entry in by_unit for name in alternatives(entry)}
    numbers = {name: float(value) for name, value in _pairs(words.numbers)}
    pairs = {name: _amount_and_unit(value) for name, value in _pairs(words.pairs)}
    digits = rf"\d{{1,4}}(?:[.,]\d{{1,2}})?(?:[ -]|(?={_LETTER}))"
    number = rf"(?P<n>{digits}|(?:(?:{_any(numbers)})[ -]){{1,2}})"
    piece = rf"(?:(?P<p>{_any(pairs)})|{number}?(?P<u>{_any(units)}))(?!{_LETTER})\.?"
    plain = re.sub(r"\?P<\w>", "?:", piece)
    joiner = rf"[ ,]{{0,2}}(?:(?:{_any(alternatives(words.joiner))}) ?)?"
    run = f"{plain}(?:{joiner}{plain}){{0,6}}"
    about = f"(?:(?:{_any(alternatives(words.about))}) ?)?"
    before = rf"{_START}(?:{_any(alternatives(words.before))}) ?{about}(?P<run>{run})(?! ?\d)"
    after = rf"{_START}{about}(?P<run2>{run}) ?(?:{_any(alternatives(words.after))})(?!\w)"
    named = ((words.day_before, 2), (words.yesterday, 1), (words.today, 0))
    return _Grammar(
        ago=re.compile(f"{before}|{after}"),
        bare=re.compile(f"{about}(?P<run>{run})"),
        piece=re.compile(joiner + piece),
        units=units,
        numbers=numbers,
        pairs=pairs,
        now=re.compile(_any(alternatives(words.now))),
        days=tuple((re.compile(rf"(?<!\w)(?:{_any(alternatives(table))})(?!\w)"), back) for table, back in named),
    )


def _own(language: str | None) -> tuple[str, ...]:
    """The languages that come first: the given one and English, as far as they have a table."""
    return tuple(code for code in dict.fromkeys((language, "en")) if code in LANGUAGES and code is not None)


def since(
    folded: str, now: datetime, language: str | None, *, is_age: bool = False, told: bool = False
) -> tuple[datetime, Precision] | None:
    """The moment that a span back from `now` names, cut to its precision: its smallest unit, a day at most.

    Without "ago" the whole text must be numbers and units of an hour or more ("7h"): "5 min" is a length, unless `is_age`
    says that the text stands where an age does; with `told` there must be an "ago". `language` and English are tried
    before all others. Where languages compete, the longest reading counts; None where two of the same length differ
    ("год" is a year in Russian and an hour in Ukrainian), and where it goes back behind the calendar.
    """
    bare = folded.rstrip(" .,")
    own = _own(language) if language in LANGUAGES else ()
    signed, counted = _signs().search(folded) is not None, any(c.isdigit() for c in folded)
    for codes in (own, tuple(code for code in LANGUAGES if code not in own)):
        found = _longest(folded, now, codes, whole=False) if signed else None
        if found is None and not told and (counted or codes is own):
            found = _longest(bare, now, codes, whole=True, least=0 if is_age else 2)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=1)
def _signs() -> re.Pattern[str]:
    """Any language's word for "ago": most of what is asked has none, and that is soon known."""
    return re.compile(
        _any(word for words in LANGUAGES.values() for word in alternatives(f"{words.before} {words.after}"))
    )


def _longest(
    folded: str, now: datetime, codes: Iterable[str], *, whole: bool, least: int = 0
) -> tuple[datetime, Precision] | None:
    readings: dict[int, set[tuple[datetime, Precision] | None]] = {}
    for code in codes:
        grammar = _grammar(code)
        match = grammar.bare.fullmatch(folded) if whole else grammar.ago.search(folded)
        if match is None:
            continue
        run: str = match["run"] if whole or match["run"] else match["run2"]
        again = None if whole else grammar.ago.search(folded, match.end())
        back = _back(run, now, grammar, counted=whole, least=least) if again is None else None  # two ages say neither
        readings.setdefault(len(run), set()).add(back)
    longest = readings[max(readings)] if readings else set()
    return longest.pop() if len(longest) == 1 else None


def _back(
    run: str, now: datetime, grammar: _Grammar, *, counted: bool, least: int
) -> tuple[datetime, Precision] | None:
    """`now` less all pieces of `run`; with `counted` each must have its number. None where a unit is smaller than `least`."""
    months, span, smallest, at, last = 0, timedelta(), len(_UNITS), 0, ""
    while (piece := grammar.piece.match(run, at)) is not None:
        at = piece.end()
        if piece["p"]:
            amount, unit = grammar.pairs[piece["p"]]
            unit = last if unit == "same" else unit
            if not unit:
                return None
        else:
            unit = grammar.units[piece["u"]]
            if counted and not piece["n"]:
                return None
            amount = _amount(piece["n"] or "", grammar.numbers)
        last = unit
        finest = "minute" if unit == "hour" and amount % 1 else unit  # half an hour is no hour: it is thirty minutes
        smallest = min(smallest, _UNITS.index(finest))
        if unit in ("month", "year"):
            months += round(amount * (12 if unit == "year" else 1))
        else:
            span += timedelta(**{unit + "s": amount})
    if smallest == len(_UNITS) or smallest < least:
        return None
    then = _months_back(now, months)
    try:
        return None if then is None else cut(then - span, _PRECISION.get(_UNITS[smallest], "day"))
    except OverflowError:
        return None


def _amount(number: str, words: dict[str, float]) -> float:
    """ "2,5" or "forty-five" as a number; one where nothing stands."""
    number = number.strip(" -")
    if number[:1].isdigit():
        return float(number.replace(",", "."))
    return sum(words[word] for word in re.split("[ -]", number)) if number else 1.0


def _months_back(now: datetime, months: int) -> datetime | None:
    """The same day of an earlier month, or that month's last day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in (now.day, 30, 29, 28):
        try:
            return now.replace(year=year, month=month + 1, day=min(day, now.day))
        except ValueError:
            continue
    return None


def cut(moment: datetime, precision: Precision) -> tuple[datetime, Precision]:
    """`moment` without the digits that nobody gave."""
    if precision == "second":
        return moment.replace(microsecond=0), precision
    if precision == "minute":
        return moment.replace(second=0, microsecond=0), precision
    return moment.replace(hour=moment.hour if precision == "hour" else 0, minute=0, second=0, microsecond=0), precision


def just_now(folded: str, language: str | None) -> bool:
    """Whether the text is a word for this very minute, in any language."""
    return any(_grammar(code).now.fullmatch(folded.strip(" .,!")) for code in (*_own(language), *LANGUAGES))


def days_back(folded: str, language: str | None) -> int | None:
    """0 for "today", 1 for "yesterday", 2 for the day before it; None where no such word stands.

    In `language` (and English) the word may stand among others. Elsewhere it must stand alone: "hier" is yesterday in French
    and here in German.
    """
    for code in _own(language):
        named = [days for pattern, days in _grammar(code).days if pattern.search(folded)]
        if named:
            # "vorgestern" is no "gestern", but "أول أمس" holds "أمس": the furthest is the whole word.
            return max(named)
    alone = _AT.sub("", folded).strip(" .,!:-|")
    readings = {days for code in LANGUAGES for pattern, days in _grammar(code).days if pattern.fullmatch(alone)}
    return readings.pop() if len(readings) == 1 else None


def is_length(folded: str) -> bool:
    """Whether `folded` is a number and a unit and no more, in any language that has a table: as "5 min" beside a headline is.

    That is how long a text takes to read more often than how old it is.
    """
    return any(_grammar(code).bare.fullmatch(folded) for code in LANGUAGES)
