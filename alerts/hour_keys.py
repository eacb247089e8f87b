"""The keys of hours: quiet hours, digests, storms. `keys.py` has those of everything else."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from alerts.hours import EVERY_DAY, Storm
from scraper.validate import REQUIRED, Keys
from scraper.values import Called, Duration, Written, wrong

STORM = Storm()
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock_time(raw: Any) -> time:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", raw) if isinstance(raw, str) else None
    if found is None:
        raise wrong('must be a time of day in quotes, as in "23:00"')
    return time(int(found[1]), int(found[2]))


def _clock_times(raw: Any) -> tuple[time, ...]:
    """One time of day, or up to 24 in a list."""
    listed = raw if isinstance(raw, list) else [raw]
    if not 1 <= len(listed) <= 24:
        raise wrong("must have 1 to 24 times of day")
    return tuple(sorted({_clock_time(one) for one in listed}))


def _days(raw: Any) -> frozenset[int]:
    if not isinstance(raw, list) or not raw:
        raise wrong(f'must be a list of days, as in ["{DAYS[0]}", "{DAYS[1]}"]')
    unknown = [one for one in raw if one not in DAYS]
    if unknown:
        raise wrong(f"holds what is no day: write {', '.join(DAYS)}")
    return frozenset(DAYS.index(one) for one in raw)


_TIME_JSON = {"type": "string", "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$"}
ClockTime = Annotated[
    time,
    PlainValidator(_clock_time),
    WithJsonSchema(_TIME_JSON),
    Written(lambda at: f"{at:%H:%M}"),
    Called("time of day"),
]
ClockTimes = Annotated[
    tuple[time, ...],
    PlainValidator(_clock_times),
    WithJsonSchema({"anyOf": [_TIME_JSON, {"type": "array", "items": _TIME_JSON, "minItems": 1, "maxItems": 24}]}),
    Written(lambda times: [f"{at:%H:%M}" for at in times] if len(times) != 1 else f"{times[0]:%H:%M}"),
    Called("time of day, or a list"),
]
Days = Annotated[
    frozenset[int],
    PlainValidator(_days),
    WithJsonSchema({"type": "array", "items": {"enum": list(DAYS)}, "minItems": 1}),
    Written(lambda days: [DAYS[day] for day in sorted(days)]),
    Called("list of days"),
]


class QuietHoursKeys(Keys):
    """Hours in which a route holds its alerts back, in the time zone of the file. Urgent alerts pass them."""

    start: Annotated[ClockTime, REQUIRED] = Field(
        time(0), alias="from", description="When they begin.", examples=['"23:00"']
    )
    end: Annotated[ClockTime, REQUIRED] = Field(
        time(0), alias="to", description="When they end; past midnight where it is not later.", examples=['"06:30"']
    )
    days: Days = Field(EVERY_DAY, description="The days on which they begin.")
    then: Literal["digest", "send", "drop"] = Field(
        "digest", description="What becomes of the alerts: one message at the end, each by itself then, or nothing."
    )


class DigestKeys(Keys):
    """One message at certain times instead of many."""

    at: Annotated[ClockTimes, REQUIRED] = Field((), description="When it is told.", examples=['"07:00"'])
    days: Days = Field(EVERY_DAY, description="On which days.")
    most: int = Field(40, ge=1, le=1_000, alias="max_items", description="How many are told in words.")
    order: Literal["priority", "time"] = Field("priority", description="What comes first.")


class StormKeys(Keys):
    """When alerts to one channel are too many: the first ones arrive, the rest is told together."""

    more_than: int = Field(STORM.more_than, ge=1, le=10_000, description="More than so many alerts")
    within: Duration = Field(STORM.within, description="within this span.")
    then: Literal["digest", "send"] = Field(STORM.then, description="One message with the rest, or each by itself.")
