"""Finds the days that are written out in a text: pure, quick, and silent where it is not sure.

Works on text that went through `phrases.fold`. A day is found through its month's name ("20 June 2025", "30 خرداد 1404"),
or as numbers whose order is certain. Every pattern is tried against a line of one letter for each word, so that no
expression ever runs over the text itself with more than one way to match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from scraper import calendars
from scraper.clocks import Unclear
from scraper.phrases import HIJRI_MONTHS, JALALI_MONTHS, LANGUAGES, fold
from scraper.phrases_wider import WIDER

Calendar = Literal["gregorian", "jalali", "hijri"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DAY_FIRST = _set(
    "ar bg bn ckb cs da de el es fi fr he hi hr id it ku ms nb nl nn no pl pt ro ru sk sl sq sr sv th tr uk ur vi"
)
"""Languages in which 03/04/2025 is the third of April. English is not among them: it depends on the country."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text names. `start` and `end` are positions in the folded text; `whole` is false where the year was inferred."""

    day: date
    calendar: Calendar
    start: int
    end: int
    whole: bool = True


def primary(language: str | None) -> str | None:
    """The primary subtag: "ar-IQ" is "ar". Central and Northern Kurdish share one table."""
    code = (language or "").replace("_", "-").partition("-")[0].lower()
    return {
        "ckb": "ku",
        "kmr": "ku",
        "iw": "he",
        "prs": "fa",
        "nb": "da",
        "nn": "da",
        "no": "da",
        "ms": "id",
        "in": "id",
    }.get(code, code) or None


def alternatives(entry: str) -> list[str]:
    """The folded spellings of one table entry."""
    return [fold(word.replace("_", " ")) for word in entry.split()]


_TELLING = 5
"""Letters that the name of a month must have to be known in a text of another language: "led" and "pro" are words elsewhere."""


@lru_cache(maxsize=64)
def _months(language: str | None) -> dict[str, tuple[Calendar, int]]:
    """Name of a month to calendar and number. Names that mean different months in two languages are left out, unless
    `language`, or else English, decides."""
    names: dict[str, tuple[Calendar, int]] = {}
    unclear: set[str] = set()
    tables: list[tuple[Calendar, str, int]] = [
        ("gregorian", words.months, _TELLING if code in WIDER else 1) for code, words in LANGUAGES.items()
    ]
    for calendar, table, shortest in [*tables, ("jalali", JALALI_MONTHS, 1), ("hijri", HIJRI_MONTHS, 1)]:
        for name, number in _numbered(table):
            if len(name) < shortest:
                continue
            if names.setdefault(name, (calendar, number)) != (calendar, number):
                unclear.add(name)
    for name in unclear:
        del names[name]
    for code in ("en", language):
        if code in LANGUAGES:
            names.update((name, ("gregorian", number)) for name, number in _numbered(LANGUAGES[code].months))
    return names


def _numbered(table: str) -> Iterator[tuple[str, int]]:
    for number, entry in enumerate(table.split("|"), start=1):
        for name in alternatives(entry):
            yield name, number


@lru_cache(maxsize=64)
def _beginnings(language: str | None) -> frozenset[str]:
    """The first words of all names that have several."""
    names = (*_months(language), *_weekdays(language))
    return frozenset(match[0] for name in names if len(_TOKEN.findall(name)) > 1 and (match := _TOKEN.match(name)))


@lru_cache(maxsize=64)
def _weekdays(language: str | None) -> dict[str, int]:
    """Name of a day of the week to its number, Monday is 0. Names of a month in that language win over it."""
    names: dict[str, int] = {}
    for code in (*(code for code in LANGUAGES if code not in WIDER), "en", language):
        if code in LANGUAGES:
            names.update((name, number - 1) for name, number in _numbered(LANGUAGES[code].weekdays))
    return names


_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s]")
_ORDINAL = _set("st nd rd th er re e eme º ª o а го е й ый ي م ه ش ر")
_FILLER = _set(
    "of the de del di da do d' den der le el il em no na a al u в г года год року р ב ל سنة عام لعام من شهر ماه سال ي م ه هـ"
)
_PREFIX = ("ב", "ל", "و")
"""One-letter words that are written together with the month: "in", "to", "and". Kurdish puts "of" (ی) at its end."""


_FIRST = {"اول": 1, "يكم": 1, "دوم": 2, "سوم": 3, "premier": 1, "primero": 1, "primo": 1, "первое": 1, "первого": 1}
"""Days that are words before their month."""


