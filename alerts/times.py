"""A time as an alert tells it: what is known of it, in words, and a moment that each reader's Telegram shows in its own zone.

A time says no more than its precision: a date is a date ("date only"), a relative age is "about" and is quoted as it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from alerts.words import Words, words_of
from scraper.model import Moment

_AHEAD = timedelta(hours=24)
LONG_AGO = timedelta(days=30)
"""What a page claims to be older is marked with its age."""
_SAFE_HOUR = clock_time(11, tzinfo=UTC)
"""At 11:00 UTC it is the same date from UTC-11 to UTC+12: a reader's own zone does not turn a date into its neighbour."""
_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2038, 1, 19, tzinfo=UTC)
"""Telegram's moments are positive 32-bit seconds (tdlib/td FormattedDate); another time is told in words only."""
_RELATIVE = "relative:"


@dataclass(frozen=True, slots=True)
class Told:
    """A time in words: `text` stands in a time span where `at` is not None, `format` as the Bot API's date-time formatting has it.

    `before` stands before it ("about"), `precision` and `quoted` (as the page wrote it) behind, `warning` last; "" where there is none.
    """

    text: str
    at: datetime | None = None
    format: str = ""
    before: str = ""
    precision: str = ""
    quoted: str = ""
    warning: str = ""


def tell(
    moment: Moment | None, now: datetime, timezone: str, language: str = "en", *, max_age: timedelta = LONG_AGO
) -> Told:
    """A claimed time with its precision. `now` marks what is over 24 hours ahead or over `max_age` past; None was not given."""
    words = words_of(language)
    if moment is None:
        return Told(words.NO_DATE)
    relative = moment.method.startswith(_RELATIVE)
    quoted = moment.method.removeprefix(_RELATIVE).strip() if relative else ""
    if moment.precision == "day":
        told = tell_day(moment.at, language)
        precision = words.DATE_ONLY
    else:
        told = tell_time(moment.at, timezone, language)
        precision = words.TO_THE_HOUR if moment.precision == "hour" else ""
    return Told(
        told.text,
        told.at,
        told.format,
        before=words.ABOUT if relative or moment.precision == "hour" else "",
        precision=precision,
        quoted=quoted,
        warning=_warning(moment, now, words, max_age),
    )


def tell_time(at: datetime, timezone: str, language: str = "en") -> Told:
    """An aware moment to the minute, written out in `timezone` (IANA; UTC where there is no such zone)."""
    try:
        local = at.astimezone(_zone(timezone))
    except (OverflowError, ValueError):
        local = at
    words = words_of(language)
    text = f"{words.day(local.date())}{words.COMMA}{local:%H:%M} {_offset(local)}"
    return Told(text, at if _FIRST <= at <= _LAST else None, "wDt")


def tell_day(at: datetime, language: str = "en") -> Told:
    """The date of `at`, in the offset that it was given in."""
    noon = datetime.combine(at.date(), _SAFE_HOUR)
    return Told(words_of(language).day(at.date()), noon if _FIRST <= noon <= _LAST else None, "wD")


def _warning(moment: Moment, now: datetime, words: Words, max_age: timedelta) -> str:
    age = now - moment.at
    if age < -_AHEAD:
        return words.IN_THE_FUTURE
    return words.old(age.days) if age > max_age else ""


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found, a folder, a name that leaves the database
        return UTC


def _offset(at: datetime) -> str:
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
