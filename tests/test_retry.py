"""When a delivery is tried again, and how fast messages may follow each other."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts import retry
from alerts.pace import BOT_PER_SECOND, Pace

NOW = 1000.0
CHAT, OTHER = ("bot", "chat"), ("bot", "other")


def test_a_channel_rests_longer_after_each_failure_but_never_long() -> None:
    waits = [retry.pause(failures) for failures in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(seconds=2)
    assert waits[-1] == timedelta(minutes=1)


def test_a_channel_rests_at_least_as_long_as_it_asked() -> None:
    assert retry.pause(1, timedelta(minutes=40)) == timedelta(minutes=40)


def test_every_fourth_try_probes_the_next_message() -> None:
    assert [retry.skip(failures) for failures in range(8)] == [0, 0, 0, 1, 0, 0, 0, 1]


def test_one_chat_hears_at_most_one_message_a_second() -> None:
    pace = Pace(20)
    pace.note(CHAT, NOW)
    assert pace.next_at(CHAT, NOW) == NOW + 1
    assert pace.next_at(OTHER, NOW) == NOW


def test_one_chat_hears_at_most_its_rate_in_a_minute() -> None:
    pace = Pace(3)
    for second in range(3):
        pace.note(CHAT, NOW + second)
    assert pace.next_at(CHAT, NOW + 3) == NOW + 60


def test_one_bot_speaks_at_most_its_rate_in_a_second() -> None:
    pace = Pace(20)
    for chat in range(BOT_PER_SECOND):
        pace.note(("bot", str(chat)), NOW)
    assert pace.next_at(OTHER, NOW) == NOW + 1
    assert pace.next_at(("another bot", "chat"), NOW) == NOW


def test_a_turn_that_was_not_used_is_taken_back() -> None:
    pace = Pace(20)
    pace.note(CHAT, NOW)
    pace.take_back(CHAT)
    assert pace.next_at(CHAT, NOW) == NOW


@given(st.lists(st.integers(0, 300), max_size=80), st.integers(1, 20))
def test_no_minute_ever_holds_more_than_the_rate(seconds: list[int], rate: int) -> None:
    pace = Pace(rate)
    sent: list[float] = []
    now = NOW
    for gap in seconds:
        now = pace.next_at(CHAT, now + gap)
        pace.note(CHAT, now)
        sent.append(now)
    for at in sent:
        assert sum(1 for other in sent if at <= other < at + 60) <= rate
