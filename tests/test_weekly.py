"""The weekly note: only what asks for a deed, on its day, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts import outbox, weekly
from alerts.settings import HealthSettings
from alerts.verdicts import Share
from alerts.weekly import Facts, findings, last_due
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.fake_site import FakeSite
from tests.street import Clock, configuration, house, local

MONDAY = datetime(2026, 6, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekly_", "zone", "now", "due"),
    [
        ("mon 09:00", "UTC", MONDAY, MONDAY),
        ("mon 09:00", "UTC", MONDAY - timedelta(seconds=1), MONDAY - timedelta(days=7)),
        ("mon 09:00", "Asia/Baghdad", MONDAY, MONDAY - timedelta(hours=3)),
        ("sun 23:30", "UTC", MONDAY, MONDAY - timedelta(hours=9, minutes=30)),
        ("", "UTC", MONDAY, None),
    ],
)
def test_the_last_moment_is_that_of_the_files_zone(
    weekly_: str, zone: str, now: datetime, due: datetime | None
) -> None:
    assert last_due(weekly_, zone, now) == due


def test_where_all_is_well_nothing_is_found() -> None:
    assert findings(Facts(timedelta(days=60), 5_000, shares=(Share("@a", "A", 100),)), MONDAY) == ()


def test_each_finding_says_what_to_do() -> None:
    facts = Facts(
        age=timedelta(days=40),
        statements=400,
        silent=tuple(f"@nobody{n}" for n in range(20)),
        shares=(Share("@khazali", "Qais", 40), Share("threats", "threat*", 19)),
        wrong=(("@khazali", "Khazali", 3), ("@amiri", "Amiri", 2)),
        unwell=(("agency", "not_found", MONDAY - timedelta(days=5)),),
        muted=(("desk", "khazali", 20), ("desk", "amiri", 19)),
        waiting=(("desk", "digest:daily", 60, MONDAY),),
        floods={"ministry": 7},
        held=2,
        failed=1,
    )
    found = findings(facts, MONDAY)
    said = "\n".join(one.said for one in found)
    for words in ("7 new statements", "2 deliveries", "1 alerts", "agency is unwell for 5 days", '"Khazali"', "10%", "20 alerts",
                  "60 alerts wait", "and 8 more"):  # fmt: skip
        assert words in said
    for words in ("threat*", "Amiri", "amiri"):
        assert words not in said
    assert all(one.next for one in found)


def test_a_young_store_says_of_nobody_that_it_never_rings() -> None:
    assert findings(Facts(timedelta(days=27), 5_000, silent=("@a",)), MONDAY) == ()
    assert findings(Facts(timedelta(days=60), 199, silent=("@a",)), MONDAY) == ()


async def test_the_note_is_written_once_a_week_and_not_in_the_first(tmp_path: Path) -> None:
    async with FakeSite() as site:
        config = configuration(tmp_path, sources=(local("agency", f"{site.origin}/gone"),))
        config = replace(config, health=HealthSettings(failures=50, notify=("screen",)))
        async with house(config, Clock(MONDAY - timedelta(days=6))) as running:
            for _ in range(14):  # a day each; the source is not there
                await running.service.once(only=["agency"], patience=timedelta())
                running.clock.advance(days=1)
            subjects = running.db.read_now(lambda conn: outbox.notice_subjects(conn, "weekly:"))
            assert set(subjects) == {f"weekly:{MONDAY:%Y%m%d}", f"weekly:{MONDAY + timedelta(days=7):%Y%m%d}"}
            assert "source agency is unwell for" in running.shown
            assert not await weekly.write(running.db, config, running.clock.now)


def test_the_command_prints_it_now(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://agency.example/feed"))
    with bayan.store():
        pass
    assert bayan("housekeeping").out == "Nothing asks for a deed.\n"
    assert bayan("housekeeping", "--json").json == {"schema": 1, "findings": []}
