"""Evidence: the raw page of each statement is kept as a file named by its hash, proven when it is shown, and forgotten in time."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import stat
import sys
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog

from alerts.settings import Configuration
from scraper import archive as archives
from scraper import evidence
from scraper.archive import Archive, Broken, NotKept, folder_of
from scraper.model import Page
from tests.command import Bayan, in_thread, source
from tests.command import bayan as bayan
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import House, configuration, house, local, phone
from tests.test_crash_changes import die_at_every_step

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
OLD = [("o1", "An old statement that was there before")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")
BODY = "The body of it, said at length and in public. " * 20


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    async with FakeSite() as running:
        running.pages["/feed"] = running.feed(OLD)
        running.pages["/article/n1"] = f"<html><body><article><h1>t</h1><p>{BODY}</p></article></body></html>"
        yield running


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as running:
        yield running


def keeping(folder: Path, site: FakeSite, api: FakeBotApi, **storage: Any) -> Configuration:
    config = configuration(
        folder,
        sources=(local("agency", f"{site.origin}/feed", full_text=True),),
        channels=(phone("one", api.url, "11"),),
    )
    return replace(config, storage=replace(config.storage, **storage))


async def look(bayan: House, site: FakeSite, items: list[tuple[str, str]], **later: float) -> None:
    bayan.clock.advance(**later)
    site.pages["/feed"] = site.feed(items)
    await bayan.service.once(only=["agency"], patience=timedelta())


async def rang(bayan: House, site: FakeSite) -> None:
    """The first look, and then a statement that rings, with its article."""
    await look(bayan, site, OLD)
    await look(bayan, site, [RINGS, *OLD], minutes=20)


def pages_of(bayan: House, title: str) -> tuple[evidence.Evidence, ...]:
    [number] = [row[0] for row in rows(bayan, "SELECT id FROM statement WHERE title = ?", title)]
    return bayan.db.read_now(lambda conn: evidence.of(conn, number))


def rows(bayan: House, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return bayan.db.read_now(lambda conn: [tuple(row) for row in conn.exec_driver_sql(query, values)])


def files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def page(body: bytes, at: datetime = NOW) -> Page:
    return Page(url="https://x.example/", asked="https://x.example/", body=body, fetched_at=at)


# ------------------------------------------------------------------------------------------------- what is kept


async def test_a_statement_keeps_the_feed_and_the_article_that_it_was_read_from_word_for_word(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = keeping(tmp_path, site, api)
    async with house(config) as bayan:
        await rang(bayan, site)
        listed, article = pages_of(bayan, RINGS[1])
        archive = Archive(folder_of(config.storage), most=0)
        assert (listed.role, article.role) == ("listed", "article")
        assert listed.url == f"{site.origin}/feed"
        assert listed.status == 200
        assert listed.fetched_at == bayan.clock.now
        assert RINGS[1].encode() in archive.read(listed.sha256)
        assert BODY.encode() in archive.read(article.sha256)
        assert hashlib.sha256(archive.read(article.sha256)).hexdigest() == article.sha256


async def test_the_files_are_named_by_their_hash_alone_and_are_for_their_owner_only(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    config = keeping(tmp_path, site, api)
    async with house(config) as bayan:
        await rang(bayan, site)
    found = files(tmp_path / "bayan.db-raw")
    assert len(found) == 3
    for file in found:
        content = zlib.decompress(file.read_bytes(), 31)
        assert file.name == f"{hashlib.sha256(content).hexdigest()}.gz"
        assert file.parent.name == file.name[:2]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_an_edit_of_the_list_keeps_the_page_that_shows_it_under_its_revision(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api)) as bayan:
        await rang(bayan, site)
        other = (RINGS[0], "Qais al-Khazali takes back what was said of the first matter")
        await look(bayan, site, [other, *OLD], minutes=20)
        assert [one.revision for one in pages_of(bayan, other[1]) if one.role == "listed"] == [1, 2]


async def test_nothing_is_kept_where_the_configuration_says_so(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(keeping(tmp_path, site, api, keep_raw=timedelta(0))) as bayan:
        await rang(bayan, site)
        assert pages_of(bayan, RINGS[1]) == ()
        assert len(api.accepted) == 1
    assert not (tmp_path / "bayan.db-raw").exists()


async def test_the_items_of_a_sitemaps_files_are_tied_to_the_file_that_named_them(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'

    def file(*names: str) -> str:
        urls = "".join(f"<url><loc>{site.origin}/{name}</loc></url>" for name in names)
        return f'<?xml version="1.0"?><urlset {space}>{urls}</urlset>'

    index = "".join(f"<sitemap><loc>{site.origin}/{name}.xml</loc></sitemap>" for name in ("one", "two"))
    site.pages["/index.xml"] = f'<?xml version="1.0"?><sitemapindex {space}>{index}</sitemapindex>'
    site.pages["/one.xml"], site.pages["/two.xml"] = file("first-matter"), file("second-matter")
    config = replace(
        keeping(tmp_path, site, api), sources=(local("agency", f"{site.origin}/index.xml", kind="sitemap"),)
    )
    async with house(config) as bayan:
        await bayan.service.once(only=["agency"], patience=timedelta())
        found = dict(
            rows(
                bayan,
                "SELECT statement.url, raw_page.url FROM statement JOIN evidence ON evidence.statement = statement.id"
                " JOIN raw_page ON raw_page.id = evidence.page",
            )
        )
    assert found == {
        f"{site.origin}/first-matter": f"{site.origin}/one.xml",
        f"{site.origin}/second-matter": f"{site.origin}/two.xml",
    }


# ------------------------------------------------------------------------------------------------ what breaks


def test_a_death_at_any_step_of_writing_leaves_a_whole_page_or_none(tmp_path: Path) -> None:
    body = b"what was said " * 5_000
    name = hashlib.sha256(body).hexdigest()
    steps = 0

    def write(step: int) -> None:
        die_at(step)
        Archive(tmp_path / str(step), most=10**6).keep(page(body))

    while in_a_child(partial(write, steps + 1)) == DEAD:
        steps += 1
        left = Archive(tmp_path / str(steps), most=10**6)
        try:
            assert left.read(name) == body
        except Broken as missing:
            assert "missing" in str(missing)  # and not: altered
        assert left.keep(page(body)).sha256 == name
        assert left.read(name) == body
        assert left.count()[0] == 1, "the half-written file was taken over"
    assert steps >= 4, "writing a page took fewer steps than that: is the counter wired?"


def test_a_disk_that_takes_no_more_in_the_middle_of_a_page_leaves_nothing_behind(tmp_path: Path) -> None:
    def write() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
        try:
            Archive(tmp_path / "raw", most=10**6).keep(page(os.urandom(50_000)))
        except NotKept:
            os._exit(7)

    assert in_a_child(write) == 7
    assert files(tmp_path) == []


async def test_where_no_page_can_be_kept_the_statement_rings_all_the_same_and_it_is_said_once(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    (tmp_path / "bayan.db-raw").write_text("no folder")
    async with house(keeping(tmp_path, site, api)) as bayan:
        with structlog.testing.capture_logs() as logs:
            await rang(bayan, site)
        assert len(api.accepted) == 1
        assert pages_of(bayan, RINGS[1]) == ()
    said = [line for line in logs if "not kept as evidence" in line["event"]]
    assert len(said) == 1, logs
    assert "bayan.db-raw" in said[0]["reason"]


def test_evidence_gives_way_before_the_disk_is_full_and_keeps_to_its_room(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="nearly full"):
        Archive(tmp_path / "a", most=10**6, spare=10**18).keep(page(b"x"))
    small = Archive(tmp_path / "b", most=2_000)
    small.keep(page(os.urandom(1_500)))
    with pytest.raises(NotKept, match=r"storage\.max_raw"):
        small.keep(page(os.urandom(1_500)))
    with pytest.raises(NotKept, match="larger than"):
        Archive(tmp_path / "c", most=10**9).keep(page(b"x" * (archives.LARGEST + 1)))


def test_a_page_that_was_altered_is_written_anew_when_it_is_kept_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "raw", most=10**6)
    kept = archive.keep(page(b"what was said"))
    archive.path(kept.sha256).write_bytes(b"something else")
    archive.keep(page(b"what was said"))
    assert archive.read(kept.sha256) == b"what was said"


def test_a_file_that_unpacks_without_end_is_altered_and_not_read(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "raw", most=10**6)
    kept = archive.keep(page(b"what was said"))
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    archive.path(kept.sha256).write_bytes(bomb.compress(bytes(100 * 1024 * 1024)) + bomb.flush())
    with pytest.raises(Broken, match="altered"):
        archive.read(kept.sha256)


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/"])
def test_what_is_no_hash_is_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 letters"):
        Archive(tmp_path, most=0).path(name)


DEAD = 137


def in_a_child(work: Any) -> int:
    """Run `work` in a process of its own, and how that ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die_at(step: int) -> None:
    """From now on the process dies at the n-th thing that it asks of the file system."""
    count = 0

    def hear(event: str, told: tuple[Any, ...]) -> None:
        nonlocal count
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.utime"):
            count += 1
            if count == step:
                os._exit(DEAD)

    sys.addaudithook(hear)


