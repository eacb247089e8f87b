"""How many new items of one poll are believable: a pure decision over their number, the page, and the source's own habit.

A busy hour, a quick wire and the first look after an outage all bring many. A redesign does, too: addresses and guids are
others, and everything that the site ever said looks new. What tells them apart is how much of the page is new, how many
this source usually brings in such a time, whether the items claim to be old, and whether all their addresses have a form
that the source never had. A flood is held and not lost: in doubt a person looks (`scraper/holds.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from scraper.model import Item
from scraper.settings import FloodSettings

YOUNG = timedelta(days=2)
"""Until then a source has no habit that one could trust."""
TURNOVER = timedelta(hours=6)
"""In which a page of a source without a habit may have become another one."""
OUTAGE = timedelta(days=1)
"""After which a whole page of new items is believable, whatever the habit."""
LATE = timedelta(days=2)
"""An item that claims to be that much older than our last look would have stood there then."""
NEARLY_ALL = 0.8
"""Of the new items, for what is said of all of them."""
SHAPES_KNOWN = 10
"""Stored addresses from which one knows what those of a source look like."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a source brought so far. `most` is the most in one poll, `per_hour` the mean since its baseline, `since` that."""

    most: int = 0
    per_hour: float = 0.0
    since: datetime | None = None


def believable(habit: Habit, *, page: int, gap: timedelta, now: datetime, settings: FloodSettings) -> float:
    """How many new items are no surprise: `gap` after the last good look at a page that lists `page` items now."""
    hours = max(gap / timedelta(hours=1), 0.0)
    found = max(settings.items, settings.times * habit.most, settings.times * habit.per_hour * hours)
    if habit.since is None or now - habit.since < YOUNG:
        found = max(found, min(page, settings.most) * min(gap / TURNOVER, 1.0))
    if gap >= OUTAGE:
        found = max(found, min(page, settings.most))
    return found


def why_a_flood(
    new: Sequence[Item],
    *,
    page: int,
    habit: Habit,
    last_look: datetime,
    now: datetime,
    known_urls: Collection[str],
    settings: FloodSettings,
) -> str:
    """Why `new`, the new items of a page that lists `page`, are held, in one line; "" where they are believed.

    `last_look` is when the source was last read well, `known_urls` some addresses that it had until now.
    """
    count = len(new)
    limit = believable(habit, page=page, gap=now - last_look, now=now, settings=settings)
    if count <= limit:
        return ""
    usual = f"{count} new of {page} listed, where up to {limit:.0f} are usual"
    if count > settings.most:
        return f"{usual}: more than {settings.most} at once"
    old, fresh = _claims(new, last_look, now)
    if old >= NEARLY_ALL * count:
        return f"{usual}: nearly all claim to be older than the last look"
    if fresh >= NEARLY_ALL * count:
        return ""
    if count >= settings.share * page:
        return f"{usual}: the page is another one"
    if _all_of_another_shape(new, known_urls):
        return f"{usual}: their addresses have another form than before"
    return ""


def _claims(new: Iterable[Item], last_look: datetime, now: datetime) -> tuple[int, int]:
    """How many claim to be older than our last look by days, and how many to have come since."""
    old = fresh = 0
    for item in new:
        if item.published is not None:
            at = item.published.at
            old += at < last_look - LATE
            fresh += last_look - LATE / 2 <= at <= now + LATE / 2
    return old, fresh


def _all_of_another_shape(new: Sequence[Item], known_urls: Collection[str]) -> bool:
    if len(known_urls) < SHAPES_KNOWN:
        return False
    before = {shape(url) for url in known_urls}
    others = sum(item.url is not None and shape(item.url) not in before for item in new)
    return others >= NEARLY_ALL * len(new)


def shape(url: str) -> str:
    """The form of an address: its host, and of each part of its path whether it is a number, a slug or a word of its own.

    `https://site.example/news/2026/06/a-long-headline-123` -> `site.example/news/9/9/-`.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url
    path = "/".join(_part(part) for part in parts.path.split("/"))
    query = "&".join(sorted({name for name, _ in parse_qsl(parts.query, max_num_fields=None)}))
    return f"{host}{path}?{query}"


def _part(part: str) -> str:
    if re.fullmatch(r"[0-9]+", part):
        return "9"
    return "-" if len(part) > 12 or re.search(r"[0-9%_-]", part) else part.casefold()