def _declined(name: str, months: dict[str, tuple[Calendar, int]], language: str | None) -> tuple[Calendar, int] | None:
    """The month that `name` is with what Hebrew writes before it, or Persian and Kurdish behind it."""
    if name.startswith(_PREFIX):
        return months.get(name[1:])
    found = months.get(name.removesuffix("ي")) or months.get(name.removesuffix("ماه"))
    return found or (months.get(name[:-1]) if language == "ku" and name[-1] in "eai" else None)


def _kinds(
    folded: str, language: str | None
) -> tuple[str, list[tuple[int, int, str, int]], list[tuple[Calendar, int]]]:
    """A letter for each token, the tokens, and the months named.

    N number, Y year, X longer number, M month, w day of the week, o ordinal, f filler, p mark, x anything else.
    """
    months, weekdays, beginnings = _months(language), _weekdays(language), _beginnings(language)
    found = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(folded)]
    kinds: list[str] = []
    tokens: list[tuple[int, int, str, int]] = []
    named: list[tuple[Calendar, int]] = []
    i = 0
    while i < len(found):
        start, _, text = found[i]
        value, step, kind = 0, 1, "x"
        if text.isdecimal():
            value = int(text) if len(text) <= 4 else 0
            kind = "Y" if len(text) == 4 and 1000 <= value < 3000 else "N" if len(text) <= 2 else "X"
        elif text[0].isalpha():
            for size in (3, 2, 1) if text in beginnings else (1,):
                if i + size > len(found):
                    continue
                name = folded[start : found[i + size - 1][1]]
                month = months.get(name)
                if month is None and size == 1:
                    month = _declined(name, months, language)
                if month is not None:
                    said_again = bool(named) and named[-1] == month and "".join(kinds).rstrip("pf")[-1:] == "M"
                    kind, value, step = ("f", 0, size) if said_again else ("M", len(named), size)
                    if not said_again:  # "حزيران/يونيو" is one month in the words of two countries
                        named.append(month)
                    break
                if name in weekdays:
                    kind, value, step = "w", weekdays[name], size
                    break
            else:
                if text in _ORDINAL and kinds and kinds[-1] == "N":
                    kind = "o"
                elif text in _ORDINAL and kinds[-2:] == ["N", "p"] and tokens[-1][2] == "'":
                    kind = "f"
                elif text in _FIRST:
                    kind, value = "N", _FIRST[text]
                elif text in _FILLER or (text == "'" and kinds):
                    kind = "f"
        elif text in ",.-/|()[]'":
            kind = "p"
        kinds.append(kind)
        tokens.append((start, found[i + step - 1][1], text, value))
        i += step
    return "".join(kinds), tokens, named


def other_words(folded: str, language: str | None) -> int:
    """How many words of `folded` have no place in a date."""
    kinds, tokens, _ = _kinds(folded, language)
    return sum(1 for kind, token in zip(kinds, tokens, strict=True) if kind == "x" and token[2][0].isalpha())


_BESIDE = _set(
    "at a um uhr в во у о об om as as alle ore las le el den der die am on saat الساعة في ساعت در روز يوم ב בשעה ביום h"
)
"""What may stand beside a day of the week and its time of day."""


def lone_weekday(folded: str, language: str | None, today: date, *, timed: bool) -> date | None:
    """The day of the week before `today` that is all that `folded` says, with a time of day (`timed`, taken out) or "last".

    None for today's own name: it is today or a week ago.
    """
    kinds, tokens, _ = _kinds(folded, language)
    number = _weekday(kinds, tokens)
    short = any(token[1] - token[0] < 3 for kind, token in zip(kinds, tokens, strict=True) if kind == "w")
    if number is None or short or set(kinds) - set("wpfx"):
        return None
    others = {token[2] for kind, token in zip(kinds, tokens, strict=True) if kind == "x"} - _BESIDE
    last = _last_words()
    if others - last or not (timed or others) or (timed and not others and number == today.weekday()):
        return None
    return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)


@lru_cache(maxsize=1)
def _last_words() -> frozenset[str]:
    return frozenset(word for words in LANGUAGES.values() for word in alternatives(words.last))


