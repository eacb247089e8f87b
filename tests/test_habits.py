"""What a source does by habit, and how often it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from scraper import habits, schedule
from scraper.habits import Habit
from scraper.model import Source
from scraper.settings import FetchSettings

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
INTERVAL, LONGEST = timedelta(minutes=10), timedelta(hours=6)
LONG_AGO = NOW - 60 * DAY

ages = st.lists(st.integers(0, 27 * 24 * 60), max_size=60)


def habit(minutes_ago: list[int]) -> Habit:
    return habits.learn(Habit(LONG_AGO), [NOW - age * MINUTE for age in minutes_ago], NOW)


def wait(known: Habit | None, *, watched_since: datetime | None = LONG_AGO, at: datetime = NOW) -> timedelta:
    return habits.wait(known, at, interval=INTERVAL, longest=LONGEST, watched_since=watched_since)


# --------------------------------------------------------------------------------------------------------- waits


@given(ages, st.integers(1, 300), st.integers(1, 300))
def test_a_wait_is_never_outside_its_bounds(minutes: list[int], interval: int, more: int) -> None:
    shortest, longest = interval * MINUTE, (interval + more) * MINUTE
    found = habits.wait(habit(minutes), NOW, interval=shortest, longest=longest, watched_since=LONG_AGO)
    assert shortest <= found <= longest


@given(ages, st.integers(0, 27 * 24 * 60))
def test_one_more_arrival_never_makes_the_wait_longer(minutes: list[int], another: int) -> None:
    # An arrival within five minutes of another one is the same arrival, and may move it.
    assume(all(abs(another - age) > 10 for age in minutes))
    assert wait(habit([*minutes, another])) <= wait(habit(minutes))


@given(st.lists(st.integers(0, 20 * 24 * 60), max_size=40), st.integers(1, 30))
def test_a_day_more_of_silence_never_makes_the_wait_shorter(minutes: list[int], days: int) -> None:
    """At the same hour of the day, once what came in the last hours has faded."""
    known = habit([age + 2 * 24 * 60 for age in minutes])
    later = NOW + days * DAY
    assert wait(known, at=later) >= wait(known) or wait(known) == LONGEST


@given(ages, st.integers(0, 23))
def test_no_wait_reaches_into_a_busier_hour_by_more_than_that_hour_waits(minutes: list[int], hours: int) -> None:
    known = habit(minutes)
    found = wait(known)
    later = NOW + hours * HOUR
    if found > hours * HOUR:
        assert found <= hours * HOUR + wait(known, at=later) + timedelta(minutes=30)


def test_a_source_that_is_watched_for_less_than_a_day_is_asked_at_its_interval() -> None:
    assert wait(habit([]), watched_since=NOW - 23 * HOUR) == INTERVAL
    assert wait(habit([]), watched_since=None) == INTERVAL
    assert wait(None) == INTERVAL
    assert wait(Habit(NOW - 23 * HOUR)) == INTERVAL  # watched by an older version, which learned no habits


def test_a_source_that_says_nothing_is_asked_as_seldom_as_it_may_be() -> None:
    assert wait(Habit(NOW - 200 * DAY), watched_since=NOW - 200 * DAY) == LONGEST
    assert wait(habit([])) > LONGEST / 2


def test_an_active_source_is_asked_at_its_interval() -> None:
    assert wait(habit([n * 60 for n in range(27 * 24)])) == INTERVAL


def test_what_came_just_now_makes_the_next_poll_sooner() -> None:
    quiet = [n * 24 * 60 + 12 * 60 for n in range(3, 20)]  # always at midnight
    assert wait(habit([5, *quiet])) < wait(habit(quiet)) / 2


def test_the_hours_in_which_a_source_speaks_are_polled_more_often() -> None:
    mornings = habit([n * 24 * 60 + 4 * 60 for n in range(1, 25)])  # always at eight
    assert wait(mornings, at=NOW.replace(hour=8)) < wait(mornings, at=NOW.replace(hour=20)) / 1.5


def test_four_times_the_rate_halves_the_wait() -> None:
    seldom = habit([2 * 24 * 60 + n * 29 * 60 for n in range(20)])
    often = habit([2 * 24 * 60 + n * 29 * 15 for n in range(80)])
    assert 1.6 < wait(seldom) / wait(often) < 2.5


# ------------------------------------------------------------------------------------------------------- learning


def test_arrivals_of_one_poll_are_one() -> None:
    known = habits.learn(Habit(LONG_AGO), [NOW - HOUR, NOW - HOUR + MINUTE, NOW - HOUR + 2 * MINUTE], NOW)
    assert len(known.arrivals) == 1


def test_what_lies_ahead_is_not_believed() -> None:
    assert habits.learn(None, [NOW + DAY], NOW).arrivals == ()


def test_a_first_page_tells_since_when_its_arrivals_are_known_but_what_is_pinned_does_not() -> None:
    page = [NOW - n * HOUR for n in range(10)]
    known = habits.learn(None, [*page, NOW - 300 * DAY], NOW)
    assert NOW - 10 * HOUR <= known.since <= NOW - 7 * HOUR


@given(ages, st.lists(st.integers(0, 27 * 24 * 60), max_size=400))
def test_a_habit_stays_small_and_in_order(minutes: list[int], more: list[int]) -> None:
    known = habits.learn(habit(minutes), [NOW - age * MINUTE for age in more], NOW)
    assert len(known.arrivals) <= habits.KEPT
    assert all(later - one >= habits.APART for one, later in zip(known.arrivals, known.arrivals[1:], strict=False))
    assert all(known.since <= at <= NOW for at in known.arrivals)


@given(ages)
def test_a_habit_comes_back_to_the_minute(minutes: list[int]) -> None:
    known = habit(minutes)
    assert habits.read(habits.written(known)) == known


@given(st.none() | st.text() | st.lists(st.integers() | st.none() | st.text()).map(str))
def test_a_habit_that_cannot_be_read_is_learned_again(text: str | None) -> None:
    found = habits.read(text)
    assert found is None or isinstance(found, Habit)


# -------------------------------------------------------------------------------------------------------- silence


def test_the_longest_usual_silence_is_said_of_a_source_that_is_known_well_enough() -> None:
    daily = habit([n * 24 * 60 for n in range(20)])
    assert habits.longest_silence(daily) == 1.5 * DAY
    assert habits.longest_silence(habit([n * 24 * 60 for n in range(8)])) is None
    assert habits.longest_silence(habit([n * 60 for n in range(30)])) is None  # a day and six hours
    assert habits.longest_silence(None) is None


def test_a_weekend_is_no_silence() -> None:
    """Monday to Friday, every hour from nine to five."""
    week = [
        at
        for day in range(27)
        for hour in range(9, 17)
        if (at := (NOW - day * DAY).replace(hour=hour)).weekday() < 5 and at <= NOW
    ]
    silence = habits.longest_silence(habits.learn(Habit(LONG_AGO), week, NOW))
    assert silence is not None
    assert silence > timedelta(hours=65)


# ------------------------------------------------------------------------------------------------- the next poll

SOURCE = Source(id="s", kind="feed", url="https://s.example/", interval=INTERVAL, max_interval=LONGEST)
SETTINGS = FetchSettings()


def due(
    known: Habit | None, *, failures: int = 0, retry_after: timedelta | None = None, fresh_for: timedelta | None = None,
    spread: float = 0.0, hurry: bool = False,
) -> timedelta:  # fmt: skip
    at = schedule.next_poll(
        SOURCE, SETTINGS, outcome="rate_limited" if failures else "ok", failures=failures, now=NOW, spread=spread,
        retry_after=retry_after, habit=known, watched_since=LONG_AGO, fresh_for=fresh_for, hurry=hurry,
    )  # fmt: skip
    return at - NOW


@given(ages, st.floats(0, 1, exclude_max=True), st.none() | st.integers(1, 10_000))
def test_a_healthy_source_is_due_within_its_bounds_and_the_jitter(
    minutes: list[int], spread: float, fresh: int | None
) -> None:
    found = due(habit(minutes), spread=spread, fresh_for=None if fresh is None else fresh * MINUTE)
    assert INTERVAL <= found <= LONGEST * (1 + SETTINGS.jitter)


@given(ages, st.integers(1, 100_000), st.integers(1, 9))
def test_retry_after_is_never_undercut_up_to_its_cap(minutes: list[int], seconds: int, failures: int) -> None:
    asked = timedelta(seconds=seconds)
    assert due(habit(minutes), failures=failures, retry_after=asked) >= min(asked, SETTINGS.max_retry_after)


@given(st.integers(1, 3_000))
def test_a_page_that_says_how_long_it_holds_is_not_asked_sooner_up_to_four_intervals(minutes: int) -> None:
    busy = habit([n * 30 for n in range(48)])
    asked = minutes * MINUTE
    assert due(busy, fresh_for=asked) == max(INTERVAL, min(asked, 4 * INTERVAL))


def test_what_is_still_to_be_read_is_read_at_the_interval() -> None:
    assert due(habit([])) > LONGEST / 2
    assert due(habit([]), hurry=True) == INTERVAL
