"""A changed configuration: taken over by the running service without losing what is under way; a bad one is refused."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog.testing

from alerts import outbox
from alerts.model import Keywords
from alerts.settings import Configuration
from scraper import sources, store
from scraper.errors import ConfigError, Problem
from tests.command import Bayan, phone, source
from tests.command import api as api
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import House, configuration, eventually, house, local
from tests.street import phone as phone_settings

CHECKOUT = Path(__file__).resolve().parent.parent
OLD = [("o1", "An old statement that was there before")]
RINGS = ("n1", "Qais al-Khazali speaks of the first matter today")


class File:
    """The configuration file as a test changes it."""

    def __init__(self, config: Configuration | ConfigError) -> None:
        self.config = config

    def __call__(self) -> Configuration:
        if isinstance(self.config, ConfigError):
            raise self.config
        return self.config


async def poll(running: House, name: str) -> None:
    await running.service.once(only=[name], patience=timedelta())


def ids(running: House) -> list[str]:
    return [state.id for state in running.db.read_now(sources.states)]


async def test_a_good_one_brings_new_sources_and_a_new_watchlist(tmp_path: Path) -> None:
    async with FakeSite() as site:
        site.pages["/feed"] = site.pages["/other"] = site.feed(OLD)
        old = configuration(tmp_path, sources=(local("agency", f"{site.origin}/feed"),))
        fresh = replace(
            old,
            sources=(*old.sources, local("other", f"{site.origin}/other")),
            keywords=(Keywords(id="weather", any=("rain*",)),),
        )
        async with house(old, reread=File(fresh)) as running:
            await poll(running, "agency")
            assert await running.service.reload()
            await poll(running, "other")
            assert ids(running) == ["agency", "other"]
            site.pages["/feed"] = site.feed([("n1", "Rain is expected in the south"), *OLD])
            await poll(running, "agency")
            assert "Rain is expected" in running.shown


async def test_a_bad_one_is_refused_with_all_its_problems_and_the_old_one_stays(tmp_path: Path) -> None:
    problems = [
        Problem("config.toml", 3, 1, "sources.a.ulr", "is not a known key"),
        Problem("config.toml", 9, 1, "x", "y"),
    ]
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed(OLD)
        old = configuration(tmp_path, sources=(local("agency", f"{site.origin}/feed"),))
        async with house(old, reread=File(ConfigError(problems))) as running:
            with structlog.testing.capture_logs() as logs:
                assert not await running.service.reload()
            told = [entry["problem"] for entry in logs if entry["event"] == "configuration"]
            assert told == [str(problem) for problem in problems]
            assert any("refused" in entry["event"] for entry in logs)
            assert running.db.read_now(sources.beats)["reload"][1] == "2 problems"
            await poll(running, "agency")
            assert len(running.db.read_now(lambda conn: store.find(conn))) == 1


async def test_a_new_store_needs_a_restart(tmp_path: Path) -> None:
    old = configuration(tmp_path, sources=())
    fresh = replace(old, storage=replace(old.storage, data_dir=tmp_path / "elsewhere"))
    async with house(old, reread=File(fresh)) as running:
        assert not await running.service.reload()
        assert "restart" in running.db.read_now(sources.beats)["reload"][1]


async def test_after_a_reload_alerts_go_to_the_new_chat_and_what_was_sent_stays_sent(
    tmp_path: Path,
) -> None:
    async with FakeSite() as site, FakeBotApi() as api:
        site.pages["/feed"] = site.feed(OLD)
        old = configuration(
            tmp_path,
            sources=(local("agency", f"{site.origin}/feed"),),
            channels=(phone_settings("phone", api.url, "11"),),
        )
        fresh = replace(old, channels=(phone_settings("phone", api.url, "22"),))
        async with house(old, reread=File(fresh)) as running:
            await poll(running, "agency")
            site.pages["/feed"] = site.feed([RINGS, *OLD])
            await poll(running, "agency")
            assert [message["chat_id"] for message in api.accepted] == ["11"]
            assert await running.service.reload()
            site.pages["/feed"] = site.feed([("n2", "Qais al-Khazali speaks of another matter"), RINGS, *OLD])
            await poll(running, "agency")
            assert [message["chat_id"] for message in api.accepted] == ["11", "22"]
            states = [entry.state for entry in running.db.read_now(lambda conn: outbox.entries(conn))]
            assert states == ["sent", "sent"]


async def test_a_poll_of_a_source_that_is_another_one_now_is_dropped_and_the_new_one_is_polled(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()  # until the other side has had enough
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server, FakeSite() as site:
        site.pages["/new"] = site.feed(OLD)
        nobody = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
        old = configuration(tmp_path, sources=(local("agency", nobody),))
        fresh = replace(old, sources=(local("agency", f"{site.origin}/new"),))
        async with house(old, reread=File(fresh)) as running:
            await running.service.prepare()
            await running.service.tick()
            await asyncio.wait_for(asked.wait(), 10)
            assert await running.service.reload()
            await running.service.tick()
            await eventually(lambda: running.service.report.polled)
            assert [(polled.source, polled.outcome) for polled in running.service.report.polled] == [("agency", "ok")]
            [stored] = running.db.read_now(lambda conn: store.find(conn))
            assert stored.title == OLD[0][1]


def wait_for(true: object, seconds: float = 20.0) -> None:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


def test_the_real_service_is_told_by_the_real_command(bayan: Bayan, site: FakeSite, api: FakeBotApi) -> None:
    site.pages["/feed"] = site.pages["/other"] = site.feed(OLD)
    bayan.configure(source("agency", f"{site.origin}/feed"), phone(api.url))
    assert bayan("reload").code == 1  # nobody is there
    log = bayan.folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", "from alerts.cli import main; main()", "run", "--config", bayan.file, "--data-dir", bayan.data],
            cwd=CHECKOUT, stderr=out, env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
    try:
        wait_for(lambda: "polled" in log.read_text())
        assert bayan("health").code == 0
        bayan.configure(source("agency", f"{site.origin}/feed"), "[sources.other]\nkind = 'fead'\n", phone(api.url))
        ran = bayan("reload")
        assert ran.code == 78
        assert "nothing was touched" in ran.err
        os.kill(process.pid, signal.SIGHUP)
        wait_for(lambda: "is refused" in log.read_text())
        bayan.configure(
            source("agency", f"{site.origin}/feed"), source("other", f"{site.origin}/other"), phone(api.url)
        )
        ran = bayan("reload")
        assert (ran.code, ran.out) == (0, f"Process {process.pid} works with the new configuration.\n")
        wait_for(lambda: site.requests("/other") > 0)
    finally:
        process.terminate()
        assert process.wait(20) == 0
