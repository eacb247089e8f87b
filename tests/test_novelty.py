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
