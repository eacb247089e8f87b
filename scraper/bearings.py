"""What a good poll tells of its source besides statements: how well it is, its habit, a gap. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from scraper import condition, gap, habits
from scraper.backfill import Reached
from scraper.model import Condition, Item, Listed, Page
from scraper.novelty import Harvest
from scraper.sources import Bearing, SourceState

FEW = 5
"""Items of a page under which a gap is only believed where polls were missed: such a page is new as a whole at every poll."""


def take(
    state: SourceState, page: Page, listed: Listed, harvest: Harvest, behind: Reached, now: datetime, *, held: bool
) -> Bearing:
    """The bearing of the source after this poll. `held` says that its new items are not believed, and so teach nothing.

    Where they are a redesign, older pages lead to more of the same: they are not read back.
    """
    habit = habits.read(state.habit)
    if not held:
        habit = habits.learn(habit, _arrivals(state, harvest, now), now)
    now_is = condition.of_page(listed)
    return Bearing(
        condition=now_is,
        worse_since=_worse_since(state, now_is, now),
        habit=habits.written(habit) if habit is not None else None,
        older_page=gap.written(behind.cursor) if behind.cursor and not held else None,
        gap=None if held or _is_small(state, behind, listed) else behind.gap,
        fresh_for=page.fresh_for,
        edits_at=behind.edits_at,
    )


def _worse_since(state: SourceState, now_is: Condition, now: datetime) -> datetime | None:
    """Since when the list is worse than it was: not where it never was better. A failure in between changes nothing."""
    if now_is == "ok":
        return None
    return now if state.condition == "ok" else state.worse_since


def _arrivals(state: SourceState, harvest: Harvest, now: datetime) -> Iterator[datetime]:
    """When the new statements came: the time that they give, where that lies between the last poll and now; else now.

    At the first poll it is the time that each gives: that is the only habit that can be known then.
    """
    for fresh in harvest.new:
        published = _time(fresh.item)
        if state.baseline_at is None:
            if published is not None:
                yield published
        elif published is not None and state.seen_at is not None and state.seen_at <= published <= now:
            yield published
        else:
            yield now


def _time(item: Item) -> datetime | None:
    """When an item says that it was published, if it says the time of day."""
    return item.published.at if item.published is not None and item.published.precision != "day" else None


def _is_small(state: SourceState, behind: Reached, listed: Listed) -> bool:
    """Whether a gap is no more than the time between two polls of a page that shows a few items only."""
    if behind.gap is None or len(listed.items) >= FEW:
        return False
    width = behind.gap.width
    usual = state.due_at - state.seen_at if state.seen_at is not None else timedelta()
    return width is not None and width <= 2 * usual
