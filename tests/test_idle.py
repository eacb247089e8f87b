"""A run from cron that finds nothing to do: when that is so, and what it then spares."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.idle import is_at_rest
from alerts.settings import Configuration, HealthSettings
from scraper import sources
from scraper.net.guard import is_onion, read_literal
from scraper.net.target import read_target
from scraper.values import is_ordinary
from tests.fake_site import FakeSite
from tests.street import House, configuration, house, local

CHECKOUT = Path(__file__).resolve().parent.parent


def rests(bayan: House, config: Configuration) -> bool:
    return bayan.db.read_now(lambda conn: is_at_rest(conn, config, bayan.clock()))


async def test_a_polled_bayan_rests_until_a_source_is_due(tmp_path: Path) -> None:
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "A headline of no interest")])
        config = configuration(tmp_path, sources=(local("agency", f"{site.origin}/feed"),))
        async with house(config) as bayan:
            assert not rests(bayan, config)
            await bayan.service.once()
            assert rests(bayan, config)
            bayan.clock.advance(hours=1)
            assert not rests(bayan, config)


async def test_a_new_or_changed_source_ends_the_rest(tmp_path: Path) -> None:
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "A headline of no interest")])
        agency = local("agency", f"{site.origin}/feed")
        config = configuration(tmp_path, sources=(agency,))
        async with house(config) as bayan:
            await bayan.service.once()
            assert not rests(bayan, replace(config, sources=(agency, local("other", f"{site.origin}/feed?2"))))
            assert not rests(bayan, replace(config, sources=(replace(agency, url=f"{site.origin}/feed?3"),)))


async def test_an_alert_that_waits_to_be_sent_ends_the_rest(tmp_path: Path) -> None:
    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "A headline of no interest")])
        config = configuration(tmp_path, sources=(local("agency", f"{site.origin}/feed"),))
        async with house(config) as bayan:
            await bayan.service.once()
            site.pages["/feed"] = site.feed([("b", "Qais al-Khazali speaks"), ("a", "A headline of no interest")])
            bayan.service.stop()
            await bayan.service.once(only=["agency"], patience=timedelta())
            assert not rests(bayan, config)


async def test_trouble_that_operators_were_not_told_of_ends_the_rest(tmp_path: Path) -> None:
    config = configuration(tmp_path, sources=(local("agency", "http://127.0.0.1:9/feed"),), health=HealthSettings(1))
    async with house(config) as bayan:
        await bayan.service.once()
        assert rests(bayan, config)
        assert not rests(bayan, replace(config, health=HealthSettings(1, ("screen",))))


def test_a_run_with_nothing_due_loads_no_http_client_and_leaves_a_sign_of_life(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[sources.agency]\nkind = "feed"\nurl = "http://news.example.invalid/feed"\n'
        '[actors.q]\ntype = "person"\nname = "Qais al-Khazali"\n[channels.screen]\nkind = "console"\n'
    )
    code = (
        "import sys; from alerts.cli import run_command; code = run_command(['run', '--once', '--data-dir', 'data']);"
        "print(code, [name for name in ('httpx', 'structlog', 'numpy', 'telegram', 'apscheduler') if name in sys.modules])"
    )

    def go() -> str:
        ran = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True
        )  # fmt: skip
        return ran.stdout.strip()

    assert go().startswith("69 ")  # the name does not resolve, and the source is due again later
    assert go() == "0 []"
    from scraper.db import open_database

    database = open_database(f"sqlite:///{tmp_path}/data/bayan.db")
    try:
        assert "once" in database.read_now(sources.beats)
    finally:
        database.close()


@given(st.from_regex(r"https?://[a-z0-9.-]{1,60}(/[A-Za-z0-9/._~=&?+-]{0,40})?", fullmatch=True))
def test_what_is_called_ordinary_passes_every_check_that_it_spares(url: str) -> None:
    if is_ordinary(url):
        origin = read_target(url).origin
        assert read_literal(origin.host) is None
        assert not is_onion(origin.host)
        assert "." in origin.host and not origin.host.endswith("localhost")


ODD = """http://127.0.0.1/ http://localhost/ http://x.localhost/ http://a.onion/ http://2130706433/ http://0x7f.1/ ftp://a.example/
http://a.example:8080/ http://a@b.example/ http://xn--a.example/ http://-a.example/ http://A.example/ http://a.example/%2e http://a-.example/"""


@pytest.mark.parametrize("url", ODD.split())
def test_an_address_out_of_the_ordinary_is_judged(url: str) -> None:
    assert not is_ordinary(url)


def test_common_addresses_are_ordinary() -> None:
    for url in (
        "https://news.example.org/rss",
        "http://www.example.com/tr/rss/default?cat=guncel",
        "https://a-b.example",
    ):
        assert is_ordinary(url)