# --------------------------------------------------------------------------------------------------- what goes


async def kept_house(bayan: House) -> None:
    """The clock leapt, so it is believed a day later only."""
    for _ in range(2):
        await bayan.service.keep_house()
        bayan.clock.advance(hours=25)
    await bayan.service.keep_house()


async def test_evidence_past_its_time_goes_with_its_files_and_the_statement_stays(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_raw=timedelta(days=30))) as bayan:
        await rang(bayan, site)
        bayan.clock.advance(days=20)
        await kept_house(bayan)
        assert len(files(tmp_path / "bayan.db-raw")) == 3
        bayan.clock.advance(days=20)
        await kept_house(bayan)
        assert pages_of(bayan, RINGS[1]) == ()
        assert rows(bayan, "SELECT count(*) FROM raw_page") == [(0,)]
        assert rows(bayan, "PRAGMA foreign_key_check") == []
    assert files(tmp_path / "bayan.db-raw") == []


async def test_evidence_of_what_is_not_sent_stays_however_old_and_however_little_room_there_is(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api, keep_raw=timedelta(days=1), max_raw=100)) as bayan:
        bayan.service._steps.tools.archive.most = 10**6  # type: ignore[union-attr]
        await look(bayan, site, OLD)
        await look(bayan, site, [RINGS, *OLD], minutes=20)
        await bayan.db.write(lambda conn: conn.exec_driver_sql("UPDATE delivery SET state = 'held'"))
        bayan.service._steps.tools.archive.most = 100  # type: ignore[union-attr]
        bayan.clock.advance(days=40)
        await kept_house(bayan)
        assert {one.role for one in pages_of(bayan, RINGS[1])} == {"listed", "article"}
        assert pages_of(bayan, OLD[0][1]) == ()
        for one in pages_of(bayan, RINGS[1]):
            Archive(tmp_path / "bayan.db-raw", most=0).read(one.sha256)


