"""Days of the Persian and Islamic calendars as days of the Gregorian one: arithmetic, and one table of month lengths."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from itertools import accumulate

_FARVARDIN_1 = date(622, 3, 21)
"""1 Farvardin of the Solar Hijri year 1 as the 33-year cycle counts back to it, in the proleptic Gregorian calendar."""

# Leap years of the 33-year cycle. It gives the official calendar for every year from 1244 to 1472 (1865 to 2094).
_JALALI_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})

_MUHARRAM_1400 = date(1979, 11, 20)
_FIRST_HIJRI, _LAST_HIJRI = 1400, 1500

# Umm al-Qura, the official calendar of Saudi Arabia: three hexadecimal digits a year, a bit a month, 1 where it has 30
# days. Facts as tabulated by the package hijridate 2.6.0 (MIT). Plain arithmetic is a day off in every second month.
_LONG_MONTHS = (
    "d2b54aea57526e936aaad555aa5b52ba95b49ba4db25d52daa5ad4aea56d4bd23d91da95b4ab5a56d2b693b49b"
    "6556a9754b6a56caad555b29b92ba95d4ada55aaab595749764baa5b52b6a56d2ae9572a75535a95d49ba4dd26"
    "d535aaaad4b6a57527a95b4ab5536c9ae4b6a96b4ada55d25d92dc96d4ad6556d2b693749b64d72ab54b6a5752"
    "b6956b2ad94dc95d4aea56caad5556c97"
)
_LENGTHS = tuple(29 + int(bit) for bit in f"{int(_LONG_MONTHS, 16):0{(_LAST_HIJRI - _FIRST_HIJRI + 1) * 12}b}")
_STARTS = (0, *accumulate(_LENGTHS))


def jalali(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Solar Hijri (Jalali, Persian) one. ValueError where there is no such day, or not in 1244 to 1472."""
    if not 1244 <= year <= 1472 or not 1 <= month <= 12:
        raise ValueError("no such year or month")
    length = 31 if month <= 6 else 30 if month <= 11 or year % 33 in _JALALI_LEAP else 29
    if not 1 <= day <= length:
        raise ValueError("no such day")
    cycles, rest = divmod(year - 1, 33)
    days = (year - 1) * 365 + cycles * 8 + sum(1 for y in range(1, rest + 1) if y in _JALALI_LEAP)
    return _FARVARDIN_1 + timedelta(days=days + (month - 1) * 30 + min(month - 1, 6) + day - 1)


def to_jalali(day: date) -> tuple[int, int, int]:
    """Year, month and day of the Solar Hijri calendar of a Gregorian day. ValueError outside 1244 to 1472."""
    year = day.year - 621
    if year == 1473 or (1244 <= year < 1473 and jalali(year, 1, 1) > day):
        year -= 1
    days = (day - jalali(year, 1, 1)).days if 1244 <= year <= 1472 else -1
    if not 0 <= days < 366:
        raise ValueError("outside the calendar")
    month, rest = divmod(days, 31) if days < 186 else divmod(days - 186, 30)
    return year, month + (1 if days < 186 else 7), rest + 1


def hijri(year: int, month: int, day: int) -> date:
    """The Gregorian day of an Islamic one by Umm al-Qura. ValueError where there is no such day, or not in 1400 to 1500.

    Countries that go by their own sighting may be a day off: where a text names the day of the week, that decides
    (`dates.py`). So the 30th of a month that has 29 days here is let through: it is the next day.
    """
    if not _FIRST_HIJRI <= year <= _LAST_HIJRI or not 1 <= month <= 12 or not 1 <= day <= 30:
        raise ValueError("no such day")
    return _MUHARRAM_1400 + timedelta(days=_STARTS[(year - _FIRST_HIJRI) * 12 + month - 1] + day - 1)


def to_hijri(day: date) -> tuple[int, int, int]:
    """Year, month and day by Umm al-Qura of a Gregorian day. ValueError outside 1400 to 1500."""
    days = (day - _MUHARRAM_1400).days
    if not 0 <= days < _STARTS[-1]:
        raise ValueError("outside the table")
    index = bisect_left(_STARTS, days + 1) - 1
    year, month = divmod(index, 12)
    return _FIRST_HIJRI + year, month + 1, days - _STARTS[index] + 1
