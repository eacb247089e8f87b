"""Which items are new: the guards of each identity, and what must hold for every list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scraper import novelty
from scraper.model import Item, Listed, Moment, Source
from scraper.novelty import Decision, Known

SITE = Source(id="site", kind="feed", url="https://site.example/news")
LONG = "A headline that is long enough to be recognised by its words alone"


def item(title: str = LONG, url: str | None = None, guid: str | None = None, **more: object) -> Item:
    return replace(Item(guid=guid, url=url, title=title), **more)  # type: ignore[arg-type]


def stored(decision: Decision) -> dict[str, Known]:
    """The store after a decision, as the next poll would see it."""
    known: dict[str, Known] = {}
    for number, fresh in enumerate(decision.harvest.new, 1):
        row = Known(number, fresh.item.url, fresh.item.title, fresh.digest, frozenset({fresh.digest}))
        known |= dict.fromkeys(fresh.keys, row)
    return known


def first(*items: Item) -> dict[str, Known]:
    return stored(novelty.decide(SITE, Listed(items), {}, has_baseline=False, items_before=0))


def later(known: dict[str, Known], *items: Item) -> Decision:
    return novelty.decide(SITE, Listed(items), known, has_baseline=True, items_before=len(items))


def test_the_same_list_again_brings_nothing_new() -> None:
    items = [item(url=f"https://site.example/{n}", title=f"{LONG} {n}") for n in range(5)]
    assert later(first(*items), *reversed(items)).harvest.new == ()


def test_a_fresh_guid_for_a_known_address_is_not_new() -> None:
    known = first(item(url="https://site.example/1", guid="one"))
    assert later(known, item(url="https://site.example/1", guid="two")).harvest.new == ()


def test_a_tracking_tail_on_a_known_address_is_not_new() -> None:
    known = first(item(title="Short", url="https://site.example/1"))
    again = later(known, item(title="Short", url="http://www.site.example/1/?utm_source=x&PHPSESSID=7#top"))
    assert again.harvest.new == ()


def test_the_same_words_at_another_address_are_not_new_when_they_are_telling() -> None:
    known = first(item(url="https://site.example/a", guid="a", summary="And a teaser, too."))
    again = later(known, item(url="https://site.example/b", guid="b", summary="And a teaser, too."))
    assert again.harvest.new == ()
    assert {key for key, _ in again.harvest.more_keys} == {"g:b", "u:site.example/b"}


def test_a_short_title_that_returns_every_day_is_new_every_day() -> None:
    known = first(item(title="Daily briefing", url="https://site.example/mon"))
    assert len(later(known, item(title="Daily briefing", url="https://site.example/tue")).harvest.new) == 1


def test_ten_statements_under_one_guid_are_ten() -> None:
    items = [item(title=f"{LONG} {n}", url=f"https://site.example/{n}", guid="same") for n in range(10)]
    assert len({known.statement for known in first(*items).values()}) == 10


def test_a_guid_used_again_for_another_address_and_headline_is_new() -> None:
    known = first(item(title="The first statement of this outlet", url="https://site.example/1", guid="latest"))
    other = item(title="Something entirely different today", url="https://site.example/2", guid="latest")
    decision = later(known, other)
    assert len(decision.harvest.new) == 1
    assert all(key not in known for key in decision.harvest.new[0].keys)


def test_items_that_all_link_to_the_list_itself_are_told_apart_by_their_words() -> None:
    items = [item(title=f"{LONG} {n}", url=SITE.url) for n in range(3)]
    known = first(*items)
    assert len({row.statement for row in known.values()}) == 3
    assert later(known, *items).harvest.new == ()


def test_items_without_guid_and_link_are_known_by_their_words() -> None:
    items = [item(title=f"Note {n}") for n in range(5)]
    assert later(first(*items), *items).harvest.new == ()


def test_an_address_in_a_list_of_links_rings_once_however_its_words_change() -> None:
    links = replace(SITE, kind="listing", url="https://site.example/")
    section = [item(title=f"{LONG} {n}", url="https://site.example/sport/") for n in range(4)]
    known = stored(novelty.decide(links, Listed(tuple(section[:3])), {}, has_baseline=False, items_before=0))
    again = novelty.decide(links, Listed(tuple(section[3:])), known, has_baseline=True, items_before=3)
    assert again.harvest.new == ()


def test_items_that_differ_in_the_fragment_of_one_address_are_different() -> None:
    links = replace(SITE, kind="listing", url="https://site.example/live")
    items = tuple(item(title=f"Short {n}", url=f"https://site.example/live#entry-{n}") for n in range(3))
    known = stored(novelty.decide(links, Listed(items), {}, has_baseline=False, items_before=0))
    assert len({row.statement for row in known.values()}) == 3


def test_without_guid_and_address_the_headline_is_the_identity() -> None:
    known = first(item(title="Teacher dismissed over a video", summary="First teaser."))
    assert later(known, item(title="Teacher dismissed – over a Video", summary="Other teaser.")).harvest.new == ()


def test_a_changed_headline_at_a_known_address_is_a_change_and_not_new() -> None:
    known = first(item(title="Minister denies", url="https://site.example/1"))
    decision = later(known, item(title="Minister denies everything", url="https://site.example/1"))
    assert decision.harvest.new == ()
    assert [changed.statement for changed in decision.harvest.changed] == [1]


def test_a_text_that_was_there_before_is_no_change() -> None:
    a, b = item(title="Version A", url="https://site.example/1"), item(title="Version B", url="https://site.example/1")
    digests = frozenset({novelty.digest(a), novelty.digest(b)})
    known = {"u:site.example/1": Known(1, a.url, b.title, novelty.digest(b), digests)}
    assert later(known, a).harvest.changed == ()


def test_a_relative_date_that_moves_on_changes_no_identity() -> None:
    def seen(hour: int) -> Item:
        at = datetime(2026, 1, 1, hour, tzinfo=UTC)
        return item(published=Moment(at, "hour", "relative: 2 hours ago"))

    assert later(first(seen(3)), seen(4)).harvest.new == ()


def test_an_empty_page_where_there_were_items_changes_nothing() -> None:
    decision = novelty.decide(SITE, Listed(()), {}, has_baseline=True, items_before=20)
    assert decision.outcome == "suspect"
    assert "20 items" in decision.detail


def test_a_cut_first_page_is_no_baseline() -> None:
    cut = Listed((item(),), partial=True)
    assert not novelty.decide(SITE, cut, {}, has_baseline=False, items_before=0).harvest.baseline
    assert novelty.decide(SITE, Listed((item(),)), {}, has_baseline=False, items_before=0).harvest.baseline


def test_items_whose_every_identity_is_taken_by_others_are_stored_once() -> None:
    known = first(item(title="The first statement", url="https://site.example/1", guid="same"))
    known |= {"u:site.example/2": next(iter(known.values())), "c:taken": next(iter(known.values()))}
    other = item(title="Another", url="https://site.example/1", guid="same")
    pair = (replace(other, url="https://site.example/3", summary="Of another day"),) * 2
    decision = later(known, *pair)
    assert len(decision.harvest.new) <= 1
    assert later(known | stored(decision), *pair).harvest.new == ()


def test_one_article_listed_twice_on_a_page_is_one_statement() -> None:
    page = [item(title="Read it", url="https://site.example/1"), item(title=LONG, url="https://site.example/1")]
    assert len({row.statement for row in first(*page).values()}) == 1


words = st.sampled_from(["alpha", "beta", LONG, f"{LONG}!", "gamma delta", ""])
addresses = st.one_of(st.none(), st.sampled_from([f"https://site.example/{n}" for n in range(4)] + [SITE.url]))
guids = st.one_of(st.none(), st.sampled_from(["g1", "g2", "g3"]))
items_of_a_page = st.lists(
    st.builds(item, title=words, url=addresses, guid=guids, summary=words), min_size=1, max_size=12
)


@given(items_of_a_page)
def test_polling_twice_finds_nothing_new(items: list[Item]) -> None:
    known = first(*items)
    assert later(known, *items).harvest.new == ()


@given(items_of_a_page, items_of_a_page)
def test_no_key_is_ever_given_to_two_statements(before: list[Item], after: list[Item]) -> None:
    known = first(*before)
    decision = later(known, *after)
    fresh = [key for new in decision.harvest.new for key in new.keys]
    more = [key for key, _ in decision.harvest.more_keys]
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & (set(known) | set(more))
    assert not set(more) & set(known)


def test_a_source_that_never_listed_anything_is_empty_and_not_suspect() -> None:
    assert novelty.decide(SITE, Listed(()), {}, has_baseline=False, items_before=0).outcome == "empty"


def test_two_statements_of_one_page_may_say_the_same_words() -> None:
    pair = [item(url=f"https://site.example/{n}", guid=f"g{n}") for n in range(2)]
    decision = novelty.decide(SITE, Listed(tuple(pair)), {}, has_baseline=False, items_before=0)
    assert [fresh.keys for fresh in decision.harvest.new] == [
        ("g:g0", "u:site.example/0"), ("g:g1", "u:site.example/1")
    ]  # fmt: skip
    assert later(stored(decision), *reversed(pair)).harvest.new == ()


def test_a_bare_address_says_nothing_and_so_changes_nothing() -> None:
    known = first(item(url="https://site.example/1", title="What a news sitemap called it"))
    bare = later(known, item(url="https://site.example/1", title=""))
    assert (bare.harvest.new, bare.harvest.changed) == ((), ())


def test_messages_without_words_of_one_second_are_as_many_as_they_are() -> None:
    at = Moment(datetime(2026, 6, 20, 9, 0, tzinfo=UTC), "second", "channel")
    pictures = [item(url=f"https://t.me/c/{n}", guid=f"c/{n}", title="", published=at) for n in range(3)]
    assert len(first(*pictures)) == 6
    assert len({known.statement for known in first(*pictures).values()}) == 3


def test_a_list_whose_items_the_source_passes_over_is_not_empty() -> None:
    decision = novelty.decide(SITE, Listed((), passed_over=7), {}, has_baseline=False, items_before=0)
    assert (decision.outcome, decision.harvest.baseline) == ("ok", True)


def test_an_address_with_the_other_scheme_or_www_is_the_same() -> None:
    known = first(item(title="Short", url="http://www.site.example/1"))
    assert later(known, item(title="Short", url="https://site.example/1/")).harvest.new == ()


def test_a_mirror_of_the_site_brings_nothing_new() -> None:
    known = first(
        item(url="https://site.example/1", guid="one"), item(title="Short", url="https://site.example/2", guid="two")
    )
    mirrored = (
        item(url="https://mirror.example/1", guid="one"), item(title="Short", url="https://mirror.example/2", guid="two")
    )  # fmt: skip
    assert later(known, *mirrored).harvest.new == ()
    assert later(known, item(url="https://mirror.example/1")).harvest.new == (), (
        "without guids, by words that are telling"
    )


def test_what_leaves_and_returns_is_not_new() -> None:
    items = [item(url=f"https://site.example/{n}", title=f"Short {n}") for n in range(4)]
    known = first(*items)
    without = later(known, *items[:2]).harvest
    assert (without.new, without.order) == ((), (1, 2))
    assert later(known, *items).harvest.new == ()


def test_a_guid_whose_address_follows_its_headline_stays_the_same_statement() -> None:
    at = Moment(datetime(2026, 6, 20, 9, 30, tzinfo=UTC), "second", "json:date")
    was = item(title="10:05, Fire, Northtown", url="https://site.example/1005-fire-northtown", guid="7", published=at)
    by_time = item(title="Robbery in Southtown, updated", url="https://site.example/robbery", guid="7", published=at)
    by_words = item(title="10:05, Arson, Northtown", url="https://site.example/1005-arson-northtown", guid="7")
    teaser = "Smoke over the harbour this morning"
    by_teaser = item(title="Other words altogether", url="https://site.example/other", guid="7", summary=teaser)
    known = with_time(first(replace(was, summary=teaser)), at)
    for now in (by_time, by_words, by_teaser):
        harvest = later(known, now).harvest
        assert (harvest.new, len(harvest.changed)) == ((), 1)


def with_time(known: dict[str, Known], at: Moment) -> dict[str, Known]:
    return {
        key: replace(row, published_at=at.at, summary="Smoke over the harbour this morning")
        for key, row in known.items()
    }


def moved(before: list[Item], after: list[Item]) -> Decision:
    """What a page comes to, when the last page is at hand."""
    known = first(*before)
    rows = {row.statement: row for row in known.values()}
    return novelty.decide(
        SITE, Listed(tuple(after)), known, has_baseline=True, items_before=len(before), before=tuple(rows.values())
    )


def headlines(count: int, folder: str) -> list[Item]:
    return [
        item(title=f"Short headline {n}", url=f"https://site.example/{folder}/{n}", guid=f"{folder}{n}")
        for n in range(count)
    ]


def test_a_page_that_moved_as_a_whole_is_known_by_its_headlines() -> None:
    fresh = item(title="News of the day", url="https://site.example/b/news", guid="news")
    harvest = moved(headlines(8, "a"), [fresh, *headlines(8, "b")]).harvest
    assert [new.item.title for new in harvest.new] == ["News of the day"]
    assert len(harvest.more_keys) == 16
    assert harvest.order == (-1, *range(1, 9))


def test_one_briefing_in_the_place_of_the_last_is_new_though_its_name_is_the_same() -> None:
    rest = headlines(8, "a")[1:]
    before = [item(title="The daily briefing", url="https://site.example/mon", guid="mon"), *rest]
    after = [item(title="The daily briefing", url="https://site.example/tue", guid="tue"), *rest]
    assert len(moved(before, after).harvest.new) == 1


def test_headlines_that_stand_on_a_page_twice_tell_nothing() -> None:
    before = [*headlines(6, "a"), *(replace(one, guid=None) for one in headlines(6, "c"))]
    assert len(moved(before, headlines(6, "b")).harvest.new) == 6


@given(items_of_a_page, items_of_a_page)
def test_no_statement_of_the_last_page_is_taken_for_two(before: list[Item], after: list[Item]) -> None:
    order = moved(before, after).harvest.order
    assert len(set(order)) == len(order)
