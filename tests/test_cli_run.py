"""`bayan run --once`: its exit codes, its silence in cron, and that a dry run leaves nothing behind."""

from __future__ import annotations

import socket

from alerts.lock import only_instance
from tests.command import Bayan, phone, source
from tests.command import api as api
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.test_upgrade import damage

OLD = [("o1", "An old statement that was there before")]
RINGS = [("n1", "Qais al-Khazali speaks of the first matter today"), *OLD]


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_run_where_all_is_well_ends_with_0_and_says_nothing(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    ran = bayan("run", "--once")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_run_that_finds_something_draws_the_alert_and_ends_with_0(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    assert bayan("run", "--once").code == 0
    site.pages["/feed"] = site.feed(RINGS)
    ran = bayan("run", "--once", "--source", "agency")
    assert ran.code == 0
    assert "first matter" in ran.out


def test_where_one_source_of_two_fails_it_ends_with_1_and_says_which(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), source("lost", f"{site.origin}/nothing"))
    ran = bayan("run", "--once")
    assert ran.code == 1
    assert "lost" in ran.err
    assert "agency" not in ran.err


def test_where_no_source_can_be_reached_it_ends_with_69_one_line_for_each(bayan: Bayan) -> None:
    nobody = closed_port()
    bayan.configure(source("a", f"{nobody}/a"), source("b", f"{nobody}/b"))
    ran = bayan("run", "--once")
    assert ran.code == 69
    lines = [line for line in ran.err.splitlines() if "poll failed" in line]
    assert len(lines) == 2
    assert "is there a network" in ran.err


def test_a_second_run_beside_the_first_ends_with_75_at_once(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    with only_instance(bayan.data, "service"):
        ran = bayan("run", "--once")
    assert ran.code == 75
    assert "another bayan" in ran.err
    assert site.asked == []


def test_a_wrong_configuration_ends_with_78_and_touches_nothing(bayan: Bayan) -> None:
    bayan.configure(source("agency", "ftp://example.org/feed"), "[delivery2]\nx = 1")
    ran = bayan("run", "--once")
    assert ran.code == 78
    assert "2 problems in the configuration; nothing was touched" in ran.err
    assert not bayan.data.exists()


def test_a_source_that_is_not_there_ends_with_78(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source("agency", f"{site.origin}/feed"))
    ran = bayan("run", "--once", "--source", "agancy")
    assert ran.code == 78
    assert "no such source" in ran.err


def test_a_mistyped_command_ends_with_2(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://example.org/feed"))
    assert bayan("run", "--dry-run").code == 2
    assert bayan("run", "--onec").code == 2


def test_a_damaged_store_ends_with_69_and_says_what_to_do(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://example.org/feed"))
    bayan.data.mkdir()
    (bayan.data / "bayan.db").write_bytes(b"no database at all" * 1000)
    ran = bayan("run", "--once")
    assert ran.code == 69
    assert "restore a backup" in ran.err


def test_the_service_does_not_start_on_a_damaged_store(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://example.org/feed"))
    with bayan.store():
        pass
    damage(bayan.data / "bayan.db")
    ran = bayan("run")
    assert ran.code == 69
    assert "is damaged" in ran.err


def test_an_alert_that_cannot_be_sent_now_ends_with_1_and_is_kept(
    bayan: Bayan, site: FakeSite, api: FakeBotApi
) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), phone(api.url))
    bayan("run", "--once")
    site.pages["/feed"] = site.feed(RINGS)
    api.fail("error", code=401, description="Unauthorized")
    ran = bayan("run", "--once", "--source", "agency", "--json")
    assert ran.code == 1
    assert ran.json["pending"] == 1
    assert bayan("status", "--json").json["outbox"]["pending"] == 1


def test_the_json_of_a_run_counts_what_it_did(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    ran = bayan("run", "--once", "--json")
    [polled] = ran.json["polled"]
    assert polled == {"source": "agency", "outcome": "ok", "detail": "", "new": 1, "held": 0, "silent": True}
    assert (ran.json["judged"], ran.json["sent"], ran.json["pending"]) == (1, 0, 0)


def test_a_dry_run_shows_what_would_be_sent_and_sends_and_stores_nothing(
    bayan: Bayan, site: FakeSite, api: FakeBotApi
) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), phone(api.url))
    bayan("run", "--once")
    before = bayan("statements", "export").out
    site.pages["/feed"] = site.feed(RINGS)
    ran = bayan("run", "--once", "--dry-run")
    assert ran.code == 0
    assert "first matter" in ran.out
    assert "nothing was sent, nothing was stored" in ran.err
    assert api.accepted == []
    assert bayan("statements", "export").out == before
    assert bayan("alerts", "list", "--json").json["alerts"] == []


def test_a_dry_run_without_a_store_makes_none(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    assert bayan("run", "--once", "--dry-run").code == 0
    assert not bayan.data.exists()
