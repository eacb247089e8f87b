"""One table with many addresses: a source for each, whose id does not change when the list does."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from alerts.effective import tables, toml
from scraper.blocks import member_id
from scraper.validate import ID
from tests.configurations import ENVIRON, WHOLE, read, wrong

REST = WHOLE.partition("[[routes]]")[0]
ROUTE = '[[routes]]\nname = "r"\nchannels = ["screen"]\nsources = ["iraq"]\n'


def block(*urls: str, more: str = "") -> str:
    listed = ", ".join(f'"{url}"' for url in urls)
    return f'[sources.iraq]\nkind = "feed"\nlanguage = "ar"\ntags = ["official"]\n{more}urls = [{listed}]\n'


A, B, C = "https://a.example.org/rss", "https://www.b.example.org/feed", "https://a.example.org/other"


def test_each_address_is_a_source_with_all_that_stands_in_the_table(tmp_path: Path) -> None:
    found = [one for one in read(tmp_path, block(A, B, C)).sources if one.id != "wire"]
    assert [one.url for one in found] == [A, B, C]
    assert {(one.kind, one.language, one.tags) for one in found} == {("feed", "ar", ("official", "iraq"))}
    assert [re.sub("-[0-9a-f]{6}$", "", one.id) for one in found] == [
        "iraq-a-example-org",
        "iraq-b-example-org",
        "iraq-a-example-org",
    ]


def test_ids_stay_when_the_list_is_sorted_anew_or_grows(tmp_path: Path) -> None:
    def ids(*urls: str) -> dict[str, str]:
        return {one.url: one.id for one in read(tmp_path, block(*urls)).sources}

    first = ids(A, B)
    assert ids(B, A) == first
    assert {url: id_ for url, id_ in ids(C, B, A).items() if url != C} == first


NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,63}", fullmatch=True)
HOSTS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,60}[A-Za-z0-9])?", fullmatch=True)


@given(NAMES, HOSTS, st.text(max_size=80))
def test_every_id_is_one(table: str, host: str, rest: str) -> None:
    assert ID.fullmatch(member_id(table, f"https://{host}/{rest}"))


def test_two_spellings_of_one_address_have_one_id() -> None:
    assert member_id("x", "https://www.a.example.org/rss/") == member_id("x", "HTTPS://a.example.org:443/rss#top")


def test_a_route_that_names_the_table_takes_all_of_its_sources_and_its_id_is_their_tag(tmp_path: Path) -> None:
    found = read(tmp_path, block(A, B), whole=REST + ROUTE)
    members = tuple(one.id for one in found.sources if one.id != "wire")
    assert found.routes[0].sources == members
    by_tag = read(tmp_path, block(A, B), whole=REST + ROUTE.replace('sources = ["iraq"]', 'source_tags = ["iraq"]'))
    assert by_tag.routes[0].source_tags == ("iraq",)
    rule = '[keywords.k]\nquery = "bomb tag:iraq"\n'
    assert read(tmp_path, block(A) + rule).keywords[0].query == "bomb tag:iraq"


def test_what_is_in_force_reads_back_as_the_same_sources(tmp_path: Path) -> None:
    first = read(tmp_path, block(A, B))
    again = read(tmp_path, toml(tables(first)), whole="")
    assert again.sources == first.sources


def test_every_mistake_in_the_list_is_told_once_and_with_its_place(tmp_path: Path) -> None:
    said = wrong(tmp_path, block(A, "ftp://x.example/", f"{A}/", "nothing", more='interval = "5 minutes"\n'))
    places = sorted(line.partition(": ")[2].partition(": ")[0] for line in said)
    assert places == ["sources.iraq.interval", "sources.iraq.urls[1]", "sources.iraq.urls[2]", "sources.iraq.urls[3]"]
    assert any("urls[2]: stands in this list twice" in line for line in said)


def test_many_addresses_stand_in_the_place_of_one_and_where_they_mean_something(tmp_path: Path) -> None:
    for text, words in (
        (block(A, more=f'url = "{B}"\n'), "stands beside `url`"),
        (block(), "must not be empty"),
        ('[sources.iraq]\nkind = "feed"\nurls = "https://x.example/"\n', "must be a list of addresses, not text"),
        ('[sources.iraq]\nkind = "feed"\nurls = [5]\n', "must be text, not a whole number"),
        (
            '[sources.iraq]\nkind = "channel"\nchannel = "abcde"\nurls = ["https://x.example/"]\n',
            "means nothing for this kind",
        ),
    ):
        said = wrong(tmp_path, text)
        assert [words in line for line in said if "iraq" in line] == [True], said


def test_an_included_file_may_have_such_a_table(tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text(block(A, B), encoding="utf-8")
    found = read(tmp_path, 'include = ["more.toml"]\n', ENVIRON, whole=REST + ROUTE)
    assert len(found.sources) == 3 and len(found.routes[0].sources) == 2
