"""The fuzzer itself, a few inputs of each of its targets, and what it and others have found, once and for all."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from scraper.address import canonical
from scraper.dates import zone_of
from scraper.parsers import PARSERS, files, job
from tests.command import Bayan, bayan  # noqa: F401 - a fixture
from tests.fuzz import inputs, smaller, wrong
from tests.fuzz_targets import SOURCES, page, targets

BROKEN = sorted((Path(__file__).parent / "recorded" / "broken").glob("*.bin"))
TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_a_door_takes_sound_and_broken_input(name: str) -> None:
    target = TARGETS[name]
    for data in islice(inputs(target.seeds, target.words, random.Random(7)), len(target.seeds) + 15):
        assert wrong(target.aim, data) == "", data


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: str(file.stem))
def test_what_was_found_once_stays_mended(file: Path) -> None:
    name = max((one for one in TARGETS if file.name.startswith(f"{one}-")), key=len)
    TARGETS[name].aim(file.read_bytes())


def test_the_fuzzer_names_what_breaks_and_makes_it_small() -> None:
    def door(data: bytes) -> None:
        if b"bomb" in data:
            raise KeyError(data)

    assert wrong(door, b"peace") == ""
    said = wrong(door, b"a bomb in a long text")
    assert said.startswith("KeyError")
    assert smaller(b"a bomb in a long text", lambda data: wrong(door, data) == said) == b"bomb"


def test_addresses_in_an_old_encoding_stay_apart() -> None:
    assert canonical("http://x.example/?q=%E3%CD") != canonical("http://x.example/?q=%C7%E1")
    assert canonical("http://x.example/?q=%E3%CD") == canonical("https://www.x.example/?q=%e3%cd&utm_source=y")
    assert canonical("http://x.example/?q=\ud800")


def test_one_odd_link_of_a_feed_with_a_base_costs_itself_alone() -> None:
    text = "<rss xml:base='https://b.example/'><channel><item><title>one</title><link>p://[</link></item>"
    text += "<item><title>two</title><link>/2</link></item></channel></rss>"
    listed = PARSERS["feed"](page(text.encode()), SOURCES["feed"])
    assert [(item.title, item.url) for item in listed.items] == [("one", None), ("two", "https://b.example/2")]


def test_a_mail_with_an_impossible_date_is_read_without_it() -> None:
    mail = b"Subject: x\nDate: 0 Jun 6 0:3003003003\n\nwords of the mail"
    listed = files.parse(page(files.bundle([("a.eml", 1, mail), ("b.txt", 1, b"text")])), SOURCES["feed"])
    assert [(item.title, item.published) for item in listed.items] == [("x", None), ("text", None)]


def test_a_zone_that_is_none_is_utc() -> None:
    assert str(zone_of("No/Where")) == "UTC"


@pytest.mark.parametrize("address", ["http://[", "//[", "feed:http://[x]/", "http://a b/", "http://127.0.0.1\\@x/", ""])
def test_what_is_no_address_is_refused_by_probe_in_one_line(bayan: Bayan, address: str) -> None:  # noqa: F811
    ran = bayan.plain("sources", "probe", address)
    assert ran.code != 0 and "internal error" not in ran.err


def test_one_endless_number_of_a_character_costs_itself_alone() -> None:
    text = f"<rss><channel><item><title>one &amp;#{'9' * 5_000}; more</title></item><item><title>two</title></item></channel></rss>"
    listed = PARSERS["feed"](page(text.encode()), SOURCES["feed"])
    assert [item.title for item in listed.items] == ["one \ufffd more", "two"]


def test_one_endless_number_of_an_answer_costs_itself_alone() -> None:
    rows = f'{{"id": {"9" * 5_000}, "title": {{"rendered": "one"}}}}, {{"id": 2, "title": {{"rendered": "two"}}}}'
    listed = PARSERS["json"](page(f'{{"data": {{"items": [{rows}]}}}}'.encode()), SOURCES["json"])
    assert [item.title for item in listed.items] == ["one", "two"]


@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "Sat, 31 Dec 9999 23:59:59 -1200"]
)
def test_a_date_at_the_end_of_the_calendar_is_no_date(date: str) -> None:
    """In UTC there is no such time: whoever compares it with another would fail, and the source with it."""
    text = f"<rss><channel><item><title>one</title><pubDate>{date}</pubDate></item></channel></rss>"
    asked = job.question("listed", page(text.encode()), SOURCES["feed"])
    listed = job.read_listed(job.answer_to(asked[job.LENGTH :], text.encode()))
    assert [(one.title, one.published) for one in listed.items] == [("one", None)]


@pytest.mark.parametrize("here", ["http://news.example.org/list/", "https://news.example.org/list/"])
def test_a_scheme_in_capitals_costs_nothing(here: str) -> None:
    text = "<rss><channel><item><title>one</title><link>HTTPS://SITE.EXAMPLE/a</link></item></channel></rss>"
    asked = job.question("listed", page(text.encode(), url=here), SOURCES["feed"])
    listed = job.read_listed(job.answer_to(asked[job.LENGTH :], text.encode()))
    assert [one.url for one in listed.items] == ["https://SITE.EXAMPLE/a"]
