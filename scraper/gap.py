"""Whether something may have been missed between two looks at a source: pure, over what a page lists and what of it is known.

    newest ... oldest listed | ? | last good look     nothing known, nothing older than the last look: perhaps a gap

A page that reaches back to something known, or to before the last good look, leaves no gap.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.model import Item, Kind

PINNED = 3
"""Items at the head of a list that may stand there for months: that they are known says nothing of the rest."""
BEHIND_PINNED = 5
"""New items in a row, behind what is pinned, from which the rest of the list is doubted."""
LEEWAY = timedelta(hours=1)
"""Between the time that a site gives and the time at which it lists something."""
UNORDERED: frozenset[Kind] = frozenset({"sitemap", "page", "directory"})
"""Kinds whose lists are whole, or not by time: nothing falls off their end."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where something may have been missed. `since` is the last good look, `until` the oldest time listed, where one is given.

    `pages` is how many older pages were read, `detail` why it could not be closed.
    """

    source: str
    noticed_at: datetime
    since: datetime | None
    until: datetime | None
    pages: int
    detail: str

    @property
    def width(self) -> timedelta | None:
        """From the last good look to the oldest time listed."""
        if self.since is None:
            return None
        return max((self.until or self.noticed_at) - self.since, timedelta())


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where paging back goes on at the next poll: the page, the last good look, and what was stored before the gap was seen.

    `before` is the greatest id of a statement that was stored then: an item with such an id closes the gap.
    """

    url: str
    since: datetime | None
    before: int
    pages: int


def suspected(
    kind: Kind, items: Sequence[Item], known: Sequence[bool], seen_at: datetime | None, listed_before: int = 0
) -> bool:
    """Whether the page leaves a gap. `items` are newest first, `known` says of each whether it was stored before.

    `seen_at` is the last time that the source was seen well; None where it never was: then nothing was missed. Nor was it where
    the page still shows as many known items as it listed then (`listed_before`, 0 for unknown): none has left it.
    """
    if seen_at is None or kind in UNORDERED or not items or not known or not _doubtful(known):
        return False
    if 0 < listed_before <= sum(known):
        return False
    oldest = oldest_time(items)
    return oldest is None or oldest > seen_at - LEEWAY


def newest_first(kind: Kind, items: Sequence[Item]) -> Sequence[Item]:
    """The items in the order of time, as far as their kind of page has one: a channel shows the newest last."""
    return tuple(reversed(items)) if kind == "channel" else items


def closes(items: Sequence[Item], known: Iterable[bool], since: datetime | None) -> bool:
    """Whether an older page reaches what was there before the gap: an item of it is known, or all its times are older."""
    if any(known):
        return True
    times = [at for item in items if (at := _time(item)) is not None]
    return since is not None and bool(times) and max(times) < since - timedelta(days=1)


def oldest_time(items: Sequence[Item]) -> datetime | None:
    """The oldest time that the items give; None where most of them give none."""
    times = [at for item in items if (at := _time(item)) is not None]
    return min(times) if times and len(times) * 2 > len(items) else None


def written(cursor: Cursor) -> str:
    """A cursor as it is stored."""
    return json.dumps(
        [cursor.url, cursor.since.isoformat() if cursor.since else None, cursor.before, cursor.pages],
        ensure_ascii=False,
    )


def read(text: str | None) -> Cursor | None:
    """What `written` wrote, or None."""
    try:
        url, since, before, pages = json.loads(text or "null")
        return Cursor(str(url), datetime.fromisoformat(since) if since else None, int(before), int(pages))
    except (ValueError, TypeError):
        return None


def _doubtful(known: Sequence[bool]) -> bool:
    if not any(known):
        return True
    return not any(known[PINNED:]) and len(known) >= PINNED + BEHIND_PINNED and sum(known) <= PINNED


def _time(item: Item) -> datetime | None:
    """When it was published, where that says the time; a day alone is taken at its end, so that it proves nothing."""
    if item.published is None:
        return None
    at = item.published.at
    return at + timedelta(days=1) if item.published.precision == "day" else at
