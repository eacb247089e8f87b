"""Decides when an article was published, from what its page says about itself, and whether that can be trusted. Pure.

    JSON-LD of the article -> meta -> itemprop, time -> a date in words near the headline -> the day in the address

The first that reads as a date is taken. It is confident only where its place means the publication by a published rule
(schema.org, Open Graph, Dublin Core, HTML) and a second place says so, or where a full day is marked as a date right beside
the headline; and nothing else on the page contradicts it. What a page calls modified or
updated is never the publication; it is only used to doubt a day that few voices give, and to refuse one that is later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

from scraper.calendars import jalali
from scraper.dates import in_words, zone_of
from scraper.model import UNLIKELY, Moment
from scraper.parsers.metadata import Said, Shown, same_title

_NAMED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished", "published_time",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.available", "citation_publication_date",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "rnews:datepublished", "shareaholic:article_published_time",
    "publish-date", "publish_date", "publishdate", "published-date", "published", "pubdate", "publication_date", "publication-date",
    "article.published", "article_date_original", "og:pubdate", "originalpublicationdate", "prism.publicationdate", "date_published",
    "analyticsattributes.articledate", "vr:published_time", "lastpublished", "bt:pubdate", "ptime", "displaydate",
)  # fmt: skip
"""`meta` names that say "published" and nothing else."""
_LOOSE = ("dc.date", "dcterms.date", "date", "article:date", "og:date", "creation_date", "datecreated", "created", "article:post_date",
          "release_date", "timestamp", "eomportal-lastupdate")  # fmt: skip
"""`meta` names that often hold the publication and sometimes another date."""
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
)

_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_.-]?)([01]?\d)\2([0-3]?\d)(?!\d)")
_SPACED = re.compile(r"(?<![\d.])([0-3]?\d)\. ([01]?\d)\. ?((?:19|20)\d\d)(?!\d)")
_DATELINE = re.compile(
    r"\W?(?!(?:on|in|am|im|le|el|il|em|op|den|since|seit)\b)(?:\(([^()]{6,40})\)|([^–—|!?]{6,70}?)(?: -|\s*[–—|])\s)",
    re.IGNORECASE,
)
"""What stands before an article's first words: "(18.01.2018)", "BERLIN, 5 May 2022 –". A sentence begins otherwise."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SURE_YEAR = re.compile(r"(?<!\d)(?:19\d\d|20\d\d|13[5-9]\d|140\d)(?!\d)")
"""A year of ours or of the Persian calendar, in any digits. The Islamic one may be a day off, so it makes no day sure."""
_JALALI = re.compile(r"(?<!\d)(13[89]\d|14[01]\d)([/_-])(0?[1-9]|1[0-2])\2([0-3]?\d)(?!\d)")
_TOLD = re.compile(
    r"\W*(?:published|posted|publi[ée]|publicado|pubblicato|veröffentlicht|gepubliceerd|опубликовано|نشر|yayın).*(?:19|20)\d\d",
    re.IGNORECASE | re.DOTALL,
)
"""A text that says of itself that it is the publication, in full."""
_NEVER = frozenset({date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1), date(1980, 1, 1)})
"""Days on which programs say that they know none: the zero of their clocks."""
_NEAR = 160
"""How many elements from the headline a date still belongs to it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A moment, the independent voice of the page that gave it, and how well its place is known to mean the publication."""

    moment: Moment
    origin: str
    firm: bool