_GAP = "[fpw]{0,3}"
_ORDERS = (
    ("DMY", re.compile(rf"(?<!Np)(?<!Npp)(?P<d>N)o?[fp]{{0,2}}(?P<m>M){_GAP}(?P<y>Y)")),
    ("MDY", re.compile(rf"(?P<m>M)p?f?(?P<d>N)o?(?!pN){_GAP}(?P<y>Y)")),
    ("YMD", re.compile(r"(?P<y>Y)[fp]{0,2}(?P<m>M)[fp]{0,2}(?P<d>N)(?!N)")),
    ("YDM", re.compile(r"(?P<y>Y)[fp]{0,2}(?P<d>N)o?[fp]{0,2}(?P<m>M)")),
)
_SHORT_YEAR = re.compile(r"(?<![Np])(?P<d>N)p(?P<m>M)p(?P<y>N)(?!N)|w[p]?(?P<d2>N)(?P<m2>M)(?P<y2>N)(?!N)")
_NO_YEAR = (
    re.compile(r"(?<!N)(?<!Np)(?<!Npp)(?P<d>N)o?[fp]?(?P<m>M)(?!p?[NXY])"),
    re.compile(r"(?<!N)(?<!Np)(?<!Npp)(?P<m>M)p?(?P<d>N)o?(?!p?[NXY])"),
)

_NUMERIC = re.compile(r"(?<![\d.,/:\-])(\d{1,4})( ?)([./-])\2(\d{1,2})\2\3\2(\d{1,4})(?!\d)(?![/:-]\d)(?!\.\d)")
_EAST_ASIAN = re.compile(r"(?<!\d)(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2})(?: ?[日일号]|(?=\d\d:)|(?!\d))")
_ISO = re.compile(r"(?<![\d.,/:\-])(\d{4})-?([01]\d)-?([0-3]\d)(?=$|[t\s,;()_]|[a-z]{1,4}\d)")


_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)t?(\d\d)(\d\d)(\d\d)?(?=z|[+-]\d|$)")
_WEEK_OR_DAY = re.compile(r"(\d{4})-?(?:w(\d\d)-?(\d)|(?<=-)(\d{3}))(?=$|t)")


def spelled_out(folded: str) -> str:
    """`folded` with the rarer forms of ISO 8601 in the usual one: 20250620T1405Z, 2025-W25-5, 2025-171."""
    match = _COMPACT.match(folded)
    if match is not None:
        y, m, d, hour, minute, second = match.groups()
        return f"{y}-{m}-{d}t{hour}:{minute}{f':{second}' if second else ''}{folded[match.end() :]}"
    match = _WEEK_OR_DAY.match(folded)
    if match is not None:
        try:
            if match[2]:
                day = date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))
            else:
                day = date(int(match[1]), 1, 1) + timedelta(days=int(match[4]) - 1)
        except (ValueError, OverflowError) as error:
            raise Unclear("no such day") from error
        return f"{day.isoformat()}{folded[match.end() :]}"
    return folded


def days(folded: str, language: str | None, today: date) -> list[Day]:
    """All days that `folded` names, in order; a year that is left out is the one that makes it the latest day not after
    `today`, at most 300 days back. `language` is a primary subtag. Raises Unclear for a day that does not exist."""
    found: list[Day] = []
    for pattern in (_EAST_ASIAN, _ISO):
        for match in pattern.finditer(folded):
            year, month, day = map(int, match.groups())
            found.append(Day(_by_year(year, month, day, None), _calendar(year), match.start(), match.end()))
    kinds, tokens, named = _kinds(folded, language)
    for match in _NUMERIC.finditer(folded):
        if not any(day.start < match.end() and match.start() < day.end for day in found):
            numeric = _numeric(match, language, today, _weekday(kinds, tokens))
            if numeric is not None:
                found.append(numeric)
    if named:
        found.extend(_named(kinds, tokens, named, today, bool(found)))
    return sorted(found, key=lambda day: day.start)


