"""`bayan db`, and a backup that was put back: deliveries are held and counted until a person decides."""

from __future__ import annotations

import shutil
from pathlib import Path

from alerts.lock import only_instance
from scraper.db import HEAD
from tests.command import Bayan, phone, source
from tests.command import api as api
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.test_upgrade import OLD_SCHEMA, looks, old_store

OLD = [("o1", "An old statement that was there before")]
FIRST = [("n1", "Qais al-Khazali speaks of the first matter today"), *OLD]
SECOND = [("n2", "Qais al-Khazali speaks of another matter tonight"), *FIRST]
AGENCY = source("agency", "https://agency.example/feed")


def put_back(bayan: Bayan, backup: Path) -> None:
    for name in ("bayan.db", "bayan.db-wal", "bayan.db-shm"):
        (bayan.data / name).unlink(missing_ok=True)
    shutil.copy(backup, bayan.data / "bayan.db")


def restored(bayan: Bayan, site: FakeSite, api: FakeBotApi, tmp_path: Path) -> None:
    """A store that was put back from a backup with one open delivery, which was sent since."""
    site.pages["/feed"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), phone(api.url))
    bayan("run", "--once")
    site.pages["/feed"] = site.feed(FIRST)
    api.fail("error", code=401, description="Unauthorized")
    bayan("run", "--once", "--source", "agency")
    backup = tmp_path / "backup.db"
    assert bayan("db", "backup", str(backup)).code == 0
    assert bayan("channels", "test", "phone").code == 0
    assert bayan("run", "--once").code == 0
    assert sum("first matter" in message["text"] for message in api.accepted) == 1
    api.accepted.clear()
    put_back(bayan, backup)


def test_a_restored_backup_holds_what_was_open_counts_it_and_says_so(
    bayan: Bayan, site: FakeSite, api: FakeBotApi, tmp_path: Path
) -> None:
    restored(bayan, site, api, tmp_path)
    ran = bayan("run", "--once")
    assert api.accepted == []
    [line] = [line for line in ran.err.splitlines() if "put back from a backup" in line]
    assert "bayan alerts release" in line
    assert '"held": 1' in line or "held=1" in line
    assert "put back" in " ".join(bayan("status").out.split())
    assert bayan("status", "--json").json["outbox"]["held"] == 1


def test_what_a_restored_store_finds_anew_is_held_too_until_it_is_released(
    bayan: Bayan, site: FakeSite, api: FakeBotApi, tmp_path: Path
) -> None:
    restored(bayan, site, api, tmp_path)
    site.pages["/feed"] = site.feed(SECOND)
    bayan("run", "--once", "--source", "agency")
    assert api.accepted == []
    assert "2 alerts released" in bayan("alerts", "release").out
    bayan("channels", "test", "phone")
    bayan("run", "--once")
    texts = [message["text"] for message in api.accepted]
    assert sum("matter" in text for text in texts) == 2


def test_what_is_dropped_is_not_sent_and_what_comes_later_is(
    bayan: Bayan, site: FakeSite, api: FakeBotApi, tmp_path: Path
) -> None:
    restored(bayan, site, api, tmp_path)
    bayan("run", "--once")
    assert "1 alert dropped" in bayan("alerts", "drop").out
    site.pages["/feed"] = site.feed(SECOND)
    bayan("channels", "test", "phone")
    assert bayan("run", "--once", "--source", "agency").code == 0
    texts = [message["text"] for message in api.accepted]
    assert not any("first matter" in text for text in texts)
    assert sum("another matter" in text for text in texts) == 1


def test_a_dry_run_over_a_restored_store_shows_what_is_held_and_leaves_it_held(
    bayan: Bayan, site: FakeSite, api: FakeBotApi, tmp_path: Path
) -> None:
    restored(bayan, site, api, tmp_path)
    bayan("run", "--once")
    site.pages["/feed"] = site.feed(SECOND)
    assert "another matter" in bayan("run", "--once", "--dry-run").out
    assert api.accepted == []
    assert bayan("status", "--json").json["outbox"]["held"] == 1


def test_a_backup_is_said_with_its_size_and_never_overwrites(bayan: Bayan, tmp_path: Path) -> None:
    bayan.configure(AGENCY)
    with bayan.store():
        pass
    backup = tmp_path / "backup.db"
    found = bayan("db", "backup", str(backup), "--json").json
    assert (found["file"], found["bytes"]) == (str(backup), backup.stat().st_size)
    ran = bayan("db", "backup", str(backup))
    assert ran.code == 69
    assert "nothing is overwritten" in ran.err


def test_a_backup_of_nothing_ends_with_69(bayan: Bayan, tmp_path: Path) -> None:
    bayan.configure(AGENCY)
    ran = bayan("db", "backup", str(tmp_path / "backup.db"))
    assert ran.code == 69
    assert "no store" in ran.err


def test_the_store_is_checked(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    assert bayan("db", "check").code == 69
    with bayan.store():
        pass
    assert bayan("db", "check", "--thorough").out == "The store is sound.\n"
    path = bayan.data / "bayan.db"
    path.write_bytes(path.read_bytes()[:-5000])
    ran = bayan("db", "check", "--json")
    assert ran.code == 1
    assert ran.json["sound"] is False


def test_an_upgrade_copies_the_store_unless_that_is_switched_off(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    bayan.data.mkdir()
    old_store(bayan.data)
    ran = bayan("status")
    assert ran.code == 69
    assert "bayan db upgrade" in ran.err
    assert bayan("db", "upgrade").out == f"The store is of version {HEAD}, the newest that this bayan knows.\n"
    [copy] = bayan.data.glob("bayan.db.*before*")
    assert looks(copy)[0] == OLD_SCHEMA
    assert bayan("status").code == 0

    for file in bayan.data.glob("bayan.db*"):
        file.unlink()
    old_store(bayan.data)
    bayan.configure(AGENCY, "[storage]\nbackup_before_migrate = false")
    assert bayan("db", "upgrade").code == 0
    assert not list(bayan.data.glob("bayan.db.*before*"))
    assert looks(bayan.data / "bayan.db")[0] == HEAD


def test_an_upgrade_beside_a_running_bayan_ends_with_75(bayan: Bayan) -> None:
    bayan.configure(AGENCY)
    with only_instance(bayan.data, "service"):
        assert bayan("db", "upgrade").code == 75