class _Reader:
    """Reads one page's dates: holds what every reading needs."""

    __slots__ = ("_language", "_last_resorts", "_seen", "_whenever", "_zone")

    def __init__(
        self, fetched_at: datetime, zone: str, language: str | None, last_resort: bool, whenever: bool = False
    ) -> None:
        self._whenever = whenever
        self._seen, self._zone, self._language = fetched_at, zone, language
        self._last_resorts = 3 if last_resort else 0  # they are slow, and a page that gives a date gives it early

    @property
    def today(self) -> date:
        """The day on which the page was fetched."""
        return self._seen.date()

    def read(
        self,
        text: str,
        method: str,
        *,
        shown: bool = False,
        alone: bool = False,
        surely: bool = True,
        is_age: bool = False,
    ) -> Moment | None:
        """`text` as a moment. `shown`: people read it, so its words are kept in the method; `alone` and `is_age` as in
        `in_words`.

        Without `surely` the last resort, which is slow, is not asked: most of what a class calls a date is none.
        """
        if shown and "." in text:
            text = _SPACED.sub(r"\1.\2.\3", text)
        asking = surely and shown and not alone and self._last_resorts > 0
        self._last_resorts -= asking
        moment = in_words(
            text,
            fetched_at=self._seen,
            timezone=self._zone,
            language=self._language,
            alone=alone,
            last_resort=asking,
            is_age=is_age,
            whenever=self._whenever,
        )
        if moment is None or moment.at.date() in _NEVER or moment.method.startswith("updated"):
            return None
        how, _, phrase = moment.method.partition(": ")
        if how == "relative":
            return replace(moment, method=f"relative: {phrase}")
        return replace(moment, method=f"{method}: {phrase}" if shown else method)


def published(
    said: Said,
    *,
    url: str,
    headline: str,
    fetched_at: datetime,
    zone: str,
    language: str | None,
    last_resort: bool = True,
) -> Moment | None:
    """When the page that `said` was gathered from was published, None where it does not say.

    `zone` (IANA) holds for times without an offset, `fetched_at` (aware) is what "7 hours ago" is counted back from.
    """
    reader = _Reader(fetched_at, zone, language, last_resort=False)
    found = list(candidates(said, url, headline, reader))
    if not found and last_resort:
        found = list(candidates(said, url, headline, _Reader(fetched_at, zone, language, last_resort=True)))
    if not found:
        found = [Found(moment, "time", False) for moment in _ages(said, reader)]
    if not found and last_resort:
        return _unlikely(said, _Reader(fetched_at, zone, language, last_resort=True, whenever=True))
    moment, voices = _decide(_of_one_time(found), zone_of(zone))
    if moment is not None and moment.confident and voices < _MANY and _was_changed_later(said, moment, reader):
        return replace(moment, confident=False)
    return moment


def _of_one_time(found: list[Found]) -> list[Found]:
    """`found` without spans ("26 minutes ago") that are days from every stamp: they are another article's, or the page is old."""
    stamps = [one.moment.at for one in found if ": " not in one.moment.method]
    if not stamps:
        return found
    return [one for one in found if not _is_span(one) or any(abs(one.moment.at - at) < _ONE_TIME for at in stamps)]


def _is_span(one: Found) -> bool:
    return one.moment.method.startswith("relative")


def _ages(said: Said, reader: _Reader) -> Iterator[Moment]:
    """What a `time` element beside the headline says and no more, where the page gives no date: "5 min" is an age there."""
    for one in said.shown:
        if one.kind == "time" and one.near and not one.attribute and one.claim != "modified":
            moment = reader.read(one.text, "time", shown=True, is_age=True)
            if moment is not None:
                yield moment


def _unlikely(said: Said, reader: _Reader) -> Moment | None:
    """What the one `time` element beside the headline says, where the page gives no other date, however old or far ahead.

    It is what the page claims, so it is shown, never confident, and its method says that it is hard to believe.
    """
    texts = {one.text for one in said.shown if one.kind == "time" and one.near and one.claim != "modified"}
    if len(texts) != 1 or any(one.attribute for one in said.shown if one.kind == "time"):
        return None
    moment = reader.read(texts.pop(), "time", shown=True, is_age=True)
    return None if moment is None else replace(moment, method=f"{UNLIKELY}: {moment.method.partition(': ')[2]}")


