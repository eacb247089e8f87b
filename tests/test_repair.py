"""A redesigned listing: what the operator is told, which selectors are proposed and why, and that accepting them loses nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from alerts.settings import HealthSettings
from alerts.shown import JOINER
from scraper import repair, sources, store
from scraper.model import Select
from scraper.novelty import Known
from tests.answers import answer, asking
from tests.command import Bayan
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite
from tests.street import InProcess, configuration, house, local
from tests.test_probe import feed

TITLES = [f"The minister speaks of matter number {n} before the council" for n in range(1, 9)]
MISSED = "Qais al-Khazali warns the council of what will follow"


def old(titles: Sequence[str]) -> str:
    rows = "".join(f'<li><a href="/press/{_number(t)}-statement.html">{t}</a></li>' for t in titles)
    return f"<html><head><title>Press</title></head><body><ul class=news>{rows}</ul></body></html>"


def new(titles: Sequence[str], *, path: str = "/press/{}-statement.html") -> str:
    """The same list after a redesign, below another one that reads like a list as well."""
    rows = "".join(
        f'<article class="teaser mt-4"><a href="{path.format(_number(t))}"><h2>{t}</h2></a>'
        '<time datetime="2026-06-20">x</time></article>'
        for t in titles
    )
    other = "".join(
        f'<div class="topic"><h3><a href="/topics/{n}-of-the-year.html">A topic of the year that is long enough {n}</a></h3></div>'
        for n in range(12)
    )
    return f"<html><head><title>Press</title></head><body><section>{other}</section><main>{rows}</main></body></html>"


def _number(title: str) -> int:
    return sum(map(ord, title)) % 100_000


def source(site: FakeSite, more: str = "") -> str:
    return f"""