def _named(
    kinds: str, tokens: list[tuple[int, int, str, int]], named: list[tuple[Calendar, int]], today: date, others: bool
) -> Iterator[Day]:
    taken: set[int] = set()
    weekday = _weekday(kinds, tokens)
    for _, order in _ORDERS:
        for match in order.finditer(kinds):
            if match.start("m") in taken:
                continue
            calendar, month = named[tokens[match.start("m")][3]]
            day = _day(calendar, tokens[match.start("y")][3], month, tokens[match.start("d")][3], weekday)
            taken.add(match.start("m"))
            yield Day(day, calendar, tokens[match.start()][0], tokens[match.end() - 1][1])
    for match in _SHORT_YEAR.finditer(kinds):
        m, d, y = (match.start(g) if match.start(g) >= 0 else match.start(g + "2") for g in "mdy")
        if m in taken or named[tokens[m][3]][0] != "gregorian" or tokens[y][1] - tokens[y][0] != 2:
            continue
        taken.add(m)
        day = _gregorian(_full_year(tokens[y][3], today), named[tokens[m][3]][1], tokens[d][3])
        yield Day(day, "gregorian", tokens[match.start()][0], tokens[match.end() - 1][1])
    if taken or others or "Y" in kinds:
        return
    for order in _NO_YEAR:
        for match in order.finditer(kinds):
            m = match.start("m")
            if m in taken:
                continue
            calendar, month = named[tokens[m][3]]
            inferred = _latest(calendar, month, tokens[match.start("d")][3], today)
            if inferred is not None:
                taken.add(m)
                yield Day(inferred, calendar, tokens[match.start()][0], tokens[match.end() - 1][1], whole=False)


def _weekday(kinds: str, tokens: list[tuple[int, int, str, int]]) -> int | None:
    """The one day of the week that is named, None if there is none or more than one."""
    named = {tokens[i][3] for i, kind in enumerate(kinds) if kind == "w"}
    return named.pop() if len(named) == 1 else None


def _day(calendar: Calendar, year: int, month: int, day: int, weekday: int | None) -> date:
    if calendar == "gregorian":
        return _gregorian(year, month, day)
    try:
        if calendar == "jalali":
            return calendars.jalali(year, month, day)
        found = calendars.hijri(year, month, day)
    except ValueError as error:
        raise Unclear("no such day") from error
    for days_off in (0, -1, 1, -2, 2):
        if weekday == (found + timedelta(days=days_off)).weekday():
            return found + timedelta(days=days_off)
    return found


def _gregorian(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Unclear("no such day") from error


def _full_year(short: int, today: date) -> int:
    return 2000 + short if 2000 + short <= today.year + 1 else 1900 + short


def _latest(calendar: Calendar, month: int, day: int, today: date) -> date | None:
    """The latest such day that is not after tomorrow; None where it is more than 300 days back, for then it is a guess."""
    years = {"gregorian": (today.year + 1, today.year, today.year - 1), "jalali": (today.year - 621, today.year - 622)}
    for year in years.get(calendar, ()):
        try:
            found = date(year, month, day) if calendar == "gregorian" else calendars.jalali(year, month, day)
        except ValueError:
            continue
        if timedelta(days=-1) <= today - found <= timedelta(days=300):
            return found
    return None


def _numeric(match: re.Match[str], language: str | None, today: date, weekday: int | None) -> Day | None:
    """Day of three numbers, None where their order is not certain. With dots the day comes first everywhere (ISO 8601-1
    aside); with a slash or a hyphen the numbers, the named day of the week or the language must decide."""
    one, mark, two, three = match[1], match[3], match[4], match[5]
    a, b, c = int(one), int(two), int(three)
    start, end = match.span()
    if len(one) == 4 and len(three) <= 2:
        return Day(_by_year(a, b, c, weekday), _calendar(a), start, end)
    if len(one) > 2 or len(three) not in (2, 4):
        return None
    if len(three) == 2:
        # 20.06.25 could be the year 2020 in Asia and Hungary: only a language that begins with the day decides.
        if mark != "." or (language not in _DAY_FIRST and c <= 31):
            return None
        c = _full_year(c, today)
    if _calendar(c) != "gregorian":
        return Day(_by_year(c, b, a, weekday), _calendar(c), start, end)
    readings = [day for day in {_exists(c, b, a), _exists(c, a, b) if mark != "." else None} if day is not None]
    if not readings:
        raise Unclear("no such day")
    if len(readings) > 1 and weekday is not None:
        readings = [day for day in readings if day.weekday() == weekday] or readings
    if len(readings) > 1 and language in _DAY_FIRST:
        readings = [date(c, b, a)]
    return Day(readings[0], "gregorian", start, end) if len(readings) == 1 else None


def _calendar(year: int) -> Calendar:
    """Which calendar counts such a year now: the three do not overlap for days from 1990 to 2030."""
    return "jalali" if 1300 <= year <= 1409 else "hijri" if 1410 <= year <= 1500 else "gregorian"


def _by_year(year: int, month: int, day: int, weekday: int | None) -> date:
    return _day(_calendar(year), year, month, day, weekday)


def _exists(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