def _was_changed_later(said: Said, moment: Moment, reader: _Reader) -> bool:
    """Whether the page calls itself modified on a later day than `moment`: what it gives as its publication may be either."""
    changes = (reader.read(text, "modified") for text in modified(said))
    return any(change is not None and change.at.date() > moment.at.date() for change in changes)


def modified(said: Said) -> Iterator[str]:
    """All that the page gives for when it was changed, as it stands there."""
    for name in _MODIFIED:
        yield from said.metas.get(name, ())
    yield from (node.modified for node in said.nodes if node.modified)
    for shown in said.shown:
        if shown.claim == "modified":
            yield from (shown.attribute, shown.text)


def candidates(said: Said, url: str, headline: str, reader: _Reader) -> Iterator[Found]:
    """All dates that may be the publication, the best place first."""
    yield from _in_json(said, url, reader)
    for names, firm in ((_NAMED, True), (_LOOSE, False)):
        for name in names:
            for text in said.metas.get(name, ())[:1]:
                moment = reader.read(text, f"meta:{name}")
                if moment is not None:
                    yield Found(moment, "meta" if firm else "meta?", firm)
    yield from _shown(said, headline, reader)
    dateline = _DATELINE.match(said.lead)
    if dateline is not None and _YEAR.search(dateline[0]):
        moment = reader.read(dateline[1] or dateline[2], "plain", shown=True)
        if moment is not None:
            yield Found(moment, "plain", False)
    day = in_address(url) or in_address(said.canonical)
    if day is not None:
        moment = reader.read(day.isoformat(), "address")
        if moment is not None:
            yield Found(moment, "address", False)


def _in_json(said: Said, url: str, reader: _Reader) -> Iterator[Found]:
    articles = [node for node in said.own_articles(url) if node.published]
    firm = len({node.published[:10] for node in articles}) == 1
    for node in articles[:1]:
        moment = reader.read(node.published, "json-ld:datePublished")
        if moment is not None:
            yield Found(moment, "json-ld" if firm else "json-ld?", firm)
    for node in said.nodes:
        if not node.is_article and node.published:
            moment = reader.read(node.published, "json-ld:datePublished of the page")
            if moment is not None:
                yield Found(moment, "json-ld page", False)
                break
    for node in said.nodes:
        if node.created:
            moment = reader.read(node.created, "json-ld:dateCreated")
            if moment is not None:
                yield Found(moment, "json-ld created", False)
                break


def _shown(said: Said, headline: str, reader: _Reader) -> Iterator[Found]:
    """Dates that the page shows, the nearest to the headline first within each kind."""
    here = next(
        (h.position for h in said.headings if same_title(h.text, headline) or h.text.endswith(headline or "\n")), None
    )
    if here is None:
        here = next((h.position for h in said.headings if h.level == 1 and not h.away), None)
    shown = [s for s in said.shown if not s.away and s.claim != "modified"]
    if here is not None:
        shown = [s for s in shown if -40 <= s.position - here <= _NEAR]
        shown.sort(key=lambda s: abs(s.position - here) + (25 if s.position < here else 0))
    heard: set[str] = set()
    for wanted in ("itemprop", "time published", "time", "marked published", "marked", "plain"):
        tries = 0
        for one in shown:
            if _kind(one) != wanted or tries >= 12:
                continue
            tries += 1
            if wanted == "plain" and one.text in heard:
                break  # the element inside one that has spoken
            near = one.near and _YEAR.search(one.text)
            told = bool(one.attribute and _TOLD.match(one.text))
            moment = (reader.read(one.attribute, f"{wanted}@") if one.attribute and not told else None) or (
                reader.read(
                    one.text,
                    wanted,
                    shown=True,
                    alone=wanted == "plain" and not near,
                    surely=one.near or wanted.startswith(("time", "itemprop")) or wanted.endswith("published"),
                )
                if one.text
                else None
            )
            if told and one.attribute:
                moment = _told_or_stamped(moment, reader.read(one.attribute, f"{wanted}@"))
            if moment is not None:
                heard.add(one.text)
                origin = f"{wanted} near" if one.near and wanted in ("time", "marked") else wanted
                yield Found(moment, origin, one.near and _is_plain_to_see(one, moment, here or 0, reader.today))
                break


