"""What people write for a time becomes a moment: "7 hours ago", "منذ 7 ساعات", "dün 14:05", "20 June 2025, 14:05 GMT+3".

    phrase -> fold -> what it says is "updated" is set aside -> days (`written.py`) and a clock (`clocks.py`), or a span back (`ago.py`)

Two doors: `in_words` for a phrase that stands where a page gives its date, `said_on` for the day that a running text gives.
Both are pure, bounded, and answer None where a date is not certain: a wrong date is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import lru_cache
from zoneinfo import ZoneInfo

from scraper import ago, clocks, written
from scraper.clocks import Unclear
from scraper.model import Moment, Precision
from scraper.phrases import LANGUAGES, fold
from scraper.text import clean_line

MAX_PHRASE = 200
_MAX_LAST_RESORT = 100
_RANGE = re.compile(r"^\D{0,12}\d{1,3} ?[-\u2013] ?\d{1,3} \D+$")
_HEBREW_AT = re.compile(r"(?<!\w)([בל])-(?=\d)")
""" "at 14:05" is one word with its hyphen."""
_MAX_TEXT = 1_500
_EARLIEST = 1900
_FIRST, _LAST = 1000, 2999
"""Years that a phrase may mean at all: everywhere between them a day can be moved from zone to zone."""
_SLACK = timedelta(hours=36)
"""How far ahead of the fetch a date may be: clocks and zones are wrong by up to a day, articles are dated ahead to tomorrow."""


def in_words(
    phrase: str,
    *,
    fetched_at: datetime,
    timezone: str,
    language: str | None,
    alone: bool = False,
    last_resort: bool = False,
    is_age: bool = False,
    whenever: bool = False,
) -> Moment | None:
    """The moment that `phrase` gives, None where it gives none or not for certain. Never raises.

    `phrase` is what a page shows or carries as its date, at most 200 code points: ISO 8601, RFC 822, numbers, month names,
    "yesterday 14:05", "7 hours ago". Spans are counted back from `fetched_at` (aware); local times are in `timezone` (IANA)
    unless the phrase names a zone, whose offset is kept. `language` (BCP 47 or None) decides between readings. The result is
    never confident: what the phrase is the date *of*, the caller must know. `method` is "written", "relative" or "updated"
    and the phrase. With `alone` the phrase must be little else than a date with its year, or a span: for texts whose markup
    does not call them a date. `is_age` says that the markup does: then "5 min" is five minutes ago, elsewhere it is a length.
    `last_resort` asks dateparser too, which is slow: only in a worker process. With `whenever` the phrase is understood and no
    more; without it a day before 1900 or after the fetch is refused, for nothing was published on the web then.
    """
    if not phrase or len(phrase) > MAX_PHRASE:
        return None
    folded, code, zone = _HEBREW_AT.sub(r"\1 ", fold(phrase)), written.primary(language), zone_of(timezone)
    if not folded:
        return None
    now = fetched_at.astimezone(zone)
    published, updated = _parts(folded)
    for part, kind in ((published, ""), (updated, "updated")):
        try:
            found = _read(written.spelled_out(part), now, zone, code, alone, is_age) if part else None
        except Unclear:
            return None
        if found is not None:
            at, precision, method = found
            return _plausible(at, precision, f"{kind or method}: {clean_line(phrase)}", fetched_at, whenever)
    if last_resort and _may_be_asked(phrase, folded, is_age):
        for tag in dict.fromkeys((None,) if code in LANGUAGES else (language, code)):
            moment = _ask_dateparser(phrase, tag, now, zone, fetched_at, whenever)
            if moment is not None:
                return moment
    return None


def _read(
    folded: str, now: datetime, zone: tzinfo, language: str | None, alone: bool, is_age: bool
) -> tuple[datetime, Precision, str] | None:
    """The moment, its precision, and how it was read. Raises Unclear."""
    time = clocks.clock(folded)
    rest = folded if time is None else f"{folded[: time.start]} , {folded[time.end :]}"
    if alone and written.other_words(rest, language) > 2:
        return None
    days = [day for day in written.days(rest, language, now.date()) if day.whole or not alone]
    day = _one_day(days)
    if day is not None and not any(one.whole for one in days):
        found = ago.since(rest, now, language, told=True)
        if found is not None:
            return *found, "relative"  # "5 sett fa" is five weeks ago, and no day of September
    if day is not None:
        return *_with_clock(day, time, zone), "written"
    found = ago.since(rest, now, language, is_age=is_age)
    if found is not None:
        return *found, "relative"
    back = ago.days_back(rest, language)
    if back is not None:
        return *_with_clock(now.date() - timedelta(days=back), time, zone), "relative"
    if ago.just_now(folded, language):
        return *ago.cut(now, "minute"), "relative"
    if not alone and (time is None or time.readable):
        week = written.lone_weekday(rest, language, now.date(), timed=time is not None)
        if week is not None:
            return *_with_clock(week, time, zone), "relative"
    if time is not None and time.readable and not any(c.isalnum() for c in rest):
        at = clocks.at_clock(now.date(), time, zone)
        if at <= now + timedelta(minutes=5):
            return *ago.cut(at, "minute"), "relative"
    return None


def _one_day(found: list[written.Day]) -> date | None:
    """The day that all of `found` mean. Islamic days count only where no other calendar is there: they may be a day off."""
    firm = [day.day for day in found if day.calendar != "hijri"]
    days = set(firm or [day.day for day in found])
    if len(days) > 1:
        raise Unclear("more than one day")
    return days.pop() if days else None


def _with_clock(day: date, time: clocks.Clock | None, zone: tzinfo) -> tuple[datetime, Precision]:
    """The moment on `day`; a clock whose zone cannot be read is left out."""
    if time is None or not time.readable:
        return datetime(day.year, day.month, day.day, tzinfo=zone), "day"
    return clocks.at_clock(day, time, zone), "minute" if time.second is None else "second"


def _plausible(
    at: datetime, precision: Precision, method: str, fetched_at: datetime, whenever: bool = False
) -> Moment | None:
    """`at` as a Moment with a plain offset, None if it is before 1900 or after the fetch; `whenever` lets it through."""
    offset = at.utcoffset()
    if offset is None or not _FIRST <= at.year <= _LAST:
        return None
    if not whenever and (at.year < _EARLIEST or at - fetched_at > _SLACK):
        return None
    return Moment(at.replace(tzinfo=fixed_zone(offset)), precision, method[:300])


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The zone of that IANA name; UTC where there is none, for the configuration has been checked before."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return UTC


@lru_cache(maxsize=1)
def _updated_words() -> re.Pattern[str]:
    words = {word for words in LANGUAGES.values() for word in written.alternatives(words.updated)}
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(w) for w in sorted(words, key=len, reverse=True))})(?!\w)")


_PUBLISHED_WORDS = re.compile(
    r"(?<!\w)(?:published|posted|created|publie|veroffentlicht|publicado|pubblicato|yayin\w*|نشر|انتشار|опубликовано|פורסם|gepubliceerd)(?!\w)"
)


def _parts(folded: str) -> tuple[str, str]:
    """What stands before a word for "updated" (or after a later "published"), and the rest."""
    match = _updated_words().search(folded)
    if match is None:
        return folded, ""
    head, tail = folded[: match.start()].strip(" -|,.:;("), folded[match.end() :]
    later = _PUBLISHED_WORDS.search(tail)
    if later is not None:
        return f"{head} {tail[later.end() :]}", tail[: later.start()]
    return head, tail


def _may_be_asked(phrase: str, folded: str, is_age: bool) -> bool:
    """Whether dateparser may guess at it: not at a range ("15 - 30 Min"), nor at a bare length ("5 min") unless that is an age."""
    lettered = len(phrase) <= _MAX_LAST_RESORT and any(c.isalpha() for c in phrase)
    return lettered and (is_age or not ago.is_length(folded)) and not _RANGE.search(folded)


def _ask_dateparser(
    phrase: str, language: str | None, now: datetime, zone: tzinfo, fetched_at: datetime, whenever: bool
) -> Moment | None:
    """What dateparser makes of `phrase`, if day, month and year are all there. Takes up to a second, the first time.

    Without a language it tries all that it knows: only a phrase that none of our own tables reads comes this far.
    """
    import dateparser.date  # heavy, and only workers come here

    for kind in ("relative-time", "absolute-time"):
        try:
            parser = dateparser.date.DateDataParser(
                languages=[_cased(language)] if language else None,
                settings={
                    "PARSERS": [kind],
                    "RELATIVE_BASE": now.replace(tzinfo=None),
                    "REQUIRE_PARTS": ["day", "month", "year"],
                    "PREFER_DATES_FROM": "past",
                    "RETURN_TIME_AS_PERIOD": True,
                },
            )
            data = parser.get_date_data(phrase)
        except (ValueError, TypeError, OverflowError, KeyError, AttributeError, re.error):
            return None  # an unknown language, or its own bugs on odd phrases
        if data is not None and data.date_obj is not None:
            at: datetime = data.date_obj if data.date_obj.tzinfo else data.date_obj.replace(tzinfo=zone)
            cut, precision = ago.cut(at, "minute" if data.period == "time" else "day")
            how = "relative" if kind == "relative-time" else "dateparser"
            return _plausible(cut, precision, f"{how}: {clean_line(phrase)}", fetched_at, whenever)
    return None


def _cased(tag: str) -> str:
    """A language tag in the case of BCP 47, which dateparser insists on: "pa-guru" is "pa-Guru"."""
    first, *rest = tag.replace("_", "-").lower().split("-")
    return "-".join((first, *(part.title() if len(part) == 4 else part.upper() for part in rest)))


_DENIED = frozenset(
    fold(
        "since from until till before after by between منذ حتى قبل بعد من از تا پس до с после по от vor nach seit bis ab depuis"
        " jusqu'au avant après desde hasta antes después dal fino"
    ).split()
)
"""Before a day, these say that something else than the text's own event happened on it."""

