"""`bayan status` says how well each source is, what to do about it, and where something may have been missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.remedies import REMEDIES
from scraper import sources
from scraper.gap import Gap
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite

SHELL = "<html><head><title>News</title><script src='/a.js'></script></head><body><div id='app'></div></body></html>"


def stands(bayan: Bayan) -> dict[str, Any]:
    return {one["id"]: one for one in bayan("status", "--json").json["sources"]}


def test_the_health_of_each_source_stands_beside_its_outcome(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source("agency", f"{site.origin}/feed") + source("shell", f"{site.origin}/shell"))
    site.pages["/feed"] = site.feed([("a", "First"), ("b", "Second")])
    site.pages["/shell"] = SHELL
    bayan("run", "--once")
    found = stands(bayan)
    assert (found["agency"]["outcome"], found["agency"]["health"]) == ("ok", "ok")
    assert (found["shell"]["outcome"], found["shell"]["health"]) == ("suspect", "script_shell")
    out = " ".join(bayan("status").out.split())
    assert REMEDIES["script_shell"].said in out
    assert REMEDIES["script_shell"].next in out


def test_a_gap_is_shown_with_its_width(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source("agency", f"{site.origin}/feed"))
    site.pages["/feed"] = site.feed([("a", "First"), ("b", "Second")])
    bayan("run", "--once")
    now = datetime.now(UTC).replace(microsecond=0)
    gap = Gap("agency", now, now - timedelta(hours=9), now - timedelta(hours=2), 3, "the pages end there")
    with bayan.store() as database:
        database.write_now(lambda conn: sources.record_gap(conn, gap))
    [shown] = stands(bayan)["agency"]["gaps"]
    assert (shown["pages"], shown["detail"]) == (3, "the pages end there")
    assert "agency may have a gap of 7 h" in " ".join(bayan("status").out.split())


def test_the_doctor_names_the_sources_that_are_unwell(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source("agency", f"{site.origin}/feed") + source("shell", f"{site.origin}/shell"))
    site.pages["/feed"] = site.feed([("a", "First"), ("b", "Second")])
    site.pages["/shell"] = SHELL
    bayan("run", "--once")
    looked = bayan("doctor", "--offline").out
    assert "1 of 2 well; not shell (script_shell)" in looked