def _is_plain_to_see(one: Shown, moment: Moment, here: int, today: date) -> bool:
    """Whether a day stands in full beside the headline, and is no clock of the page: such a one tells today, above it."""
    full = bool(one.attribute) or _SURE_YEAR.search(one.text) is not None
    above = one.position < here and abs(moment.at.date() - today) <= timedelta(days=1)
    return one.kind != "plain" and full and not above and not moment.method.startswith("relative")


def _told_or_stamped(told: Moment | None, stamped: Moment | None) -> Moment | None:
    """The stamp behind a text that says "published on", unless it is of another time: then it means something else."""
    if told is None or stamped is None:
        return told or stamped
    return stamped if abs(told.at.date() - stamped.at.date()) < timedelta(days=2) else told


def _kind(shown: Shown) -> str:
    if shown.itemprop:
        return "itemprop"
    return f"{shown.kind} published" if shown.claim == "published" else shown.kind


def in_address(url: str) -> date | None:
    """The day in the path of an address (/2025/06/20/, 2025-06-20, /1404/03/30/), None if there is none or if two differ."""
    days = set()
    path = urlsplit(url).path if url else ""
    for calendar, pattern in ((date, _IN_ADDRESS), (jalali, _JALALI)):
        for match in pattern.finditer(path):
            year, mark, month, day = match.groups()
            if not mark and len(match[0]) != 8:
                continue
            try:
                days.add(calendar(int(year), int(month), int(day)))
            except ValueError:
                continue
    return days.pop() if len(days) == 1 else None


_WEIGHT = {
    "json-ld": 3.0, "meta": 3.0, "json-ld?": 1.5, "json-ld page": 1.5, "time published": 2.0, "itemprop": 2.0, "time near": 1.8,
    "marked published": 1.5, "marked near": 1.5, "meta?": 1.0, "time": 1.2, "marked": 1.2, "address": 1.2,
    "json-ld created": 0.4, "plain": 0.4,
}  # fmt: skip
"""How much each voice counts, in the order in which one speaks for a day that several give."""
_ORDER = tuple(_WEIGHT)
_FIRM = frozenset({"json-ld", "meta", "itemprop", "time published"})
_ONE_TIME = timedelta(days=2)
_LOCAL = frozenset(
    {"itemprop", "time published", "time near", "marked published", "marked near", "time", "marked", "address"}
)
"""Voices that speak of days as the site's readers count them."""
_WEAK = frozenset({"plain", "json-ld created"})
"""Voices that neither make a day sure nor cast doubt on one."""
_BESIDE = frozenset({"time near", "marked near", "time published", "marked published"})
"""What stands beside the headline, where it is a full day."""
_MANY = 4
"""So many voices together are believed even where the page was changed on a later day."""


def _decide(found: Sequence[Found], zone: tzinfo) -> tuple[Moment | None, int]:
    """The moment of the day with the most weight behind it, and how many voices give it; equal weights go to the better place.

    A day next to the best one stands for the same moment seen from another time zone, so it counts for it by half.
    """
    best: Found | None = None
    best_weight = 0.0
    for one in sorted(found, key=lambda f: _ORDER.index(f.origin)):
        voices: dict[str, float] = {}
        for other in found:
            if (apart := _apart(one, other)) < 2:
                voices[other.origin] = max(voices.get(other.origin, 0.0), _WEIGHT[other.origin] * (1, 0.5)[apart])
        weight = sum(voices.values())
        if weight > best_weight + 0.01:
            best, best_weight = one, weight
    if best is None:
        return None, 0
    local = _as_shown(_stamp_of(best, found), [f.moment for f in found if f.origin in _LOCAL], zone)
    agreeing = _agreeing(best, local, found)
    return replace(local, confident=_is_confident(local, agreeing, found)), len(agreeing - _WEAK)


