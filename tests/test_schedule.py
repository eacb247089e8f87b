"""When to look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scraper import schedule
from scraper.model import Outcome, Source
from scraper.settings import FetchSettings

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
SOURCE = Source(id="s", kind="feed", url="https://s.example/", interval=timedelta(minutes=10))
SETTINGS = FetchSettings()


def wait(
    outcome: Outcome = "ok", failures: int = 0, spread: float = 0.0, retry_after: timedelta | None = None
) -> timedelta:
    due = schedule.next_poll(
        SOURCE, SETTINGS, outcome=outcome, failures=failures, now=NOW, spread=spread, retry_after=retry_after
    )
    return due - NOW


def test_a_healthy_source_is_due_after_its_interval() -> None:
    assert wait() == timedelta(minutes=10)


def test_jitter_lengthens_and_never_shortens() -> None:
    assert timedelta(minutes=10) < wait(spread=0.999) <= timedelta(minutes=11.5)


def test_each_failure_doubles_the_wait_up_to_the_longest() -> None:
    waits = [wait("http_error", failures) for failures in range(1, 9)]
    assert waits[:3] == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert waits[-1] == SOURCE.max_interval


def test_what_may_be_our_own_network_is_tried_again_within_half_an_hour() -> None:
    assert wait("network_error", 50) == wait("timeout", 50) == timedelta(minutes=30)


def test_retry_after_is_honoured_and_capped_at_a_day() -> None:
    assert wait("rate_limited", 1, retry_after=timedelta(hours=2)) == timedelta(hours=2)
    assert wait("rate_limited", 1, retry_after=timedelta(days=3000)) == timedelta(hours=24)


def test_a_short_retry_after_does_not_hurry_us() -> None:
    assert wait("rate_limited", 1, retry_after=timedelta(seconds=3)) == timedelta(minutes=10)


def test_a_page_that_is_gone_is_asked_for_once_a_day() -> None:
    assert wait("gone", 1) == timedelta(days=1)


def test_validators_are_not_sent_after_a_failure_or_for_more_than_a_day() -> None:
    def asks(failures: int, age: timedelta | None) -> bool:
        at = None if age is None else NOW - age
        return schedule.asks_conditionally(SETTINGS, failures=failures, full_fetch_at=at, now=NOW)

    assert asks(0, timedelta(hours=1))
    assert not asks(1, timedelta(hours=1))
    assert not asks(0, timedelta(hours=25))
    assert not asks(0, None)


def test_an_article_is_tried_again_and_given_up_in_the_end() -> None:
    tries = [schedule.next_article_try(outcome="timeout", attempts=n, now=NOW, retry_after=None) for n in range(1, 9)]
    assert tries[0] == NOW + timedelta(minutes=1)
    assert tries[-1] is None
    assert schedule.next_article_try(outcome="blocked", attempts=1, now=NOW, retry_after=None) is None


@given(st.integers(0, 10_000), st.floats(0, 0.999), st.timedeltas(timedelta(), timedelta(days=10**6)))
def test_the_next_poll_is_never_sooner_than_the_interval(failures: int, spread: float, asked: timedelta) -> None:
    assert wait("http_error" if failures else "ok", failures, spread, asked) >= SOURCE.interval
