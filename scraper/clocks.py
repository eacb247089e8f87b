"""Finds the time of day in a phrase, and the zone that stands beside it. Pure; works on text that went through `phrases.fold`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo


class Unclear(Exception):
    """A date or time is there, but it does not exist (31 February, 25:61) or two of them contradict each other."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day. `zone` is what the text says, None where it says nothing; `readable` is false for "IST" and its kind."""

    hour: int
    minute: int
    second: int | None
    zone: tzinfo | None
    readable: bool
    start: int
    end: int


_HALF = r"a\.?m\b\.?|p\.?m\b\.?|ص\b|م\b|صباحا|مساء|ظهرا|ق\.ظ|ب\.ظ|قبل از ظهر|بعد از ظهر"
_PM = ("p", "م", "ب", "ظ", "下", "오후")
_CLOCK = re.compile(
    rf"""(?P<early>上午|下午|오전|오후)?\ ?
    (?<![\d:.,/+-])(?P<h>\d{{1,2}})
    (?:
        (?:\ ?:\ ?|\ ?h\ ?)(?P<m>\d{{2}})(?::(?P<s>\d{{1,2}})(?:[.,]\d{{1,9}})?)?(?!\d)(?!:\d)(?:\ ?(?P<half>{_HALF}))?
        | \.(?P<m2>\d{{2}})(?:\ ?uhr\b|\ ?(?P<half2>[ap]\.?m\b\.?))
        | \ ?(?P<half3>[ap]\.?m\b\.?)
        | \ ?[時时시]\ ?(?:(?P<m4>\d{{1,2}})\ ?[分분])?
        | \ ?uhr\b
    )""",
    re.VERBOSE,
)
_AFTER = re.compile(
    r"z\b| ?\(?(?P<name>[a-z]{2,5}|мск)?\)? ?(?P<sign>[+-])(?P<oh>\d{1,2}):?(?P<om>\d{2})?(?!\d)"
    r"| ?\(?(?P<abbr>[a-z]{2,5}|мск)\b\)?"
)
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120,
    "eest": 180, "msk": 180, "мск": 180, "trt": 180, "tsi": 180, "irst": 210, "irdt": 270, "idt": 180, "pkt": 300, "wib": 420,
    "sgt": 480, "hkt": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "hst": -600,
}  # fmt: skip
_ZONE_NAMES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
_MANY_ZONES = frozenset({"ist", "cst", "bst", "ast", "gst", "sst", "amt", "adt"})
"""Abbreviations that name several zones hours apart: India, Israel and Ireland are all IST."""


def clock(folded: str) -> Clock | None:
    """The one time of day in `folded`, None if there is none or if there are several. Raises Unclear for 25:61."""
    found: list[Clock] = []
    for match in _CLOCK.finditer(folded):
        hour, minute = int(match["h"]), int(match["m"] or match["m2"] or match["m4"] or 0)
        second = int(match["s"]) if match["s"] else None
        half = match["half"] or match["half2"] or match["half3"] or match["early"] or ""
        if half:
            if not 0 < hour <= 12 and not match["half"]:
                continue
            if hour <= 12:
                hour = hour % 12 + (12 if half.startswith(_PM) else 0)
        if hour > 23 or minute > 59 or (second or 0) > 60:
            raise Unclear("no such time of day")
        zone, readable, end = _zone(folded, match.end())
        found.append(
            Clock(hour, minute, None if second is None else min(second, 59), zone, readable, match.start(), end)
        )
    if len({(c.hour, c.minute) for c in found}) > 1:
        return None
    return found[0] if found else None


def _zone(folded: str, at: int) -> tuple[tzinfo | None, bool, int]:
    """The zone that stands right after a time of day, whether it is one we can read, and where it ends."""
    match = _AFTER.match(folded, at)
    if match is None:
        return None, True, at
    if match["sign"]:
        hours, minutes = int(match["oh"]), int(match["om"] or 0)
        name = match["name"]
        plain = name in ("utc", "gmt")
        if hours > 14 or minutes > 59 or (not plain and len(match["oh"] + (match["om"] or "")) != 4):
            return None, True, at
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(offset if match["sign"] == "+" else -offset), True, match.end()
    name = match["abbr"]
    if not name:
        return UTC, True, match.end()
    if name in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name])), True, match.end()
    if name in _ZONE_NAMES:
        return ZoneInfo(_ZONE_NAMES[name]), True, match.end()
    return None, name not in _MANY_ZONES, at


def at_clock(day: date, time: Clock, zone: tzinfo) -> datetime:
    """The moment of `time` on `day`, in the zone that the text gives, else in `zone`."""
    return datetime(day.year, day.month, day.day, time.hour, time.minute, time.second or 0, tzinfo=time.zone or zone)
