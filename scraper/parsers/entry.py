"""What every reader of feeds and JSON answers finds, before it is judged: raw values as written, and how they become items.

`feed_xml`, `feed_json`, `feed_loose`, `wordpress` and `jsonlist` fill these; `item` makes the values that leave the
room. An address is made absolute here, a date read, markup taken off: once, the same way for every kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scraper.model import Item, Moment, Page, Precision, Source
from scraper.parsers.plain import cut, headline, plain
from scraper.text import clean_line

MAX_ITEMS = 5_000
MAX_URL = 4_096

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*\Z")
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]{1,2}(\d\d:\d\d)(:\d\d)?(?:[.,]\d{1,9})?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d| \d\d:\d\d)?\Z",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?(?=Z|[+-]|\Z)")
_COUNT = re.compile(r"(1\d{9})(?:\d{3})?\Z")
"""Seconds or milliseconds since 1970, from 2001 to 2033."""
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s*)?(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-]{1,2}(\d{4}|\d\d)"
    r"(?:,? (\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)? ?([A-Za-z]{1,5})? ?(?:([+-])(\d{1,2}?):?(\d\d)?)?)?\Z"
)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_NO_YEAR = re.compile(r"\d{5,7}|\d{9,}")
_MONTHS = {
    "jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6, "june": 6,
    "jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10, "nov": 11,
    "november": 11, "dec": 12, "december": 12,
}  # fmt: skip
_ZONES = {
    "UT": 0.0, "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0,
    "PST": -8.0, "PDT": -7.0, "WET": 0.0, "WEST": 1.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0, "MET": 1.0, "MEST": 2.0,
    "EET": 2.0, "EEST": 3.0, "MSK": 3.0, "TRT": 3.0, "IRST": 3.5, "IRDT": 4.5, "GST": 4.0, "JST": 9.0, "KST": 9.0,
}  # fmt: skip
"""Hours east of Greenwich of the names in RFC 822 (section 5.1) and of others that mean one zone only."""


@dataclass(frozen=True, slots=True)
class Words:
    """A value of a feed: `markup` says that it is HTML, else it is text as it stands."""

    value: str
    markup: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its feed wrote it. `dates` are (name, value, whether it means the publication), the best first."""

    guid: str = ""
    link: str = ""
    title: Words = Words("")
    summary: Words = Words("")
    text: Words | None = None
    dates: tuple[tuple[str, str, bool], ...] = ()
    author: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed as it was read. `left_out` counts entries over the limit, `cut` says that the end was missing.

    `mended` says that it was malformed and could be read all the same; `older` is where it says that older entries are.
    """

    title: Words
    entries: tuple[Entry, ...]
    language: str = ""
    left_out: int = 0
    cut: bool = False
    mended: bool = False
    older: str = ""


def item(entry: Entry, feed: Feed, page: Page, source: Source, *, form: str = "feed") -> Item:
    """The item that `entry` of `feed` says. Relative addresses are resolved against where the page came from.

    `form` is the first word of where its date was read, as in "feed:pubDate".
    """
    summary = _words(entry.summary)
    text = _words(entry.text) if entry.text else None
    language = _language(entry.language) or _language(feed.language) or source.language
    return Item(
        guid=clean_line(entry.guid, MAX_URL) or None,
        url=web_address(page.url, entry.link.replace("&amp;", "&")),  # escaped inside CDATA, where nobody resolves it
        title=headline(entry.title.value, literal=not entry.title.markup),
        summary="" if summary == text else summary,
        text=text or None,
        published=_published(entry.dates, page, source, language, form),
        author=_author(entry.author),
        language=language,
    )


def web_address(base: str, link: str) -> str | None:
    """`link` made absolute against `base` if it then is an http or https address with a host, else None.

    White space and control characters inside are taken out as the WHATWG URL standard (section 4.4) does for tabs and
    line ends; an address over 4,096 characters is no address.
    """
    written = "".join(c for c in link.strip() if c.isprintable() and c not in "\t\r\n")
    if not written or len(written) > MAX_URL:
        return None
    try:
        url = urljoin(base, written.replace("\\", "/") if "://" not in written else written)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            return None
    except ValueError:
        return None
    url = parts.scheme + url[len(parts.scheme) :].replace(" ", "%20")  # `urljoin` keeps "HTTPS:" where the base is http
    return url if len(url) <= MAX_URL else None


def _words(words: Words) -> str:
    return plain(words.value) if words.markup else cut(words.value)


def _author(value: str) -> str | None:
    return headline(value[:1_000], literal=True)[:300] or None


def _language(value: str) -> str:
    """A language tag (BCP 47) as it came, or "" for what is none."""
    tag = value.strip().replace("_", "-")
    return tag if _LANGUAGE.match(tag) else ""


def _published(
    dates: tuple[tuple[str, str, bool], ...], page: Page, source: Source, language: str | None, form: str
) -> Moment | None:
    for name, written, confident in dates:
        moment = feed_date(written, source.timezone) or _in_words(written, page, source, language)
        if moment is not None and is_date(moment):
            return replace(moment, method=f"{form}:{name}", confident=confident)
    return None


def feed_date(written: str, timezone: str) -> Moment | None:
    """A date as the formats prescribe it: RFC 822 with its later years, or RFC 3339. None for anything else.

    The offset is kept. A time without one is in `timezone`. A bare day has the precision "day" and no clock.
    """
    text = " ".join(written[:80].split())
    try:
        count = _COUNT.match(text)
        if count is not None:
            return Moment(datetime.fromtimestamp(int(count[1]), UTC), "second", "feed")
        found = _ISO.match(_COMPACT.sub(_spaced_out, text))
        if found is None:
            return _rfc822(text, timezone)
        if not found[2]:
            return Moment(datetime.combine(date.fromisoformat(found[1]), time(), _zone(timezone)), "day", "feed")
        offset = (
            (found[4] or "").upper().replace(" ", "+")
        )  # a plus sign that a web form took for a space.replace("UTC", "+00:00").replace("GMT", "+00:00").replace("Z", "+00:00")
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ''}{offset}")
        precision: Precision = "second" if found[3] else "minute"
        return Moment(at if at.tzinfo else at.replace(tzinfo=_zone(timezone)), precision, "feed")
    except (ValueError, OverflowError):
        return None


def _spaced_out(compact: re.Match[str]) -> str:
    year, month, day, hour, minute, second = compact.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}"


def is_date(moment: Moment) -> bool:
    """False for the moments with which programs say that they know none: the zero of their clocks, or of the calendar."""
    return moment.at.year > 1 and moment.at != _ZERO


def _rfc822(text: str, timezone: str) -> Moment | None:
    found = _RFC822.match(text)
    if found is None:
        return None
    day, month, year, hour, minute, second, zone, sign, hours, minutes = found.groups()
    if month.lower() not in _MONTHS:
        return None
    full_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)  # RFC 2822, section 4.3
    if hours:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        zone_info: tzinfo = fixed_zone(offset) if (zone or "").upper() in ("", "GMT", "UTC") else _zone(timezone)
    else:
        named = _ZONES.get((zone or "").upper())
        zone_info = _zone(timezone) if named is None else fixed_zone(timedelta(hours=named))
    ended = timedelta(
        days=int(hour == "24" and int(minute) == int(second or 0) == 0)
    )  # ISO 8601: midnight at the day's end
    at = datetime(
        full_year,
        _MONTHS[month.lower()],
        int(day),
        0 if ended else int(hour or 0),
        int(minute or 0),
        int(second or 0),
        tzinfo=zone_info,
    )
    return Moment(at + ended, "second" if second else "minute" if hour else "day", "feed")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _in_words(written: str, page: Page, source: Source, language: str | None) -> Moment | None:
    """A date that no feed format knows but people write: "٢٠ حزيران ٢٠٢٥", "منذ ساعتين". Only where it is short enough to be one."""
    if not 3 <= len(written.strip()) <= 60 or _NO_YEAR.search(written):
        return None
    from scraper.dates import in_words

    return in_words(written, fetched_at=page.fetched_at, timezone=source.timezone, language=language)