[sources.ministry]
kind = "listing"
url = "{site.origin}/press"
language = "en"
allow_private = true
full_text = false
  [sources.ministry.select]   # chosen by hand
  item = "ul.news > li"       # the block
  link = "a@href"
{more}"""


def broken(bayan: Bayan, site: FakeSite, page: str) -> None:
    """A source that was read well once, and whose page is another one now."""
    bayan.configure(source(site))
    site.pages["/press"] = old(TITLES)
    assert bayan("run", "--once").code == 0
    site.pages["/press"] = page
    assert bayan("run", "--once", "--source", "ministry").code == 1


def detail(bayan: Bayan) -> str:
    with bayan.store() as database:
        state = database.read_now(lambda conn: sources.state(conn, "ministry"))
        assert state is not None
        return state.detail


# ------------------------------------------------------------------------------------------------------ the proposal


def known(titles: Sequence[str], path: str = "/press/{}-statement.html") -> tuple[Known, ...]:
    return tuple(
        Known(n, f"https://site.example{path.format(_number(t))}", t, "", frozenset()) for n, t in enumerate(titles)
    )


async def propose(page: str, stored: Sequence[Known]) -> tuple[repair.Repair, ...]:
    ministry = asking("listing", select=Select("ul.news > li"))
    workers = InProcess()
    return await repair.propose(ministry, answer(page), stored, workers)  # type: ignore[arg-type]


async def test_the_list_that_has_what_is_known_is_proposed_and_not_the_longest() -> None:
    best, other, *_ = await propose(new(TITLES), known(TITLES))
    assert best.select == Select("article.teaser", "a@href", "h2", "time@datetime")
    assert (len(best.items), best.again, best.of) == (8, 8, 8)
    assert (other.select.item, other.again) == ("div.topic", 0)


async def test_what_is_known_is_found_by_its_headline_where_addresses_changed_too() -> None:
    best = (await propose(new(TITLES, path="/en/n/{}"), known(TITLES)))[0]
    assert (best.select.item, best.again) == ("article.teaser", 8)


async def test_a_list_that_stands_in_two_blocks_now_is_proposed_as_both() -> None:
    lead = "".join(
        f'<div class="lead"><h2><a href="/press/{_number(t)}-statement.html">{t}</a></h2></div>' for t in TITLES[:3]
    )
    best = (await propose(new(TITLES[3:]).replace("<main>", f"<main>{lead}"), known(TITLES)))[0]
    assert (best.select.item, best.again) == ("article.teaser, div.lead", 8)


async def test_a_wall_gets_no_proposal_that_is_proven() -> None:
    found = await propose(
        "<html><title>Just a moment...</title><body>Checking your browser</body></html>", known(TITLES)
    )
    assert found == ()


# ------------------------------------------------------------------------------------------------------ told and taken


def test_the_operator_is_told_the_proposal_with_the_failure(bayan: Bayan, site: FakeSite) -> None:
    broken(bayan, site, new(TITLES))
    assert detail(bayan) == (
        'the selectors find nothing. item = "article.teaser" finds 8, 8 of the last 8 again: '
        "`bayan sources repair ministry` takes it after a yes"
    )


def test_a_proposal_is_shown_with_its_proof_and_changes_nothing(bayan: Bayan, site: FakeSite) -> None:
    broken(bayan, site, new(TITLES))
    before = bayan.file.read_text("utf-8")
    ran = bayan("sources", "repair", "ministry")
    assert ran.code == 0, ran.err
    assert "finds 8 items, 8 of the last 8 statements again" in ran.out
    assert '-  item = "ul.news > li"       # the block' in ran.out
    assert '+  item = "article.teaser"       # the block' in ran.out
    assert bayan.file.read_text("utf-8") == before
    row = bayan("sources", "repair", "ministry", "--json").json
    assert (row["works"], row["proposals"][0]["again"], row["proposals"][0]["select"]["item"]) == (
        0,
        8,
        "article.teaser",
    )


def test_what_was_missed_rings_once_the_proposal_is_taken_and_nothing_rings_twice(bayan: Bayan, site: FakeSite) -> None:
    broken(bayan, site, new([MISSED, *TITLES]))
    ran = bayan("sources", "repair", "ministry", "--accept")
    assert ran.code == 0, ran.err
    text = bayan.file.read_text("utf-8")
    assert '  [sources.ministry.select]   # chosen by hand\n  item = "article.teaser"       # the block\n' in text
    shown = bayan("run", "--once").out
    assert MISSED in " ".join(shown.replace("▸", "").replace("◂", "").split())
    assert MISSED not in bayan("run", "--once", "--source", "ministry").out
    with bayan.store() as database:
        stored = database.read_now(lambda conn: store.find(conn))
    assert sorted(one.title for one in stored) == sorted([MISSED, *TITLES])
    assert [one.title for one in stored if not one.baseline] == [MISSED]


def test_an_included_file_is_changed_where_the_selectors_stand_in_it(bayan: Bayan, site: FakeSite) -> None:
    broken(bayan, site, new(TITLES))
    (bayan.folder / "more.toml").write_text(source(site), "utf-8")
    text = bayan.file.read_text("utf-8").replace(source(site), "")
    bayan.file.write_text('include = ["more.toml"]\n' + text, "utf-8")
    assert bayan("sources", "repair", "ministry", "--accept").code == 0
    assert 'item = "article.teaser"' in (bayan.folder / "more.toml").read_text("utf-8")
    assert "article.teaser" not in bayan.file.read_text("utf-8")


def test_selectors_that_a_program_cannot_replace_are_shown_to_be_written_by_hand(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(
        f'[sources.ministry]\nkind = "listing"\nurl = "{site.origin}/press"\nallow_private = true\nfull_text = false\n'
        'select = { item = "ul.news > li" }\n'
    )
    site.pages["/press"] = new(TITLES)
    ran = bayan("sources", "repair", "ministry", "--accept")
    assert ran.code == 1
    assert "Write it there by hand" in ran.out
    assert ran.out.rstrip().endswith(
        '[sources.ministry.select]\n  item = "div.topic"\n  link = "a@href"\n  title = "h3"'
    )


def test_a_listing_that_is_gone_is_replaced_by_another_way_to_the_site_and_nothing_is_lost(
    bayan: Bayan, site: FakeSite
) -> None:
    broken(bayan, site, "")
    site.pages["/press"] = 404
    site.pages["/"] = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.rss"></head><body>x</body></html>'
    )
    site.pages["/feed.rss"] = feed(site, [MISSED, *TITLES])
    ran = bayan("sources", "repair", "ministry")
    assert (ran.code, "http_error" in ran.out) == (0, True), ran.err
    assert "Another way to the site, named by the page: finds 9 items, 8 of the last 8 statements again" in ran.out
    [row] = bayan("sources", "repair", "ministry", "--json").json["proposals"]
    assert (row["kind"], row["url"], row["again"]) == ("feed", f"{site.origin}/feed.rss", 8)
    assert bayan("sources", "repair", "ministry", "--accept").code == 0
    table = tomllib.loads(bayan.file.read_text("utf-8"))["sources"]["ministry"]
    assert table == {
        "kind": "feed", "url": f"{site.origin}/feed.rss", "language": "en", "allow_private": True, "full_text": False,
    }  # fmt: skip
    shown = bayan("run", "--once").out
    assert MISSED in " ".join(shown.replace("▸", "").replace("◂", "").split())
    with bayan.store() as database:
        assert len(database.read_now(lambda conn: store.find(conn))) == 9


def test_a_site_that_is_gone_altogether_gets_no_proposal(bayan: Bayan, site: FakeSite) -> None:
    broken(bayan, site, "")
    site.pages["/press"] = 404
    ran = bayan("sources", "repair", "ministry", "--accept")
    assert (ran.code, "no other way to the site" in ran.out) == (1, True)


def test_selectors_that_work_are_left_alone(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source(site))
    site.pages["/press"] = old(TITLES)
    ran = bayan("sources", "repair", "ministry", "--accept")
    assert (ran.code, "nothing to repair" in ran.out) == (0, True)


def test_a_listing_without_selectors_gets_some_where_its_list_is_no_longer_found_by_itself(
    bayan: Bayan, site: FakeSite
) -> None:
    bayan.configure(
        f'[sources.ministry]\nkind = "listing"\nurl = "{site.origin}/press"\nallow_private = true\nfull_text = false\n'
    )
    site.pages["/press"] = old(TITLES)
    assert bayan("run", "--once").code == 0
    rows = "".join(f'<div class="press-row"><a href="/p/{n}">{t[-24:]}</a></div>' for n, t in enumerate(TITLES))
    site.pages["/press"] = f"<html><head><title>Press</title></head><body><form>{rows}</form></body></html>"
    assert bayan("run", "--once", "--source", "ministry").code == 1
    ran = bayan("sources", "repair", "ministry")
    assert ran.code == 1  # neither the addresses nor the headlines are those that were known
    assert "no list was found on the page" in ran.out


async def test_the_notice_to_the_operators_holds_the_proposal_once(tmp_path: Path) -> None:
    async with FakeSite() as here:
        here.pages["/press"] = old(TITLES)
        ministry = local("ministry", f"{here.origin}/press", kind="listing", select=Select("ul.news > li", "a@href"))
        config = configuration(tmp_path, sources=(ministry,), health=HealthSettings(failures=2, notify=("screen",)))
        async with house(config) as bayan:
            await bayan.service.once(only=["ministry"], patience=timedelta())
            here.pages["/press"] = new(TITLES)
            for _ in range(5):
                bayan.clock.advance(hours=7)
                await bayan.service.once(only=["ministry"], patience=timedelta())
            assert bayan.shown.count("bayan sources repair ministry") == 1
            shown = bayan.shown.replace(JOINER, "")
            assert 'item = "article.teaser" finds 8, 8 of the last 8 again' in shown


def test_what_is_no_listing_cannot_be_repaired(bayan: Bayan, site: FakeSite, tmp_path: Path) -> None:
    bayan.configure(source(site, f'[sources.other]\nkind = "feed"\nurl = "{site.origin}/feed"\nallow_private = true\n'))
    assert bayan("sources", "repair", "other").code == 78
    assert bayan("sources", "repair", "nobody").code == 78
