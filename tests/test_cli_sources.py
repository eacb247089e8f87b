"""`bayan sources`: how each stands, and what one would give now; nothing is stored by asking."""

from __future__ import annotations

from alerts.remedies import REMEDIES
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite
from tests.test_cli_run import closed_port

BODY = f"<html><body><article><h1>A headline</h1><p>{'The body of the statement goes on. ' * 30}</p></article></body></html>"
ITEMS = [("n1", "Qais al-Khazali speaks of the first matter today"), ("n2", "Another statement")]


def test_sources_are_listed_with_their_state_and_what_is_switched_off_with_its_reason(
    bayan: Bayan, site: FakeSite
) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    bayan.configure(
        source("agency", f"{site.origin}/feed"),
        source("lost", f"{site.origin}/nothing"),
        source("off", f"{site.origin}/off", 'enabled = false\nnote = "403 for programs"\n'),
    )
    assert "not yet polled" in bayan("sources", "list").out
    bayan("run", "--once")
    out = bayan("sources", "list").out
    assert "http_error x1" in out
    assert REMEDIES["not_found"].next in out
    assert "403 for programs" in out
    rows = {row["id"]: row for row in bayan("sources", "list", "--json").json["sources"]}
    assert (rows["agency"]["outcome"], rows["agency"]["items"]) == ("ok", 2)
    assert (rows["lost"]["outcome"], rows["lost"]["failures"]) == ("http_error", 1)
    assert rows["off"]["enabled"] is False


def test_a_test_says_what_a_source_would_give_and_stores_nothing(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    site.pages["/article/n1"] = BODY
    bayan.configure(source("agency", f"{site.origin}/feed").replace("full_text = false\n", ""))
    ran = bayan("sources", "test", "agency")
    assert ran.code == 0
    assert "agency: ok, 2 items, 0 with a date" in ran.out
    assert "first    Qais al-Khazali speaks" in ran.out
    assert "the page of each new item is read as well (2 of 2 here have one to read)" in ran.out
    assert "The body of the statement goes on." in ran.out
    assert not bayan.data.exists()


def test_the_json_of_a_test_has_the_first_article_in_full(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    site.pages["/article/n1"] = BODY
    bayan.configure(source("agency", f"{site.origin}/feed").replace("full_text = false\n", ""))
    [row] = bayan("sources", "test", "agency", "--json").rows
    assert (row["schema"], row["outcome"], row["items"], row["dated"]) == (1, "ok", 2, 0)
    assert row["newest"]["title"] == ITEMS[0][1]
    assert [item["title"] for item in row["first"]] == [title for _, title in ITEMS]
    assert (row["condition"], row["followed"]) == ("ok", 2)
    assert row["article"]["text"].count("goes on") == 30


def test_an_article_that_cannot_be_read_is_told_and_is_no_failure(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    bayan.configure(source("agency", f"{site.origin}/feed").replace("full_text = false\n", ""))
    ran = bayan("sources", "test", "agency")
    assert ran.code == 0
    assert "not read: http_error" in ran.out


def test_a_source_that_fails_is_told_with_its_class_and_remedy(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = 410
    bayan.configure(source("agency", f"{site.origin}/feed"))
    ran = bayan("sources", "test", "agency")
    assert ran.code == 1
    assert "agency: gone" in ran.out
    assert REMEDIES["gone"].next in ran.out


def test_where_nothing_can_be_reached_it_ends_with_69(bayan: Bayan) -> None:
    bayan.configure(source("a", f"{closed_port()}/a"), source("b", f"{closed_port()}/b"))
    assert bayan("sources", "test", "--all").code == 69


def test_all_sources_are_tested_in_their_order_except_those_switched_off(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    bayan.configure(
        source("b", f"{site.origin}/feed"),
        source("a", f"{site.origin}/nothing"),
        source("off", f"{site.origin}/off", "enabled = false\n"),
    )
    ran = bayan("sources", "test", "--all", "--json")
    assert ran.code == 1
    assert [row["id"] for row in ran.rows] == ["b", "a"]
    assert "1 of 2 sources answer as they should." in bayan("sources", "test", "--all").out


def test_a_source_that_is_not_there_ends_with_78_and_none_named_with_2(bayan: Bayan, site: FakeSite) -> None:
    bayan.configure(source("agency", f"{site.origin}/feed"))
    assert bayan("sources", "test", "nobody").code == 78
    assert bayan("sources", "test").code == 2
    assert bayan("sources", "test", "agency", "--all").code == 2


def test_a_source_that_is_switched_off_can_be_tested_by_name(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    bayan.configure(source("agency", f"{site.origin}/feed"), source("off", f"{site.origin}/feed", "enabled = false\n"))
    assert bayan("sources", "test", "off").code == 0
