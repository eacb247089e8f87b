"""What operators are told: once for each change, however often it is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import health, troubles
from alerts.health import Notice
from alerts.remedies import REMEDIES
from alerts.settings import HealthSettings
from scraper import condition, habits
from scraper.gap import Gap
from scraper.habits import Habit
from scraper.model import Condition, Outcome, Source, Validators
from scraper.sources import SourceState

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SETTINGS = HealthSettings(failures=5)
WELL = SourceState(
    id="agency", url="https://a.example/", validators=Validators(), body_hash="", baseline_at=NOW, due_at=NOW,
    outcome="ok", outcome_at=NOW, detail="", failures=0, failing_since=None, full_fetch_at=NOW, last_new_at=NOW,
    items=20, moved_to="", condition="ok", well_since=NOW, seen_at=NOW,
)  # fmt: skip


def broken(
    failures: int, since: datetime = NOW, *, kind: Condition = "timeout", polls: int | None = None, name: str = "agency"
) -> SourceState:
    outcome: Outcome = {"timeout": "timeout", "dns": "network_error", "empty_list": "suspect"}.get(kind, "http_error")  # type: ignore[assignment]
    return replace(
        WELL, id=name, outcome=outcome, detail="no answer in 30 s", failures=failures, failing_since=since, condition=kind,
        condition_polls=failures if polls is None else polls, well_since=None,
    )  # fmt: skip


def say(states: SourceState | Sequence[SourceState], *before: str, at: datetime = NOW, **more: object) -> list[Notice]:
    several = [states] if isinstance(states, SourceState) else states
    return list(troubles.notices(several, before, at, **{"settings": SETTINGS, **more}))  # type: ignore[arg-type]


def told(states: SourceState | Sequence[SourceState], *before: str, at: datetime = NOW, **more: object) -> list[str]:
    return [notice.subject for notice in say(states, *before, at=at, **more)]


# ------------------------------------------------------------------------------------------ broken and well again


def test_nothing_is_said_below_the_threshold() -> None:
    assert told(broken(4)) == []


def test_a_broken_source_is_said_once() -> None:
    (subject,) = told(broken(5))
    assert told(broken(6), subject) == []


def test_recovery_is_said_once_and_only_where_the_break_was_said() -> None:
    (subject,) = told(broken(5))
    (well,) = told(WELL, subject)
    assert told(WELL, subject, well) == []
    assert told(WELL) == []


def test_a_second_break_is_another_incident() -> None:
    (first,) = told(broken(5))
    (well,) = told(WELL, first)
    (second,) = told(broken(5, NOW + HOUR), first, well)
    assert second not in (first, well)


def test_a_notice_says_what_happened_and_the_next_step() -> None:
    (notice,) = say(broken(5))
    for word in ("agency", "timeout", "5 polls", "no answer in 30 s", "bayan status", REMEDIES["timeout"].next):
        assert word in notice.text


def test_another_kind_of_trouble_is_said_once_when_it_lasts() -> None:
    (first,) = told(broken(5))
    assert told(broken(7, kind="refused", polls=2), first) == []
    (second,) = told(broken(8, kind="refused", polls=3), first)
    assert told(broken(9, kind="refused", polls=4), first, second) == []
    assert told(broken(12, kind="timeout", polls=3), first, second) == []  # back to what was told already


def test_troubles_of_one_kind_that_pass_into_each_other_are_said_once() -> None:
    (first,) = told(broken(5))
    assert told(broken(9, kind="server_error", polls=4), first) == []


def test_a_recovery_says_how_long_it_was() -> None:
    (first,) = told(broken(5))
    (well,) = say(replace(WELL, well_since=NOW + 3 * HOUR), first, at=NOW + 3 * HOUR)
    assert "3 h" in well.text


def test_a_page_that_lists_nothing_any_more_is_said_after_three_polls() -> None:
    assert told(broken(2, kind="empty_list")) == []
    (notice,) = say(broken(3, kind="empty_list"))
    assert "20 items before" in notice.text
    assert told(broken(3, kind="empty_list"), settings=replace(SETTINGS, empty_list=False)) == []


def test_a_source_that_comes_and_goes_is_said_to_and_then_only_what_lasts() -> None:
    before: list[str] = []
    for hour in range(3):
        before += told(broken(5, NOW + hour * HOUR), *before, at=NOW + hour * HOUR + HOUR / 2)
        before += told(replace(WELL, well_since=NOW), *before, at=NOW + hour * HOUR + HOUR / 2 + HOUR)
    (flapping,) = told(broken(5, NOW + 4 * HOUR), *before, at=NOW + 5 * HOUR)
    assert ":flapping:" in flapping
    before.append(flapping)
    assert told(broken(9, NOW + 4 * HOUR), *before, at=NOW + 6 * HOUR) == []
    (lasting,) = told(broken(40, NOW + 4 * HOUR), *before, at=NOW + 11 * HOUR)
    assert ":broken:" in lasting


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=30))
def test_however_it_comes_and_goes_no_subject_is_said_twice_and_a_day_has_few(turns: list[tuple[bool, int]]) -> None:
    before: list[str] = []
    at = NOW
    days: dict[str, int] = {}
    for well, minutes in turns:
        state = replace(WELL, well_since=at) if well else broken(5, at)
        at += timedelta(minutes=minutes)
        fresh = told(state, *before, at=at)
        assert not set(fresh) & set(before)
        before += fresh
        days[f"{at:%j}"] = days.get(f"{at:%j}", 0) + len(fresh)
    assert all(count <= 16 for count in days.values())


# --------------------------------------------------------------------------------------------------- all together


def test_many_that_cannot_be_reached_at_once_are_one_notice() -> None:
    failing = [broken(5, name=f"s{n}") for n in range(8)]
    states = [*failing, replace(WELL, id="well-1"), replace(WELL, id="well-2")]
    (away,) = say(states)
    assert away.subject.startswith("network:away:")
    assert "8 of 10" in away.text
    assert told(states, away.subject) == []


def test_the_network_that_is_back_is_said_once_and_its_sources_are_not() -> None:
    (away,) = told([broken(5, name=f"s{n}", kind="dns") for n in range(4)])
    back = [replace(WELL, id=f"s{n}") for n in range(4)]
    (well,) = told(back, away)
    assert well == away.removesuffix(":told") + ":well"
    assert told(back, away, well) == []


def test_what_still_fails_when_the_network_is_back_is_said() -> None:
    (away,) = told([broken(5, name=f"s{n}", kind="dns") for n in range(8)])
    states = [broken(9, name="s0", kind="dns"), *(replace(WELL, id=f"s{n}") for n in range(1, 8))]
    subjects = told(states, away)
    assert len(subjects) == 2
    assert any(subject.startswith("source:s0:broken:") for subject in subjects)


def test_sites_that_refuse_at_the_same_time_are_no_network() -> None:
    assert len(told([broken(5, name=f"s{n}", kind="refused") for n in range(4)])) == 4


# ------------------------------------------------------------------------------------------- silent, worse, gaps


def daily(days: int) -> SourceState:
    """A source with something new every day at noon, the last time now."""
    habit = Habit(NOW - days * DAY, tuple(NOW - n * DAY for n in range(days, -1, -1)))
    return replace(WELL, habit=habits.written(habit))


def test_a_source_that_is_silent_for_longer_than_its_habit_is_said_once() -> None:
    later = replace(daily(20), seen_at=NOW + 2 * DAY)
    (silent,) = told(later, at=NOW + 2 * DAY)
    assert ":silent:" in silent
    assert told(later, silent, at=NOW + 2 * DAY) == []
    assert told(replace(daily(20), seen_at=NOW + DAY), at=NOW + DAY) == []


def test_a_source_that_speaks_again_is_said_and_a_new_silence_is_another() -> None:
    (silent,) = told(replace(daily(20), seen_at=NOW + 2 * DAY))
    spoke = habits.written(Habit(NOW - 20 * DAY, (*(NOW - n * DAY for n in range(20, -1, -1)), NOW + 2 * DAY)))
    (well,) = told(replace(WELL, habit=spoke, seen_at=NOW + 2 * DAY), silent)
    assert well == silent.removesuffix(":told") + ":well"
    (second,) = told(replace(WELL, habit=spoke, seen_at=NOW + 9 * DAY), silent, well)
    assert second not in (silent, well)


def test_too_little_history_says_nothing_of_silence() -> None:
    assert told(replace(daily(5), seen_at=NOW + 40 * DAY)) == []


def test_a_source_that_nobody_looked_at_is_not_silent() -> None:
    assert told(replace(daily(20), seen_at=NOW), at=NOW + 30 * DAY) == []


def test_silent_after_of_the_source_counts_alone() -> None:
    source = Source(id="agency", kind="feed", url="https://a.example/", silent_after=6 * HOUR)
    assert len(told(replace(daily(20), seen_at=NOW + 7 * HOUR), sources={"agency": source})) == 1
    patient = replace(source, silent_after=30 * DAY)
    assert told(replace(daily(20), seen_at=NOW + 7 * DAY), sources={"agency": patient}) == []


def test_silent_after_of_all_gives_way_to_a_slower_habit() -> None:
    settings = replace(SETTINGS, silent_after=3 * DAY)
    unknown = replace(WELL, last_new_at=NOW, seen_at=NOW + 4 * DAY)
    assert len(told(unknown, settings=settings)) == 1
    weekly = Habit(NOW - 140 * DAY, tuple(NOW - n * 7 * DAY for n in range(20, -1, -1)))
    slow = replace(WELL, habit=habits.written(weekly), seen_at=NOW + 4 * DAY)
    assert told(slow, settings=settings) == []


@pytest.mark.parametrize("kind", ["malformed", "no_dates"])
def test_a_list_that_becomes_worse_is_said_once_when_it_lasts(kind: Condition) -> None:
    fresh = replace(WELL, condition=kind, worse_since=NOW, seen_at=NOW + HOUR)
    assert told(fresh) == []
    (worse,) = told(replace(fresh, seen_at=NOW + 4 * HOUR))
    assert told(replace(fresh, seen_at=NOW + 5 * HOUR), worse) == []
    (well,) = told(WELL, worse)
    assert told(WELL, worse, well) == []


def test_a_list_that_never_had_dates_is_no_news() -> None:
    assert told(replace(WELL, condition="no_dates", worse_since=None, seen_at=NOW + 4 * HOUR)) == []


def test_a_gap_is_said_once_with_its_width_and_not_more_than_one_a_day() -> None:
    gap = Gap("agency", NOW, NOW - 6 * HOUR, NOW - 2 * HOUR, 0, "nothing says where older items are listed")
    (notice,) = say(WELL, gaps=[gap])
    assert "of 4 h, from 20 Jun 2026, 06:00 to 20 Jun 2026, 10:00 UTC" in notice.text
    later = replace(gap, noticed_at=NOW + HOUR)
    assert told(WELL, notice.subject, gaps=[gap, later]) == []
    assert len(told(WELL, notice.subject, gaps=[replace(gap, noticed_at=NOW + 25 * HOUR)])) == 1


# ------------------------------------------------------------------------------------------------------ the words


def test_every_condition_has_its_word_and_every_trouble_its_remedy() -> None:
    assert set(REMEDIES) == set(get_args(Condition))
    assert all(remedy.said for remedy in REMEDIES.values())
    assert all(REMEDIES[kind].next for kind in get_args(Condition) if kind not in condition.WELL)


def test_every_outcome_has_a_condition() -> None:
    for outcome in get_args(Outcome):
        assert condition.of_outcome(outcome) in get_args(Condition)


def test_a_notice_about_a_channel_is_not_sent_to_that_channel() -> None:
    notice = health.channel_gone("desk", "blocked", NOW)
    drafts = health.to_operators(notice, ("desk", "ops"), NOW, but_not="desk")
    assert [draft.channel for draft in drafts] == ["ops"]
