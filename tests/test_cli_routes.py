"""`bayan routes`: who is told of a statement, who is not, and which line of the file decided."""

from __future__ import annotations

from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite

ROUTES = """
[channels.desk]
kind = "console"
[channels.night]
kind = "console"
[quiet_hours.night]
from = "23:00"
to = "06:00"
[[routes]]
name = "threats of Khazali"
actors = ["khazali"]
keywords = ["threats"]
require = "all"
channels = ["desk"]
[[routes]]
name = "in Arabic"
actors = ["*"]
languages = ["ar"]
channels = ["desk"]
[[routes]]
name = "the rest"
actors = ["*"]
channels = ["night"]
quiet_hours = "night"
"""
SAID = "Qais al-Khazali spoke about the weather"


def place(bayan: Bayan, name: str) -> str:
    lines = bayan.file.read_text("utf-8").splitlines()
    named = f'name = "{name}"'
    return f"config.toml:{lines.index(named)}"


def test_each_route_says_what_it_decides_and_where_it_stands(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://agency.example/feed"), ROUTES)
    ran = bayan("routes", "test", SAID, "--source", "agency", "--language", "en", "--at", "2026-06-20T12:00Z")
    assert ran.code == 0
    assert (
        f"{place(bayan, 'threats of Khazali')}  threats of Khazali: refused by keywords: not all of them match"
        in ran.out
    )
    assert "in Arabic: refused by languages: not en" in ran.out
    assert "the rest: takes it -> night and ends the reading" in ran.out
    assert "channel night: told now" in ran.out and "channel desk: not told" in ran.out


def test_quiet_hours_of_the_asked_moment_are_told(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://agency.example/feed"), ROUTES)
    ran = bayan("routes", "test", SAID, "--source", "agency", "-l", "en", "--at", "2026-06-20T23:30Z", "--json")
    (told,) = [one for one in ran.json["channels"] if one["told"]]
    assert told["id"] == "night" and told["then"] == "held" and told["until"] == "2026-06-21 06:00 UTC"


def test_a_route_behind_one_that_ended_the_reading_is_not_reached(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://agency.example/feed"), ROUTES)
    ran = bayan("routes", "test", f"{SAID} and its threats", "--source", "agency")
    assert "threats of Khazali: takes it -> desk and ends the reading" in ran.out
    assert "the rest: not reached" in ran.out


def test_a_text_that_nobody_watches_ends_with_one(bayan: Bayan) -> None:
    bayan.configure(source("agency", "https://agency.example/feed"), ROUTES)
    ran = bayan("routes", "test", "The weather is fine", "--source", "agency")
    assert ran.code == 1 and "Nothing that is watched is in it." in ran.out


def test_a_stored_statement_is_explained_with_what_became_of_it(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed([("o1", "An old statement that was there before")])
    bayan.configure(source("agency", f"{site.origin}/feed"), ROUTES.replace('quiet_hours = "night"\n', ""))
    bayan("run", "--once")
    site.pages["/feed"] = site.feed([("n1", SAID), ("o1", "An old statement that was there before")])
    bayan("run", "--once", "--source", "agency")
    ran = bayan("routes", "explain", "2")
    assert ran.code == 0 and "alert 1 for night: sent" in ran.out
    assert bayan("routes", "explain", "99").code == 1


def test_a_route_for_some_priorities_leaves_the_others_to_the_next(bayan: Bayan) -> None:
    first = '[[routes]]\nname = "alarms"\npriorities = ["urgent"]\nchannels = ["desk"]\n[[routes]]\nname = "threats of Khazali"'
    bayan.configure(
        source("agency", "https://agency.example/feed"),
        ROUTES.replace('[[routes]]\nname = "threats of Khazali"', first, 1),
    )
    ran = bayan("routes", "test", f"{SAID} and its threats", "--source", "agency")
    assert "alarms: refused by priorities: what matched is" in ran.out
    assert "threats of Khazali: takes it" in ran.out and "channel desk: told now" in ran.out