_SENTENCE = re.compile(r"[.!?…:؟۔]['\"”»)\]]*$")
_DATELINE_MARK = re.compile(r"^\s*(?:[-:(|]|$)")


def said_on(text: str, *, near: datetime, language: str | None) -> Moment | None:
    """The day that `text` itself gives in its first 1,500 code points ("On June 20, 2025, ..."), precision day, else None.

    The first day counts that stands after the language's word for "on", at the start of a sentence, or in a dateline; a day
    after "since", "until" and their kind does not. It must not be after `near` (when it was published or seen) by more
    than a day, nor more than three years before it. The result's zone is that of `near`.
    """
    folded, code = fold(text[:_MAX_TEXT]), written.primary(language)
    latest = near.date() + timedelta(days=1)
    for day in _days_of_sentences(folded, code, near.date()):
        if not near.date() - timedelta(days=3 * 366) <= day.day <= latest:
            continue
        if _is_told(folded, day, code):
            at = datetime(day.day.year, day.day.month, day.day.day, tzinfo=near.tzinfo)
            return Moment(at, "day", f"text: {folded[day.start : day.end]}"[:300])
    return None


def _days_of_sentences(folded: str, language: str | None, today: date) -> Iterator[written.Day]:
    try:
        yield from written.days(folded, language, today)
    except Unclear:
        return


def _is_told(folded: str, day: written.Day, language: str | None) -> bool:
    """Whether the day is when the text's event happened, by the word before it."""
    before = folded[: day.start].rstrip(" ,(")
    words = before.split()
    last = words[-1].strip("\"'(,-") if words else ""
    if last in _DENIED:
        return False
    if not before or _SENTENCE.search(before) or last in _on_words(language):
        return True
    if language in ("ru", "uk", "tr"):
        return True  # a bare date says "on" there, by its case or by what follows it
    return len(before) <= 60 and "." not in before and bool(_DATELINE_MARK.match(folded[day.end :]))


@lru_cache(maxsize=64)
def _on_words(language: str | None) -> frozenset[str]:
    """Words for "on", and the days of the week that may stand between it and the day."""
    codes = [language] if language in LANGUAGES and language else list(LANGUAGES)
    words: set[str] = set()
    for code in {*codes, "en"}:
        words.update(written.alternatives(LANGUAGES[code].on))
        words.update(name for entry in LANGUAGES[code].weekdays.split("|") for name in written.alternatives(entry))
    return frozenset(words)
