"""When to look again: pure, handed `now`, and a `spread` drawn by the caller."""

from __future__ import annotations

from datetime import datetime, timedelta

from scraper import habits
from scraper.habits import Habit
from scraper.model import Outcome, Source
from scraper.settings import FetchSettings

FRESH_INTERVALS = 4
"""How many intervals a page may ask for by its Cache-Control: some sites put a day on everything, news included."""
ONCE_A_DAY = timedelta(days=1)
FULL_FETCH_EVERY = timedelta(days=1)
"""A site may answer "not modified" for ever, though it changed: once a day it is asked without validators."""

_ARTICLE_WAITS = (60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 24 * 3600)
_ARTICLE_NEVER: frozenset[Outcome] = frozenset({"gone", "blocked", "blocked_by_site", "too_large", "too_complex"})
_SLOW_DOWN: frozenset[Outcome] = frozenset({"blocked", "blocked_by_site"})
_PERHAPS_OURS: frozenset[Outcome] = frozenset({"network_error", "timeout"})
SHORT_OUTAGE_WAIT = timedelta(minutes=30)
"""The longest wait after failures that may be our own network's: when it is back, no source is hours late."""


def next_poll(
    source: Source,
    settings: FetchSettings,
    *,
    outcome: Outcome,
    failures: int,
    now: datetime,
    spread: float,
    retry_after: timedelta | None = None,
    habit: Habit | None = None,
    watched_since: datetime | None = None,
    fresh_for: timedelta | None = None,
    hurry: bool = False,
) -> datetime:
    """When this source is due again.

    A healthy source is asked as often as its `habit` pays (`habits.wait`), between `interval` and `max_interval`; not while its
    answer says that it holds (`fresh_for`), up to four intervals. `watched_since` is its first poll; `hurry` leaves its habit
    aside: something is still to be read.

    `failures` counts the polls in a row that failed, this one included: each doubles the wait, up to `max_interval` (half
    an hour where the fault may be our own network's). `retry_after` is honoured up to `max_retry_after`. `spread` in
    [0, 1) lengthens the wait by up to `jitter`, never shortens it: no site is asked more often than its interval says.
    """
    wait = source.interval
    if not failures and not hurry:
        wait = habits.wait(
            habit, now, interval=source.interval, longest=source.max_interval, watched_since=watched_since
        )
        if fresh_for is not None:
            wait = max(wait, min(fresh_for, source.interval * FRESH_INTERVALS, source.max_interval))
    if outcome == "gone":
        wait = max(wait, ONCE_A_DAY)
    elif failures:
        doublings = min(failures - 1 + (1 if outcome in _SLOW_DOWN else 0), 10)
        longest = min(source.max_interval, SHORT_OUTAGE_WAIT) if outcome in _PERHAPS_OURS else source.max_interval
        wait = max(wait, min(wait * 2**doublings, longest))
    if retry_after is not None:
        wait = max(wait, min(retry_after, settings.max_retry_after))
    return now + wait * (1 + settings.jitter * spread)


def asks_conditionally(
    settings: FetchSettings, *, failures: int, full_fetch_at: datetime | None, now: datetime
) -> bool:
    """Whether to send validators: not after a failure (a 304 must not heal it), and not for longer than a day on end."""
    if not settings.conditional or failures or full_fetch_at is None:
        return False
    return now - full_fetch_at < FULL_FETCH_EVERY


def next_article_try(
    *, outcome: Outcome, attempts: int, now: datetime, retry_after: timedelta | None
) -> datetime | None:
    """When to try an article again after `attempts` failed tries; None to give up and let the headline stand alone."""
    if outcome in _ARTICLE_NEVER or attempts > len(_ARTICLE_WAITS):
        return None
    wait = timedelta(seconds=_ARTICLE_WAITS[attempts - 1])
    return now + max(wait, min(retry_after or wait, ONCE_A_DAY))