async def test_where_the_room_is_taken_the_oldest_goes_first(tmp_path: Path, site: FakeSite, api: FakeBotApi) -> None:
    async with house(keeping(tmp_path, site, api)) as bayan:
        await look(bayan, site, OLD)
        for hour in range(1, 5):
            await look(bayan, site, [(f"m{hour}", f"A matter of the hour that has the number {hour}"), *OLD], hours=1)
        sizes = [size for (size,) in rows(bayan, "SELECT size FROM raw_page ORDER BY fetched_at")]
        bayan.service._steps.tools.archive.most = sum(sizes)  # type: ignore[union-attr]
        bayan.clock.advance(hours=1)
        await bayan.service.keep_house()
        left = [size for (size,) in rows(bayan, "SELECT size FROM raw_page ORDER BY fetched_at")]
        assert left == sizes[-len(left) :]
        assert 0 < sum(left) <= 0.9 * sum(sizes)
        assert Archive(tmp_path / "bayan.db-raw", most=0).count() == (len(left), sum(left))


async def test_what_a_death_left_between_a_file_and_its_commit_is_taken_away_a_day_later(
    tmp_path: Path, site: FakeSite, api: FakeBotApi
) -> None:
    async with house(keeping(tmp_path, site, api)) as bayan:
        await rang(bayan, site)
        archive = Archive(tmp_path / "bayan.db-raw", most=10**6)
        orphan = archive.path(archive.keep(page(b"nobody refers to it", bayan.clock.now)).sha256)
        half = orphan.with_name(f"{'0' * 64}.gz.part")
        half.write_bytes(b"half")
        os.utime(half, (bayan.clock.now.timestamp(),) * 2)
        await bayan.service.keep_house()
        assert orphan.exists()
        bayan.clock.advance(hours=25)
        await kept_house(bayan)
        assert not orphan.exists()
        assert not half.exists()
        assert len(files(tmp_path / "bayan.db-raw")) == 3, "what is referred to stays"


