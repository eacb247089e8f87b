"""What operators are told: once for each change, however often it is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts import health
from scraper.model import Validators
from scraper.sources import SourceState

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
WELL = SourceState(
    id="agency", url="https://a.example/", validators=Validators(), body_hash="", baseline_at=NOW, due_at=NOW,
    outcome="ok", outcome_at=NOW, detail="", failures=0, failing_since=None, full_fetch_at=NOW, last_new_at=NOW,
    items=20, moved_to="",
)  # fmt: skip


def broken(failures: int, since: datetime = NOW) -> SourceState:
    return replace(WELL, outcome="timeout", detail="no answer in 30 s", failures=failures, failing_since=since)


def told(state: SourceState, *before: str) -> list[str]:
    return [notice.subject for notice in health.source_notices([state], before, failures=5)]


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
    (second,) = told(broken(5, NOW + timedelta(hours=1)), first, well)
    assert second not in (first, well)


def test_a_notice_says_what_happened_and_the_next_step() -> None:
    (notice,) = health.source_notices([broken(5)], [], failures=5)
    for word in ("agency", "timeout", "5 polls", "no answer in 30 s", "bayan status"):
        assert word in notice.text


def test_a_notice_about_a_channel_is_not_sent_to_that_channel() -> None:
    notice = health.channel_gone("desk", "blocked", NOW)
    drafts = health.to_operators(notice, ("desk", "ops"), NOW, but_not="desk")
    assert [draft.channel for draft in drafts] == ["ops"]
