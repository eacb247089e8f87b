"""Hours of the clock that people choose: when it is quiet, when a digest is told, and what counts as a storm. Pure values.

Times are of the clock in a zone (IANA), so they follow its changes; what they come to is a moment in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

EVERY_DAY: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` of the clock in `timezone`, beginning on `days` (0 is Monday); past midnight where `end` is not later.

    `then` is what becomes of the alerts of that time: one `digest` at its end, each by itself (`send`), or nothing (`drop`).
    """

    id: str
    start: time
    end: time
    timezone: str
    days: frozenset[int] = EVERY_DAY
    then: Literal["digest", "send", "drop"] = "digest"


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """At these times of the clock in `timezone`, on these days, what was gathered is told in one message.

    `most` items are told in full words; all others are named in the document beside it. `order` is by priority or by time.
    """

    at: tuple[time, ...]
    timezone: str
    days: frozenset[int] = EVERY_DAY
    most: int = 40
    order: Literal["priority", "time"] = "priority"

    @property
    def name(self) -> str:
        """The same for the same times: alerts of several routes with one plan are one digest."""
        hours = ",".join(f"{one:%H:%M}" for one in sorted(self.at))
        return f"{hours}/{''.join(str(day) for day in sorted(self.days))}/{self.timezone}"


@dataclass(frozen=True, slots=True)
class Storm:
    """More than `more_than` alerts to one channel `within` a span are too many: the rest is gathered."""

    more_than: int = 25
    within: timedelta = timedelta(minutes=5)
    then: Literal["digest", "send"] = "digest"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the route (or the chat itself) asks for one alert."""

    quiet: QuietHours | None = None
    digest: DigestTimes | None = None


def quiet_until(quiet: QuietHours, now: datetime) -> datetime | None:
    """The moment (UTC) at which the quiet hours that hold at `now` end, None where it is not quiet.

    A clock that is put forward or back makes the span shorter or longer, never endless: its ends are times of the clock, and while
    the clock shows a time between them it is quiet.
    """
    zone = ZoneInfo(quiet.timezone)
    today = now.astimezone(zone).date()
    over = quiet.end <= quiet.start
    ends = [
        _moment(day + timedelta(days=over), quiet.end, zone, last=True)
        for day in (today - timedelta(days=1), today)
        if day.weekday() in quiet.days
        and _moment(day, quiet.start, zone) <= now < _moment(day + timedelta(days=over), quiet.end, zone, last=True)
    ]
    return max(ends, default=None)


def next_digest(plan: DigestTimes, now: datetime) -> datetime:
    """The first moment (UTC) after `now` at which this digest is told."""
    zone = ZoneInfo(plan.timezone)
    today = now.astimezone(zone).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        if day.weekday() in plan.days:
            later = [at for at in (_moment(day, one, zone) for one in plan.at) if at > now]
            if later:
                return min(later)
    return now + timedelta(days=1)


def _moment(day: date, at: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The moment (UTC) at which a clock in `zone` shows that time on that day.

    A clock that is put back shows it twice: the first moment, or the `last`. One that is put forward over it never shows it: the
    moment in which it is put forward (PEP 495: of the two readings, the one of summer time then lies before the other).
    """
    first, second = (datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if last else first
    before, after = int(second.timestamp()), int(first.timestamp())
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == second.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)