def test_forgetting_evidence_is_all_or_nothing(tmp_path: Path) -> None:
    from scraper import sources
    from scraper.db import open_database
    from tests.test_crash_changes import SITE, poll

    database = open_database(f"sqlite:///{tmp_path}/bayan.db")
    database.write_now(lambda conn: sources.enrol(conn, [SITE], NOW))
    ids = database.write_now(lambda conn: poll(conn, range(5), NOW, silent=True))
    kept = Archive(tmp_path / "raw", most=10**6).keep(page(b"what was said"))
    read_from = [(number, kept.page.url) for number in ids]
    assert die_at_every_step(
        database, tmp_path, lambda conn: evidence.record(conn, {kept.page.url: kept}, read_from, "listed")
    )
    assert die_at_every_step(database, tmp_path, lambda conn: evidence.forget(conn, [1])) >= 3
    assert database.read_now(evidence.totals) == (0, 0)
    database.close()


# ---------------------------------------------------------------------------------------------- what is shown


def test_the_command_shows_each_page_and_proves_it_and_says_what_is_missing_or_altered(bayan: Bayan) -> None:
    with in_thread(FakeSite()) as site:
        site.pages["/feed"] = site.feed(OLD)
        bayan.configure(source("agency", f"{site.origin}/feed"))
        assert bayan("run", "--once").code == 0
        site.pages["/feed"] = site.feed([RINGS, *OLD])
        assert bayan("run", "--once", "--source", "agency").code == 0
    told = bayan("statements", "evidence", "2")
    assert told.code == 0
    assert "whole: " in told.out
    [row] = bayan("statements", "evidence", "2", "--json").json["pages"]
    assert row["whole"]
    assert "1 raw page kept: bayan statements evidence 2" in bayan("statements", "show", "2").out
    assert "1 raw page kept: bayan statements evidence 2" in bayan("alerts", "explain", "1").out
    case = bayan.folder / "case"
    assert bayan("statements", "evidence", "2", "--out", str(case)).code == 0
    assert hashlib.sha256((case / f"{row['sha256']}.xml").read_bytes()).hexdigest() == row["sha256"]
    assert json.loads((case / "evidence.json").read_text("utf-8"))["pages"][0]["url"] == row["url"]
    file = Path(row["file"])
    whole = file.read_bytes()
    file.write_bytes(zlib.compress(b"another page", 9, 31))
    altered = bayan("statements", "evidence", "2")
    assert (altered.code, "BROKEN" in altered.out, "was altered" in altered.out) == (1, True, True)
    file.unlink()
    missing = bayan("statements", "evidence", "2")
    assert (missing.code, "is missing" in missing.out) == (1, True)
    file.write_bytes(whole)
    assert bayan("statements", "evidence", "2").code == 0


def test_a_statement_without_evidence_and_no_statement_at_all_are_each_said(bayan: Bayan) -> None:
    with in_thread(FakeSite()) as site:
        site.pages["/feed"] = site.feed(OLD)
        bayan.configure(source("agency", f"{site.origin}/feed"), '[storage]\nkeep_raw = "0s"\n')
        assert bayan("run", "--once").code == 0
    none = bayan("statements", "evidence", "1")
    assert (none.code, "no page is kept for statement 1" in none.err) == (1, True)
    nobody = bayan("statements", "evidence", "99")
    assert (nobody.code, "there is no statement 99" in nobody.err) == (1, True)


def test_a_backup_says_where_the_evidence_is_that_is_not_in_it(bayan: Bayan) -> None:
    with in_thread(FakeSite()) as site:
        site.pages["/feed"] = site.feed(OLD)
        bayan.configure(source("agency", f"{site.origin}/feed"))
        assert bayan("run", "--once").code == 0
    told = bayan("db", "backup", str(bayan.folder / "copy.db"))
    assert told.code == 0
    assert f"1 raw page, {bayan.data}/bayan.db-raw" in told.out
    row = bayan("db", "backup", str(bayan.folder / "other.db"), "--json").json
    assert row["evidence"] == {
        "included": False,
        "folder": f"{bayan.data}/bayan.db-raw",
        "files": 1,
        "bytes": row["evidence"]["bytes"],
    }