def _stamp_of(best: Found, found: Sequence[Found]) -> Moment:
    """The moment of `best`; where that is a clock that people read, which tells no zone, the stamp that means the same minute."""
    moment = best.moment
    if ": " not in moment.method or moment.precision == "day" or moment.at.utcoffset():
        return moment
    for other in found:
        if ": " in other.moment.method or other.moment.precision == "day":
            continue
        ahead = moment.at.replace(second=0) - other.moment.at.replace(second=0, microsecond=0)
        if abs(ahead) <= timedelta(hours=14) and not ahead % timedelta(minutes=30):
            return other.moment
    return moment


def _apart(one: Found, other: Found) -> int:
    """How many days two moments are apart, 2 for all that are more: 0 for one minute seen from two time zones."""
    if "day" not in (one.moment.precision, other.moment.precision) and abs(one.moment.at - other.moment.at) < timedelta(
        minutes=1
    ):
        return 0
    return min(2, abs((one.moment.at.date() - other.moment.at.date()).days))


def _as_shown(moment: Moment, shown: Sequence[Moment], zone: tzinfo) -> Moment:
    """`moment` with the offset of the page's own clock, where a stamp in UTC and the time or day that the page shows tell it.

    The instant stays what it is. Without a clock on the page, the source's `zone` or else the smallest offset is taken
    that gives the day which the page shows.
    """
    if moment.precision == "day" or moment.at.utcoffset() != timedelta():
        return moment
    for other in shown:
        if other.precision == "day" or other.method.startswith("relative"):
            continue
        if other.at.utcoffset() and abs(other.at - moment.at) < timedelta(minutes=1):
            return replace(moment, at=moment.at.astimezone(other.at.tzinfo))
        ahead = other.at.replace(tzinfo=None, second=0) - moment.at.replace(tzinfo=None, second=0, microsecond=0)
        if ahead and abs(ahead) <= timedelta(hours=14) and not ahead % timedelta(minutes=30):
            return replace(moment, at=moment.at.astimezone(timezone(ahead)))
    days = {other.at.date() for other in shown}
    if len(days) != 1 or abs((day := days.pop()) - moment.at.date()) != timedelta(days=1):
        return moment
    hours = range(1, 15) if day > moment.at.date() else range(-1, -13, -1)
    for offset in (zone, *(timezone(timedelta(hours=h)) for h in hours)):
        if moment.at.astimezone(offset).date() == day:
            return replace(moment, at=moment.at.astimezone(offset))
    return moment


def _tells_local_day(voice: Found) -> bool:
    moment = voice.moment
    return voice.origin in _LOCAL and (
        moment.precision == "day" or ": " in moment.method or bool(moment.at.utcoffset())
    )


def _agreeing(best: Found, local: Moment, found: Sequence[Found]) -> set[str]:
    """The voices that give the day of `best`, in its own words or as `local` has it."""
    days = (local.at.date(), best.moment.at.date())
    return {f.origin for f in found if f.moment.at.date() in days or not _apart(f, best)}


def _is_confident(local: Moment, agreeing: set[str], found: Sequence[Found]) -> bool:
    """Whether a place that means the publication gave the day, and what else the page says does not speak against it."""
    against = {f.origin for f in found} - agreeing - _WEAK
    if (
        local.precision != "day"
        and not local.at.utcoffset()
        and not 5 <= local.at.hour < 22
        and not any(_tells_local_day(f) and f.origin in agreeing for f in found)
    ):
        return False  # in UTC and near midnight, with nothing to tell the day that the site's readers had
    if against:
        return False
    # A clock beside the headline tells no zone, so it is not sure to be what it says; the day is.
    beside = local.precision == "day" and any(f.firm and f.origin in _BESIDE and f.origin in agreeing for f in found)
    return beside or (bool(agreeing & _FIRM) and (len(agreeing - _WEAK) >= 2 or "plain" in agreeing))
