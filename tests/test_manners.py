"""When a channel wants to hear: quiet hours, digests, mutes, storms."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.hours import DigestTimes, Plan, QuietHours, Storm, next_digest, quiet_until
from alerts.manners import NOW, About, Fate, Mute, fate
from alerts.model import Priority

NIGHT = QuietHours("night", time(23), time(6, 30), "Asia/Baghdad")
MORNING = DigestTimes((time(7),), "Asia/Baghdad", days=frozenset(range(5)))
ABOUT = About(frozenset({"@khazali"}), "agency", "17", ("desk",))
EVENING = datetime(2025, 6, 20, 19, 0, tzinfo=UTC)  # 22:00 in Baghdad, a Friday
LATE = datetime(2025, 6, 20, 22, 0, tzinfo=UTC)  # 01:00 in Baghdad, Saturday


def become(
    now: datetime,
    *plans: Plan,
    priority: Priority = "normal",
    mutes: tuple[Mute, ...] = (),
    storm: Storm | None = None,
    recent: int = 0,
    about: About = ABOUT,
) -> Fate:
    return fate(priority, about, plans, mutes=mutes, storm=storm, recent=recent, now=now)


def test_without_manners_an_alert_is_sent_now() -> None:
    assert become(LATE) == NOW


def test_an_alert_in_quiet_hours_waits_for_their_end_in_one_bundle() -> None:
    told = become(LATE, Plan(quiet=NIGHT))
    assert (told.then, told.bundle) == ("held", "quiet:night")
    assert told.until == datetime(2025, 6, 21, 3, 30, tzinfo=UTC)


def test_before_and_after_quiet_hours_it_is_sent_now() -> None:
    assert become(EVENING, Plan(quiet=NIGHT)) == NOW
    assert become(datetime(2025, 6, 21, 3, 30, tzinfo=UTC), Plan(quiet=NIGHT)) == NOW


def test_an_urgent_alert_passes_quiet_hours_and_digests() -> None:
    assert become(LATE, Plan(quiet=NIGHT, digest=MORNING), priority="urgent") == NOW


def test_quiet_hours_that_drop_say_so() -> None:
    assert (
        become(LATE, Plan(quiet=QuietHours("night", time(23), time(6), "Asia/Baghdad", then="drop"))).then == "dropped"
    )


def test_one_route_without_delay_is_enough_to_send_now() -> None:
    assert become(LATE, Plan(quiet=NIGHT), Plan()) == NOW


def test_the_earliest_of_two_delays_counts() -> None:
    told = become(LATE, Plan(digest=MORNING), Plan(quiet=NIGHT))
    assert told.until == datetime(2025, 6, 21, 3, 30, tzinfo=UTC)


def test_a_weekday_digest_waits_over_the_weekend() -> None:
    told = become(LATE, Plan(digest=MORNING))  # Saturday in Baghdad, so Monday at 07:00 there
    assert told.until == datetime(2025, 6, 23, 4, 0, tzinfo=UTC)


def test_quiet_hours_of_chosen_days_belong_to_the_day_on_which_they_begin() -> None:
    friday = QuietHours("weekend", time(23), time(6), "Asia/Baghdad", days=frozenset({4}))
    assert quiet_until(friday, LATE) is not None
    assert quiet_until(friday, LATE + timedelta(days=1)) is None


def test_a_mute_holds_back_even_what_is_urgent_until_it_ends() -> None:
    mute = Mute(3, "actor", "khazali", LATE + timedelta(hours=1))
    told = become(LATE, priority="urgent", mutes=(mute,))
    assert (told.then, told.bundle, told.until) == ("held", "mute:3", LATE + timedelta(hours=1))


def test_a_mute_that_has_ended_holds_nothing_back() -> None:
    assert become(LATE, mutes=(Mute(3, "all", "", LATE),)) == NOW


def test_a_mute_of_one_actor_does_not_silence_an_alert_that_rang_for_another_too() -> None:
    both = About(frozenset({"@khazali", "threats"}), "agency", "17", ("desk",))
    assert become(LATE, mutes=(Mute(3, "actor", "khazali", LATE + timedelta(hours=1)),), about=both) == NOW


@pytest.mark.parametrize(
    ("scope", "subject"), [("source", "agency"), ("story", "17"), ("route", "desk"), ("all", ""), ("actor", "khazali")]
)
def test_each_scope_of_a_mute_is_heeded(scope: str, subject: str) -> None:
    mute = Mute(1, scope, subject, LATE + timedelta(hours=1))  # type: ignore[arg-type]
    assert become(LATE, mutes=(mute,)).then == "held"


def test_the_first_alerts_of_a_storm_arrive_and_the_rest_is_gathered() -> None:
    storm = Storm(more_than=25, within=timedelta(minutes=5))
    assert become(EVENING, storm=storm, recent=24) == NOW
    told = become(EVENING, storm=storm, recent=25)
    assert (told.then, told.bundle, told.until) == ("held", "storm", EVENING + timedelta(minutes=1))


def test_what_comes_during_a_storm_is_told_with_what_waits_already() -> None:
    storm, soon = Storm(more_than=25), EVENING + timedelta(seconds=20)
    told = fate("normal", ABOUT, (), mutes=(), storm=storm, recent=25, now=EVENING, gathering=soon)
    assert told.until == soon


def test_what_is_said_first_hand_passes_a_storm_longer_than_what_is_said_about_it() -> None:
    storm = Storm(more_than=25)
    first_hand = [
        fate("normal", ABOUT, (), mutes=(), storm=storm, recent=recent, now=EVENING, first_hand=True).then
        for recent in (49, 50)
    ]
    assert first_hand == ["now", "held"]


def test_urgent_alerts_pass_a_storm_until_they_are_one_themselves() -> None:
    storm = Storm(more_than=25)
    assert become(EVENING, priority="urgent", storm=storm, recent=49) == NOW
    assert become(EVENING, priority="urgent", storm=storm, recent=50).then == "held"


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)
clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0))
zones = st.sampled_from(["UTC", "Asia/Baghdad", "Europe/Berlin", "America/New_York", "Asia/Tehran", "Pacific/Apia"])


@given(moments, clock_times, clock_times, zones, st.frozensets(st.integers(0, 6)))
def test_quiet_hours_always_end_within_two_days_and_after_now(
    now: datetime, start: time, end: time, zone: str, days: frozenset[int]
) -> None:
    until = quiet_until(QuietHours("any", start, end, zone, days), now)
    assert until is None or now < until <= now + timedelta(hours=49)


@given(moments, st.lists(clock_times, min_size=1, max_size=4), zones, st.frozensets(st.integers(0, 6), min_size=1))
def test_the_next_digest_is_after_now_and_within_nine_days(
    now: datetime, at: list[time], zone: str, days: frozenset[int]
) -> None:
    told = next_digest(DigestTimes(tuple(at), zone, days), now)
    assert now < told <= now + timedelta(days=9)


@given(moments, clock_times, clock_times, zones)
def test_when_quiet_hours_end_it_is_not_quiet_any_more(now: datetime, start: time, end: time, zone: str) -> None:
    quiet = QuietHours("any", start, end, zone)
    until = quiet_until(quiet, now)
    if until is not None and start != end:
        assert quiet_until(quiet, until) is None
