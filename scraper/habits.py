"""What a source does by habit: when it has something new, how long it is usually silent, and how often to ask it. Pure.

    times of new statements -> Habit -> rate at an hour -> wait        (between the source's `interval` and `max_interval`)
                                     -> longest usual silence -> stale

A wait follows the square root of the rate: for sources of different rates and a given number of polls, that is the division
that makes the mean delay of a statement least. The rate is that of the hour of the day (a ministry is quiet at night), and
what came in the last hours counts more, because statements come in bursts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

DAY = timedelta(days=1)
WATCHED_ENOUGH = DAY
"""How long a source is watched before it is ever asked more seldom than its interval says."""
WINDOW = timedelta(days=84)
"""How far back the rate looks: twelve weeks, so that what comes once a month has a rate, and every weekday counts the same."""
KEPT = 240
"""Arrivals that are remembered, the latest."""
APART = timedelta(minutes=5)
"""What comes closer together is one arrival: one poll finds all of it."""
BUSY = 36
"""Intervals in which something new comes once, on average: a source as busy as that is asked at every interval."""
BURST = timedelta(hours=3)
"""How fast the memory of a burst fades."""
ENOUGH = 12
"""Arrivals from which the silence of a source can be judged."""
LONG_ENOUGH = timedelta(days=8)
"""The time that they must cover: a weekend is in it, whatever day it is."""

_BEFORE = 0.5
"""Arrivals that are taken for granted: a source of which little is known may speak at any time."""
_HALF_WIDTH = 3
"""Hours to either side that an arrival tells of."""
_BY_HOUR = 0.5
"""How much of an arrival counts for its own hours of the day; the rest counts for all hours the same."""
_KERNEL = tuple(max(0.0, 1 - min(hours, 24 - hours) / _HALF_WIDTH) for hours in range(24))
_WEIGHTS = tuple(1 - _BY_HOUR + _BY_HOUR * 24 * weight / sum(_KERNEL) for weight in _KERNEL)


@dataclass(frozen=True, slots=True)
class Habit:
    """The times at which a source had something new, ascending and at least `APART`, and since when they are known."""

    since: datetime
    arrivals: tuple[datetime, ...] = ()


def learn(habit: Habit | None, times: Iterable[datetime], now: datetime) -> Habit:
    """`habit` with further arrivals. What lies after `now`, or further back than the window, is not believed.

    Where there is no habit yet, `times` are those of the first page: arrivals are known since the oldest of them, a fifth
    aside, for what is pinned to the head of a list may be years old.
    """
    told = sorted(at.astimezone(UTC) for at in times if at <= now)
    if habit is None:
        habit = Habit(max(told[len(told) // 5], now - WINDOW) if told else now)
    believed = [at for at in told if at >= max(habit.since, now - WINDOW)]
    together: list[datetime] = []
    for at in sorted({*habit.arrivals, *believed}):
        if not together or at - together[-1] >= APART:
            together.append(at)
    kept = tuple(together[-KEPT:])
    since = max(habit.since, kept[0]) if len(together) > KEPT else habit.since
    return Habit(since, tuple(at for at in kept if at >= now - WINDOW))


def rate(habit: Habit, at: datetime) -> float:
    """Arrivals an hour to be expected at `at`, which is not before the last of them. More arrivals never make it less."""
    hours = [0] * 24
    recent = 0.0
    for arrival in habit.arrivals:
        age = at - arrival
        if age > WINDOW:
            continue
        hours[arrival.hour] += 1
        if age < 8 * BURST:
            recent += math.exp(-(max(age, timedelta()) / BURST))
    silent = at - habit.arrivals[-1] if habit.arrivals else at - habit.since
    known = min(max(at - habit.since, DAY), max(WINDOW, silent)) / timedelta(hours=1)
    here = at.astimezone(UTC).hour
    usual = (_BEFORE + sum(count * _WEIGHTS[(here - hour) % 24] for hour, count in enumerate(hours) if count)) / known
    return usual + recent * 0.5 / (BURST / timedelta(hours=1))


def wait(
    habit: Habit | None, now: datetime, *, interval: timedelta, longest: timedelta, watched_since: datetime | None
) -> timedelta:
    """How long to wait before the next poll, between `interval` and `longest`. `watched_since` is the source's first poll.

    It looks ahead: where a busier hour comes, the wait does not reach into it by more than that hour's own wait.
    """
    if habit is None or watched_since is None or longest <= interval:
        return interval
    if now - max(watched_since, habit.since) < WATCHED_ENOUGH:
        return interval
    step = max(interval, timedelta(minutes=30))
    best = longest
    ahead = timedelta()
    while ahead < best:
        best = min(best, ahead + _wait_at(habit, now + ahead, interval, longest))
        ahead += step
    return max(best, interval)


def _wait_at(habit: Habit, at: datetime, interval: timedelta, longest: timedelta) -> timedelta:
    expected = rate(habit, at)
    busy = 1 / (BUSY * (interval / timedelta(hours=1)))
    if expected <= 0:
        return longest
    return min(longest, interval * max(1.0, math.sqrt(busy / expected)))


def longest_silence(habit: Habit | None) -> timedelta | None:
    """How long the source may be silent before it is worth a word; None where too little is known of it.

    Half as long again as nineteen of twenty of its silences, a fifth longer than the longest of them, and at least a day.
    """
    if habit is None or len(habit.arrivals) < ENOUGH or habit.arrivals[-1] - habit.arrivals[0] < LONG_ENOUGH:
        return None
    silences = sorted(later - earlier for earlier, later in zip(habit.arrivals, habit.arrivals[1:], strict=False))
    usual = silences[math.ceil(0.95 * len(silences)) - 1]
    return max(1.5 * usual, 1.2 * silences[-1], DAY)


def written(habit: Habit) -> str:
    """The habit as it is stored: JSON, whole minutes since 1970."""
    return json.dumps([_minutes(habit.since), *(_minutes(at) for at in habit.arrivals)])


def read(text: str | None) -> Habit | None:
    """What `written` wrote; None for none, and for what cannot be read: a habit is learned again."""
    try:
        since, *arrivals = (datetime.fromtimestamp(60 * int(one), UTC) for one in json.loads(text or "[]"))
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return replace(Habit(since), arrivals=tuple(arrivals))


def _minutes(at: datetime) -> int:
    return int(at.timestamp() // 60)
