"""The clock is put forward and back while bayan runs: quiet hours, digests and polls keep to it, nothing comes twice or too late."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.hours import DigestTimes, QuietHours, next_digest, quiet_until
from alerts.model import Route
from alerts.weekly import last_due
from tests.fake_botapi import FakeBotApi
from tests.fake_site import Asked, FakeSite, headline
from tests.kill_rounds import serials_of
from tests.street import Clock, configuration, house, local, phone

STEP, INTERVAL = timedelta(minutes=30), timedelta(hours=1)
BEFORE, AFTER = timedelta(hours=28), timedelta(hours=34)


@dataclass(frozen=True)
class Change:
    """A change of the clock, and by hand: when the quiet hours and the digests around it end and are told, in UTC."""

    zone: str
    at: datetime
    quiet: tuple[time, time]
    digests: tuple[time, ...]
    ends: tuple[str, ...]
    told: tuple[str, ...]


FORWARD_IN_BERLIN = Change(
    "Europe/Berlin",
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    (time(2, 30), time(6, 30)),  # the clock goes from 02:00 to 03:00: it never shows the beginning
    (time(2, 30), time(20)),
    ("03-28T05:30", "03-29T04:30", "03-30T04:30"),
    ("03-28T01:30", "03-28T19:00", "03-29T01:00", "03-29T18:00", "03-30T00:30"),
)
BACK_IN_BERLIN = Change(
    "Europe/Berlin",
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    (time(22), time(2, 30)),  # the clock shows the end twice
    (time(2, 30), time(20)),
    ("10-24T00:30", "10-25T01:30", "10-26T01:30"),
    ("10-24T00:30", "10-24T18:00", "10-25T00:30", "10-25T19:00", "10-26T01:30"),
)
FORWARD_IN_BEIRUT = Change(
    "Asia/Beirut",
    datetime(2026, 3, 28, 22, tzinfo=UTC),
    (time(0), time(5, 30)),  # the day has no midnight
    (time(0, 30), time(20)),
    ("03-28T03:30", "03-29T02:30", "03-30T02:30"),
    ("03-27T22:30", "03-28T18:00", "03-28T22:00", "03-29T17:00", "03-29T21:30"),
)
BACK_IN_BEIRUT = Change(
    "Asia/Beirut",
    datetime(2026, 10, 24, 21, tzinfo=UTC),
    (time(23, 30), time(6)),  # at midnight it is 23:00 once more, of the day before
    (time(23, 30), time(12)),
    ("10-24T03:00", "10-25T04:00", "10-26T04:00"),
    ("10-23T20:30", "10-24T09:00", "10-24T20:30", "10-25T10:00", "10-25T21:30"),
)
CHANGES = (FORWARD_IN_BERLIN, BACK_IN_BERLIN, FORWARD_IN_BEIRUT, BACK_IN_BEIRUT)
NAMES = [f"{change.zone} {change.at:%d %b}" for change in CHANGES]


def hour(moment: datetime) -> str:
    return f"{moment:%m-%dT%H:%M}"


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
async def test_around_a_change_of_the_clock_all_is_told_once_and_when_the_clock_says_so(
    tmp_path: Path, change: Change
) -> None:
    clock = Clock(change.at - BEFORE)
    polls: list[datetime] = []
    made: dict[int, datetime] = {}
    known = 1
    async with FakeSite() as site, FakeBotApi(clock=lambda: clock.now.timestamp()) as api:

        def feed(_: Asked) -> tuple[int, str]:
            polls.append(clock.now)
            return 200, site.feed([(f"S{serial:05d}", headline(serial)) for serial in range(known, 0, -2)])

        site.pages["/feed"] = feed
        source = local("agency", f"{site.origin}/feed", interval=INTERVAL, max_interval=INTERVAL)
        night = QuietHours("night", *change.quiet, change.zone)
        config = replace(
            configuration(
                tmp_path,
                sources=(source,),
                channels=tuple(phone(f"chat{chat}", api.url, chat) for chat in ("11", "22", "33")),
                quiet_hours=(night,),
                routes=(
                    Route("now", ("chat11",), actors=("*",), proceed=True),
                    Route("asleep", ("chat22",), actors=("*",), quiet_hours="night", proceed=True),
                    Route("gathered", ("chat33",), actors=("*",), digest=DigestTimes(change.digests, change.zone)),
                ),
            ),
            timezone=change.zone,
        )
        async with house(config, clock) as bayan:
            while clock.now < change.at + AFTER:
                await bayan.service.once(patience=timedelta())
                clock.now += STEP
                if clock.now.minute == 0 and clock.now.hour % 2 and clock.now < change.at + AFTER - 2 * INTERVAL:
                    known += 2
                    made[known] = clock.now
            first = min(made.values())
        heard: dict[str, list[tuple[datetime, str, list[int]]]] = {chat: [] for chat in ("11", "22", "33")}
        for one in api.accepted:
            at = datetime.fromtimestamp(one["at"], UTC)
            heard[one["chat_id"]].append((at, one["text"], serials_of(one["text"])))

    assert {later - earlier for earlier, later in itertools.pairwise(polls)} == {INTERVAL}, "no gap, no burst"
    last = max(made.values())
    for chat, told in heard.items():
        counts = Counter(serial for _, _, serials in told for serial in serials)
        assert set(counts.values()) == {1}, "nothing twice"
        waits = {serial for serial in made if serial not in counts}
        assert all(made[serial] > last - timedelta(hours=24) for serial in waits), (chat, waits)
        assert chat != "11" or not waits
    assert all(at - made[serial] <= INTERVAL for at, _, serials in heard["11"] for serial in serials)

    zone = ZoneInfo(change.zone)
    start, end = change.quiet
    for at, text, _ in heard["22"]:
        shown = at.astimezone(zone).time()
        asleep = start <= shown < end if start < end else shown >= start or shown < end
        assert not asleep, f"told at {shown}"
        assert not text.startswith("🌙") or hour(at) in change.ends
    assert [hour(at) for at, text, _ in heard["22"] if text.startswith("🌙")] == [*change.ends]
    expected = [one for one in change.told if one > hour(first)]
    assert [hour(at) for at, _, _ in heard["33"]] == expected
    assert all(text.startswith("🗞") for _, text, _ in heard["33"])


# --------------------------------------------------------------------------------------- for every moment and zone

ZONES = st.sampled_from(
    [
        "Europe/Berlin",
        "Asia/Beirut",
        "Asia/Baghdad",
        "Africa/Cairo",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Gaza",
    ]
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0))
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.builds(
        lambda change, minutes: change.replace(tzinfo=None) + timedelta(minutes=minutes),
        st.sampled_from([change.at for change in CHANGES]),
        st.integers(-240, 240),
    ),
).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC))


@given(MOMENTS, TIMES, TIMES, ZONES)
@example(datetime(2026, 3, 29, 1, 10, tzinfo=UTC), time(2, 30), time(6, 30), "Europe/Berlin")
@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), time(22), time(2, 30), "Europe/Berlin")
@example(datetime(2026, 10, 24, 21, 10, tzinfo=UTC), time(23), time(6), "Asia/Beirut")
def test_while_the_clock_shows_a_quiet_time_it_is_quiet(now: datetime, start: time, end: time, zone: str) -> None:
    shown = now.astimezone(ZoneInfo(zone)).time()
    quiet = QuietHours("night", start, end, zone)
    if start <= shown < end if start < end else (shown >= start or shown < end):
        until = quiet_until(quiet, now)
        assert until is not None
        assert now < until <= now + timedelta(hours=26)


@given(MOMENTS, TIMES, ZONES)
def test_a_daily_digest_is_told_once_for_each_day_of_the_clock(now: datetime, at: time, zone: str) -> None:
    plan = DigestTimes((at,), zone)
    told = []
    for _ in range(4):
        now = next_digest(plan, now)
        told.append(now)
    gaps = [later - earlier for earlier, later in itertools.pairwise(told)]
    assert all(timedelta(hours=22) <= gap <= timedelta(hours=26) for gap in gaps), gaps


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_the_weekly_note_of_the_night_of_the_change_has_one_moment(change: Change) -> None:
    zone = ZoneInfo(change.zone)
    moment = change.at - timedelta(hours=3)
    shown = change.at.astimezone(zone)
    weekly = (
        f"{['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'][shown.weekday()]} {shown - timedelta(minutes=30):%H:%M}"
    )
    found = set()
    while moment < change.at + timedelta(hours=3):
        found.add(last_due(weekly, change.zone, moment))
        moment += timedelta(minutes=10)
    assert len(found) <= 2, "the one of the week before, and this one"
